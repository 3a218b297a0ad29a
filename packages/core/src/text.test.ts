import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  byteLength,
  compareBytes,
  hasControlCharacters,
  normaliseText,
  rowHash,
  searchForm,
  sha256Hex,
} from "./text.js";

describe("stored text", () => {
  test("is trimmed and composed", () => {
    expect(normaliseText("  Orle\u0301ans \n")).toBe("Orl\u00e9ans");
    expect(normaliseText("\u3000上海\u3000")).toBe("上海");
  });

  test("holds no control character but tab and line feed", () => {
    expect(hasControlCharacters("a\tb\nc 猫😺")).toBe(false);
    for (const character of ["\u0000", "\u0007", "\r", "\u000b", "\u001f", "\u007f"]) {
      expect(hasControlCharacters(`a${character}b`)).toBe(true);
    }
  });

  test("is found whatever its case", () => {
    expect(searchForm(" Cat FOOD ")).toBe("cat food");
    expect(searchForm("100%_")).toBe("100%_");
  });
});

test("lengths are bytes of UTF-8", () => {
  expect(byteLength("abc")).toBe(3);
  expect(byteLength("喵～")).toBe(6);
  expect(byteLength("😺𠮷")).toBe(8);
});

describe("compareBytes", () => {
  test("orders by UTF-8, where surrogate pairs stand after all else", () => {
    expect(["\ud83d\ude3a", "\uff5e", "é", "z", "Z", ""].sort(compareBytes)).toEqual([
      "",
      "Z",
      "z",
      "é",
      "\uff5e",
      "\ud83d\ude3a",
    ]);
  });

  test("is an order", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "Z", "\u0000", "é", "喵", "\uff5e", "😺"), maxLength: 5 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(-Math.sign(compareBytes(b, a)) || 0);
        expect(compareBytes(a, b) === 0).toBe(Buffer.from(a).equals(Buffer.from(b)));
      }),
      { seed: 5 },
    );
  });
});

describe("hashes", () => {
  test("are SHA-256", () => {
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  test("of rows tell columns apart and treat what is absent alike", () => {
    expect(rowHash(["a", null, 1])).toBe(rowHash(["a", undefined, 1]));
    expect(rowHash(["a", null, 1])).toMatch(/^[0-9a-f]{32}$/);
    const others = [
      ["a", "", 1],
      ["a", null, "1"],
      [null, "a", 1],
      ["a", null],
      ["a", null, 1, null],
    ];
    expect(new Set([rowHash(["a", null, 1]), ...others.map(rowHash)]).size).toBe(others.length + 1);
  });
});
