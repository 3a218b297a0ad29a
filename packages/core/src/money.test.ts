import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { currencyDecimals, majorToMinor, minorToMajor, parseDecimal, roundToMinor, toSafeMinor } from "./money.js";

describe("parseDecimal", () => {
  test.each([
    ["0", 0n],
    ["12", 120_000n],
    ["12.5", 125_000n],
    ["-12.3456", -123_456n],
    ["+0.0001", 1n],
    [" 7.10 ", 71_000n],
    ["007", 70_000n],
    ["9999999999999999.9999", 99_999_999_999_999_999_999n],
  ])("reads %j exactly", (text, expected) => {
    expect(parseDecimal(text)).toBe(expected);
  });

  test.each([
    "",
    " ",
    ".",
    ".5",
    "5.",
    "1e3",
    "NaN",
    "Infinity",
    "-",
    "--1",
    "1,5",
    "1 000",
    "0x10",
    "1.00001",
    "12345678901234567",
  ])("does not take %j for a number", (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  test("takes as many decimals as allowed, also where they are zeros", () => {
    expect(parseDecimal("1.23", 2)).toBe(12_300n);
    expect(parseDecimal("1.230", 2)).toBeUndefined();
    expect(parseDecimal("1", 0)).toBe(10_000n);
    expect(parseDecimal("1.0", 0)).toBeUndefined();
  });

  test("never loses a digit, whatever the number", () => {
    const decimal = fc.record({ whole: fc.bigInt({ min: 0n, max: 10n ** 16n - 1n }), part: fc.nat(9999) });
    fc.assert(
      fc.property(decimal, ({ whole, part }) => {
        const text = `${whole}.${String(part).padStart(4, "0")}`;
        expect(parseDecimal(text)).toBe(whole * 10_000n + BigInt(part));
        expect(parseDecimal(`-${text}`)).toBe(-(whole * 10_000n + BigInt(part)));
      }),
      { seed: 2 },
    );
  });
});

describe("roundToMinor", () => {
  test.each([
    [0n, 0n],
    [49n, 0n],
    [50n, 1n],
    [149n, 1n],
    [150n, 2n],
    [-49n, 0n],
    [-50n, 0n],
    [-51n, -1n],
    [-149n, -1n],
    [-150n, -1n],
    [-151n, -2n],
    [12_345_650n, 123_457n],
  ])("rounds %s ten-thousandths to %s", (value, expected) => {
    expect(roundToMinor(value, "CNY")).toBe(expected);
  });

  test("is the greatest whole number that is at most the value and a half", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (value) => {
        const minor = roundToMinor(value, "CNY");
        expect(minor * 100n <= value + 50n && value + 50n < (minor + 1n) * 100n).toBe(true);
      }),
      { seed: 3 },
    );
  });
});

describe("minor units", () => {
  test("stay within what a JS number counts exactly", () => {
    expect(toSafeMinor(2n ** 53n - 1n)).toBe(Number.MAX_SAFE_INTEGER);
    expect(toSafeMinor(-(2n ** 53n - 1n))).toBe(Number.MIN_SAFE_INTEGER);
    expect(toSafeMinor(2n ** 53n)).toBeUndefined();
    expect(toSafeMinor(-(2n ** 53n))).toBeUndefined();
  });

  test.each([
    [0, 0],
    [-0, 0],
    [19.99, 1999],
    [0.29, 29],
    [1.1, 110],
    [-3.5, -350],
    [8_911_407.9, 891_140_790],
    [90_071_992_547_409.9, 9_007_199_254_740_990],
  ])("are exact for %d", (major, minor) => {
    expect(majorToMinor(major, "CNY")).toBe(minor);
  });

  test.each([0.001, 0.1 + 0.2, Number.NaN, Number.POSITIVE_INFINITY, 90_071_992_547_409.92, 1e21, 1e-7])(
    "are not made of %d",
    (major) => {
      expect(majorToMinor(major, "CNY")).toBeUndefined();
    },
  );

  test("come back from what is shown", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 13), max: 10 ** 13 }), (minor) => {
        expect(majorToMinor(minorToMajor(minor, "CNY"), "CNY")).toBe(minor);
      }),
      { seed: 4 },
    );
  });
});

describe("a currency", () => {
  test.each([
    ["CNY", 2],
    ["EUR", 2],
    ["JPY", 0],
    ["KRW", 0],
    ["KWD", 3],
    ["BHD", 3],
    ["CLF", 4],
    ["XYZ", 2],
  ])("%s has as many decimals as the standard says", (currency, decimals) => {
    expect(currencyDecimals(currency)).toBe(decimals);
  });

  test.each([
    ["JPY", 1200, 1200],
    ["KWD", 1.234, 1234],
    ["CLF", 0.0001, 1],
    ["CNY", 12.34, 1234],
  ])("%s keeps %d as %d minor units, and shows it so", (currency, major, minor) => {
    expect(majorToMinor(major, currency)).toBe(minor);
    expect(minorToMajor(minor, currency)).toBe(major);
  });

  test.each([
    ["JPY", 0.5],
    ["KWD", 0.0001],
    ["CNY", 0.001],
  ])("%s has no amount of %d", (currency, major) => {
    expect(majorToMinor(major, currency)).toBeUndefined();
  });

  test.each([
    ["JPY", 5_000n, 1n],
    ["JPY", 4_999n, 0n],
    ["JPY", -5_001n, -1n],
    ["JPY", -5_000n, 0n],
    ["KWD", 12_345n, 1235n],
    ["KWD", -15n, -1n],
    ["CLF", 7n, 7n],
    ["CLF", -7n, -7n],
  ])("%s rounds %s ten-thousandths to %s", (currency, value, minor) => {
    expect(roundToMinor(value, currency)).toBe(minor);
  });
});
