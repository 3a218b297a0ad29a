import { expect, test } from "vitest";
import { CORE_ERROR_CODES } from "../../packages/core/src/error-codes.ts";
import { root } from "../workspace.mjs";
import { CATALOGUE } from "./error-catalogue.ts";
import { codesInSources } from "./error-codes.ts";
import { errorPage } from "./error-page.ts";
import { textCodes, textsOf } from "./server-texts.ts";

const rows = CATALOGUE.flatMap((section) => section.rows);
const documented = new Set(rows.map(({ code }) => code));
const areas = new Set([...documented].map((code) => code.split(".")[0] ?? ""));
const found = codesInSources(areas);

test("every code of the sources has a line in docs/errors.md", () => {
  const missing = found.filter(({ code }) => !documented.has(code));
  expect(missing.map(({ code, path }) => `${code} in ${path}`)).toEqual([]);
});

test("docs/errors.md names no code that the sources do not have, and none twice", () => {
  const known = new Set(found.map(({ code }) => code));
  // Not of the form area.name, so the search of the sources does not see them.
  for (const code of ["missed", "spend_limit", "duplicate_detected", "unknown_ids_in_fail_list"]) known.add(code);
  expect([...documented].filter((code) => !known.has(code))).toEqual([]);
  expect(rows.length).toBe(documented.size);
});

test("every code of the type ErrorCode has a line, and is given somewhere", () => {
  expect(CORE_ERROR_CODES.filter((code) => !documented.has(code))).toEqual([]);
  const given = new Set(found.map(({ code }) => code));
  expect(CORE_ERROR_CODES.filter((code) => !given.has(code))).toEqual([]);
});

test("docs/errors.md is what the catalogue says", async () => {
  await expect(errorPage()).toMatchFileSnapshot(`${root}/docs/errors.md`);
});

test("every answer of the server that names a status has a text in both languages", () => {
  const answers = CATALOGUE.find(({ title }) => title === "HTTP answers")?.rows ?? [];
  const silent = answers.filter(({ code }) => textsOf(code) === undefined);
  expect(silent.map(({ code }) => code)).toEqual([]);
});

test("the server has no text for a code that nobody gives", () => {
  expect(textCodes.filter((code) => !documented.has(code))).toEqual([]);
});
