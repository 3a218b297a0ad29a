import { expect, test } from "vitest";
import { codeBlocks, linkedFiles, linkFault, localLinks, markdownFiles, textOf } from "./markdown.ts";

test("every link of the documentation leads to a file and a heading that exist", () => {
  const faults = markdownFiles().flatMap((file) => [
    ...localLinks(textOf(file)).flatMap((target) => linkFault(file, target) ?? []),
    ...linkedFiles(textOf(file)).flatMap((target) => linkFault("README.md", target) ?? []),
  ]);
  expect(faults).toEqual([]);
});

test("every link of llms.txt leads somewhere", () => {
  expect(localLinks(textOf("llms.txt")).flatMap((target) => linkFault("llms.txt", target) ?? [])).toEqual([]);
});

test.each(markdownFiles().filter((path) => path.endsWith(".zh-CN.md")))(
  "%s shows the code of its English page",
  (chinese) => {
    const english = chinese.replace(".zh-CN.md", ".md");
    expect(markdownFiles()).toContain(english);
    expect(codeBlocks(textOf(chinese)).map(withoutComments)).toEqual(codeBlocks(textOf(english)).map(withoutComments));
  },
);

/** Comments may speak the language of the page; the marked example is compared byte for byte elsewhere. */
function withoutComments(code: string): string {
  return code.replace(/(^|\s)(\/\/|#) .*$/gm, "");
}
