import { expect, test } from "vitest";
import { root } from "../workspace.mjs";
import { textOf } from "./markdown.ts";

const FOLDER = "packages/storage-adapters/src/sqlite";

test("the text of the reading thread is its source", async () => {
  const source = textOf(`${FOLDER}/read-worker.mjs`).replace(/[`\\]|\$\{/g, "\\$&");
  const text = `// Written by \`npm run docs\` from read-worker.mjs, which is checked as what it is: code.

/** Program of the reading thread, in CommonJS form. */
export const READ_WORKER = \`${source}\`;
`;
  await expect(text).toMatchFileSnapshot(`${root}/${FOLDER}/read-worker.generated.ts`);
});
