import { expect, test } from "vitest";
import { codesInSources } from "./error-codes.ts";
import { textOf } from "./markdown.ts";

const documented = new Set(
  Array.from(textOf("docs/errors.md").matchAll(/^\| `([a-z-]+\.[a-z0-9_-]+)`/gm), (match) => match[1] ?? ""),
);

const areas = new Set([...documented].map((code) => code.split(".")[0] ?? ""));
const found = codesInSources(areas);

test("every code of the sources has a line in docs/errors.md", () => {
  const missing = found.filter(({ code }) => !documented.has(code));
  expect(missing.map(({ code, path }) => `${code} in ${path}`)).toEqual([]);
});

test("docs/errors.md names no code that the sources do not have", () => {
  const known = new Set(found.map(({ code }) => code));
  expect([...documented].filter((code) => !known.has(code))).toEqual([]);
});
