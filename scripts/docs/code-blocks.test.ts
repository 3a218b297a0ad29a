import { describe, expect, test } from "vitest";
import { blocksOf, faultOf, isPartOf, pagesWithCode } from "./code-blocks.ts";

test.each(pagesWithCode())("every code block of %s is run by a test", (page) => {
  const faults = blocksOf(page).flatMap((block) => {
    const fault = faultOf(block);
    return fault ? [`${page}:${block.line}  ${fault}`] : [];
  });
  expect(faults).toEqual([]);
});

test.each(pagesWithCode().filter((page) => page.startsWith("docs/guides/")))(
  "%s removes what has outlived its time, if it runs a kit",
  (page) => {
    const code = blocksOf(page)
      .filter(({ language }) => language === "ts")
      .map((block) => block.code)
      .join("\n");
    if (/\.run\(\{ signal/.test(code)) expect(code).toContain(".retain(");
  },
);

describe("a code block", () => {
  const fault = (text: string) => blocksOf("page.md", text).map(faultOf)[0];

  test("that is held to nothing is found", () => {
    expect(fault("```ts\nconst a = 1;\n```")).toMatch(/held to nothing/);
    expect(fault("```sql\nSELECT 1\n```")).toMatch(/held to nothing/);
    expect(fault("```sh\nrm -rf /\n```")).toMatch(/nobody runs `rm -rf \/`/);
    expect(fault('```json\n{"a":}\n```')).toMatch(/is no JSON/);
  });

  test("that differs from its file, or whose file no test runs, is found", () => {
    expect(fault("<!-- example: examples/none.ts -->\n```ts\na\n```")).toMatch(/does not exist/);
    expect(fault("<!-- example: package.json -->\n```json\nnot there\n```")).toMatch(/as it stands here/);
    expect(fault("<!-- example: biome.json -->\n```json\n{\n```")).toMatch(/no test .* runs/);
  });

  test("in a list is found with its mark, its line, and without its indentation", () => {
    const text = "1. a\n\n   <!-- example: x.ts -->\n   ```ts\n   if (a) {\n     b();\n   }\n   ```\n";
    expect(blocksOf("page.md", text)).toEqual([
      {
        page: "page.md",
        line: 4,
        language: "ts",
        code: "if (a) {\n  b();\n}\n",
        mark: { kind: "example", value: "x.ts" },
      },
    ]);
  });

  test("may be some lines of a file that stand further in there, in their order", () => {
    const file = "a();\n  if (b) {\n\n    c();\n  }\n";
    expect(isPartOf("if (b) {\n\n  c();\n}\n", file)).toBe(true);
    expect(isPartOf(file, file)).toBe(true);
    expect(isPartOf("if (b) {\n  c();\n}\n", file)).toBe(false);
  });
});
