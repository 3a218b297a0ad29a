import { expect, test } from "vitest";
import { fileKind } from "./file-kind.js";

const bytes = (text: string) => Buffer.from(text, "latin1");

test.each([
  ["", "empty"],
  ["\x1f\x8b\x08", "gzip"],
  ["PK\x03\x04", "zip"],
  ["PK\x05\x06", "zip"],
  ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "legacy-workbook"],
  ["\x09\x08\x10\x00", "legacy-workbook"],
  ["order_no,amount\n", "text"],
  ["PKW,amount\n", "text"],
])("tells %j", (head, kind) => {
  expect(fileKind(bytes(head))).toBe(kind);
});

test("names what is no table", () => {
  expect(fileKind(bytes("%PDF-1.7"))).toEqual({ binary: "a PDF document" });
  expect(fileKind(bytes(`${"x".repeat(257)}ustar`))).toEqual({ binary: "a tar archive" });
});
