import { describe, expect, test } from "vitest";
import { cleanCell } from "../cell/cell-text.js";
import { amountColumn, amountReader } from "./amount-column.js";
import type { DecimalMark } from "./amount-text.js";
import { readQuantity } from "./quantity.js";

const read = (text: string, mark: DecimalMark = ".", currency = "CNY") => {
  const value = amountReader(mark, currency)(cleanCell(text));
  return typeof value === "bigint" ? Number(value) / 10_000 : value;
};

describe("one cell", () => {
  test.each([
    "1234.5",
    "1,234.50",
    "1 234.5",
    "1'234.5",
    "1’234.50",
    "¥1,234.50",
    "￥1234.50",
    "1,234.50元",
    "CNY 1,234.50",
    "RMB1234.5",
    "1234.50 CNY",
    "１，２３４．５０",
    "人民币1234.50元",
    "+1234.5",
    "1234.5000",
    "1\u00a0234.50",
    "'1234.5",
    '="1234.50"',
    "`1234.50",
    "1234.5000000000002",
    "1234.4999999999998",
  ])("%s is 1234.5", (text) => expect(read(text)).toBe(1234.5));
  test.each(["-1234.5", "(1,234.50)", "1234.50-", "¥-1234.5", "-¥1,234.50", "−1234.5", "(¥1,234.50)", "¥(1,234.50)"])(
    "%s is -1234.5",
    (text) => expect(read(text)).toBe(-1234.5),
  );
  test.each(["1.234,50", "1 234,5", "1234,5", "1'234,50", "1.234,50 €"])("%s is 1234.5 with a decimal comma", (text) =>
    expect(read(text, ",", "EUR")).toBe(1234.5),
  );
  test("groups of India", () => expect(read("₹12,34,567.50", ".", "INR")).toBe(1234567.5));
  test.each([
    ["0", 0],
    [".5", 0.5],
    ["0.125", 0.125],
    ["007", 7],
    ["1,234,567", 1234567],
    ["0.0049", 0.0049],
  ] as const)("%s is %d", (text, value) => expect(read(text)).toBe(value));
  test.each([
    "1.38E+10",
    "1.2万",
    "12,34.5",
    "1,2345",
    "1.2.3",
    "five",
    "12%",
    "1-2",
    "--5",
    "(-5)",
    "12.",
    "1,,234",
    "0,125",
    "¥",
    "12 元/件",
  ])("%s is none", (text) => expect(read(text)).toBe("amount.invalid"));
  test.each([
    ["$5", "CNY"],
    ["5 EUR", "CNY"],
    ["¥5", "EUR"],
    ["US$5", "CAD"],
  ])("%s is no amount in %s", (text, currency) => expect(read(text, ".", currency)).toBe("currency.differs"));
  test.each([
    ["$5", "HKD"],
    ["¥5", "JPY"],
    ["5元", "TWD"],
    ["kr 5", "SEK"],
  ])("%s may be %s", (text, currency) => expect(read(text, ".", currency)).toBe(5));
  test("more than four decimals, and more than a number holds, are refused", () => {
    expect(read("0.12345")).toBe("amount.decimals");
    expect(read("999999999999999999")).toBe("amount.range");
  });
});

describe("a column", () => {
  const verdict = (texts: readonly string[], told?: DecimalMark) => {
    const column = amountColumn();
    texts.forEach((text, at) => {
      column.see(at + 2, text);
    });
    return column.verdict(told);
  };
  test.each([
    [["1,234", "5.5"], "."],
    [["1,234", "5,5"], ","],
    [["1.234", "1.234,5"], ","],
    [["1,234", "1,234,567"], "."],
    [["1.234", "0.125"], "."],
    [["1.234", "1234.567"], "."],
    [["1,234.5"], "."],
    [["1,234", "12,34,567"], "."],
  ] as const)("%j has the decimal mark %s", (texts, mark) =>
    expect(verdict(texts)).toMatchObject({ kind: "decided", reading: mark, by: "evidence" }),
  );
  test.each(["1,234", "1.234"])("of %s alone is asked about", (text) => {
    expect(verdict([text, "5"])).toMatchObject({ kind: "ambiguous", readings: [".", ","], cells: [{ line: 2, text }] });
    expect(verdict([text, "5"], ".")).toMatchObject({ kind: "decided", reading: "." });
  });
  test("of whole numbers needs no answer", () =>
    expect(verdict(["5", "12345", "¥7"])).toMatchObject({ by: "indifferent" }));
  test("may contradict itself", () => expect(verdict(["1,5", "1.5"])).toMatchObject({ kind: "contradictory" }));
});

test("quantities are whole", () => {
  expect(["2", "2.0", "x2", "2件", "-3", "１２", "2.5", "", "many"].map(readQuantity)).toEqual([
    2,
    2,
    2,
    2,
    -3,
    12,
    undefined,
    undefined,
    undefined,
  ]);
});
