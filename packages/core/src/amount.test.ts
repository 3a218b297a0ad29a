import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AmountInput, readAmount } from "./amount.js";

/** Stands in for decimal.js and its kin: text of a value of any length. */
const decimal = (text: string): AmountInput => ({ toFixed: () => "rounded", toString: () => text });

describe("an amount in major units", () => {
  test.each<readonly [unknown, string, number]>([
    ["12.50", "CNY", 1250],
    [" 12.5 ", "CNY", 1250],
    ["12.5000", "CNY", 1250],
    ["-0.01", "CNY", -1],
    ["100.00", "JPY", 100],
    ["1.2340", "KWD", 1234],
    ["0", "CNY", 0],
    ["100", "CNY", 10_000],
    [12.5, "CNY", 1250],
    [12, "CNY", 1200],
    [12n, "CNY", 1200],
    [12n, "JPY", 12],
    [decimal("12.50"), "CNY", 1250],
  ])("is %s in %s", (value, currency, minor) => {
    expect(readAmount(value, currency)).toBe(minor);
  });

  test.each<[unknown, string]>([
    ["", "CNY"],
    ["12.", "CNY"],
    [".5", "CNY"],
    ["1,234.50", "CNY"],
    ["￥12", "CNY"],
    ["1e3", "CNY"],
    ["12.505", "CNY"],
    ["1.5", "JPY"],
    [0.1 + 0.2, "CNY"],
    [Number.NaN, "CNY"],
    [Number.POSITIVE_INFINITY, "CNY"],
    [decimal("1e+21"), "CNY"],
    [decimal("NaN"), "CNY"],
    ["9".repeat(16), "CNY"],
    [`1.${"0".repeat(64)}1`, "CNY"],
    [true, "CNY"],
    [[12], "CNY"],
    [new Date(0), "CNY"],
    [{ toString: () => "12" }, "CNY"],
  ])("is not %s in %s", (value, currency) => {
    expect(readAmount(value, currency)).toBeUndefined();
  });

  test("is the same with blanks around it, in any currency", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("JPY", "CNY", "KWD", "CLF"),
        fc.stringMatching(/^-?\d{0,12}(\.\d{0,5})?$/),
        (currency, text) => {
          // A text with a blank is never read quickly.
          expect(readAmount(text, currency)).toBe(readAmount(` ${text}`, currency));
        },
      ),
      { seed: 8, numRuns: 2000 },
    );
  });

  test("is the same as text, number and bigint", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 11), max: 10 ** 11 }), (minor) => {
        const text = `${minor < 0 ? "-" : ""}${Math.trunc(Math.abs(minor) / 100)}.${String(Math.abs(minor) % 100).padStart(2, "0")}`;
        expect(readAmount(text, "CNY")).toBe(minor === 0 ? 0 : minor);
        expect(readAmount(Number(text), "CNY")).toBe(minor);
        expect(readAmount(BigInt(minor), "JPY")).toBe(minor);
      }),
      { seed: 7 },
    );
  });
});
