import { beforeAll, expect, test } from "vitest";
import { build } from "../build.mjs";
import { blocksOf, pagesWithCode } from "./code-blocks.ts";
import { walk } from "./walk-throughs.ts";

const walks = pagesWithCode().flatMap((page) =>
  (["server", "cli"] as const).flatMap((by) => {
    const blocks = blocksOf(page).filter(({ mark }) => mark?.kind === "run" && mark.value === by);
    return blocks.length > 0 ? [{ page, by, blocks }] : [];
  }),
);

beforeAll(() => build(), 300_000);

test.each(walks)(
  "the commands of $page work as they stand there ($by)",
  { timeout: 90_000 },
  async ({ blocks, by }) => {
    const { exitCode, output } = await walk(blocks, by);
    expect({ exitCode, output }).toEqual({ exitCode: 0, output });
    expect(output).not.toContain('"success":false');
  },
);

test("a command that fails is noticed", async () => {
  const block = {
    page: "page.md",
    line: 1,
    language: "sh",
    code: "recallkit report nothing-of-this-name\necho done\n",
  };
  const { exitCode, output } = await walk([block], "cli");
  expect(exitCode).not.toBe(0);
  expect(output).not.toContain("done");
});
