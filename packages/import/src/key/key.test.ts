import { expect, test } from "vitest";
import { keyColumn, keyReader } from "./key-column.js";

const read = (...texts: readonly string[]) => {
  const column = keyColumn();
  for (const text of texts) column.see(text);
  const reader = keyReader(column.reading());
  return texts.map((text) => {
    const found = reader(text);
    return typeof found === "string" ? found : found.key;
  });
};

test("a key in scientific notation has lost its digits", () => {
  expect(read("1.38E+10", "2.02601E+17", "1.5e+3", "4,2E+15")).toEqual(Array(4).fill("key.damaged"));
  expect(read("2.02601 E+17", "########", "#REF!", "#NAME?")).toEqual(Array(4).fill("key.damaged"));
  expect(read("1E5", "E12", "12E", "SKU1E+", "C12E4")).toEqual(["1E5", "E12", "12E", "SKU1E+", "C12E4"]);
});

test("long numbers that all end in zeros after 15 digits have lost their digits", () => {
  expect(read("202601051234567000", "202601051234568000")).toEqual(["key.damaged", "key.damaged"]);
  expect(read("202601051234567000", "202601051234568123")).toEqual(["202601051234567000", "202601051234568123"]);
  expect(read("1234567890123450"), "chance: one in ten").toEqual(["1234567890123450"]);
});

test("17850.0 beside 17850 is the same key, unless keys of the column are no numbers", () => {
  expect(read("17850.0", "17850", "13047.0")).toEqual(["17850", "17850", "13047"]);
  expect(read("1.0", "v1.0")).toEqual(["1.0", "v1.0"]);
  expect(read("17850.0", "17850", "guest1")).toEqual(["17850", "17850", "guest1"]);
  expect(read("13,800,138,000", "１３８")).toEqual(["13800138000", "138"]);
});

test("masked keys name nobody", () => {
  expect(read("138****8000", "t**5", "1380xxxx8000")).toEqual(["key.masked", "key.masked", "key.masked"]);
  expect(read("a*b*c", "XXXL", "0012")).toEqual(["a*b*c", "XXXL", "0012"]);
});
