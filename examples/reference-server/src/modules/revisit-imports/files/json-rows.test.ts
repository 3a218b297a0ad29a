import { InputError } from "@recallkit/core";
import { describe, expect, test } from "vitest";
import { type JsonRow, jsonRows } from "./json-rows.js";

async function* pieces(text: string, size: number) {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size = 7, options = {}) {
  const rows: JsonRow[] = [];
  try {
    for await (const row of jsonRows(pieces(text, size), options)) rows.push(row);
    return { rows, fault: undefined };
  } catch (error) {
    if (!InputError.is(error)) throw error;
    return { rows, fault: error.issues[0] };
  }
}

test.each([1, 2, 7, 1000])("entries come with their lines, in pieces of %i bytes", async (size) => {
  const text = '\ufeff[\n  {"a": "敏感肌", "b": [1, {"c": null}]},\n\n  {\n"a": "x"}, 5,\n"s"]\n';
  const { rows, fault } = await read(text, size);
  expect(fault).toBeUndefined();
  expect(rows).toEqual([
    { index: 0, line: 2, value: { a: "敏感肌", b: [1, { c: null }] } },
    { index: 1, line: 4, value: { a: "x" } },
    { index: 2, line: 5, value: 5 },
    { index: 3, line: 6, value: "s" },
  ]);
});

test("an empty array has no entries", async () => {
  expect(await read(" [ ] ")).toEqual({ rows: [], fault: undefined });
});

describe.each([1, 1000])("in pieces of %i bytes", (size) => {
  test.each([
    ['[{"a": 1},\n{"a": 2', "broken-json", 2, 8, 1],
    ['[{"a": 1},\n {"a": nope}]', "broken-json", 2, 9, 1],
    ['[{"a": 1}\n{"a": 2}]', "broken-json", 2, 1, 1],
    ["", "broken-json", 1, 1, 0],
    ['{"a": 1}', "not-an-array", 1, 1, 0],
    ['"text"', "not-an-array", 1, 1, 0],
    ["[1] [2]", "broken-json", 1, 5, 1],
  ])("%j is a fault with its place; whole entries before it are given", async (text, reason, line, column, before) => {
    const { rows, fault } = await read(text, size);
    expect(rows.length).toBe(before);
    expect(fault).toMatchObject({ code: `revisit-import.${reason}`, params: { line, column } });
  });
});

test("an entry that never ends is refused before it fills the memory", async () => {
  const { rows, fault } = await read(`[1,{"a":"${"x".repeat(5000)}"}]`, 100, { maxRowBytes: 1000 });
  expect([rows.length, fault?.code]).toEqual([1, "revisit-import.row-too-long"]);
});

test("text that is deep, and keys of prototypes, are values like any other", async () => {
  const deep = `[${"[".repeat(10_000)}${"]".repeat(10_000)}, {"__proto__": {"x": 1}, "constructor": 2}]`;
  const { rows } = await read(deep, 1000);
  expect(rows.length).toBe(2);
  expect({}).not.toHaveProperty("x");
});
