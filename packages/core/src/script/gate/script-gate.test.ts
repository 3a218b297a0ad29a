import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MEDICAL_LEXICON } from "../lexicon/medical-lexicon.js";
import { FINDING_CODES } from "./finding.js";
import { GATE_PATTERNS } from "./patterns.js";
import { PLAIN_PHRASES } from "./plain-phrases.js";
import { scriptGate } from "./script-gate.js";

const gate = scriptGate();
const facts = { surname: "张", title: "女士", daysToBirthday: 7, vipLevel: "金卡", salonName: "北京第一医疗美容医院" };
const subject = { facts, limits: { maxBytes: 4000 } };
const codesOf = (text: string) => gate.check(text, subject).findings.map(({ code }) => code);

/** What writers put between characters to slip through. */
const BETWEEN = [
  "",
  " ",
  "　",
  "\t",
  "\n",
  "\u200b",
  "\u200d",
  "\u2060",
  "\ufeff",
  "\u00ad",
  "\ufe0f",
  ..."·.-_*|/~+,，。、！…",
];
const WIDE = (text: string) => text.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));

describe("a word of the lexicon", () => {
  const words = fc.constantFrom(...MEDICAL_LEXICON);
  const disguise = fc.record({
    between: fc.array(fc.constantFrom(...BETWEEN), { minLength: 12, maxLength: 12 }),
    isWide: fc.boolean(),
    isUpper: fc.boolean(),
  });

  test("does not pass, whatever is put between its characters, in any width and case", () => {
    fc.assert(
      fc.property(words, disguise, ({ word }, { between, isWide, isUpper }) => {
        const parts = [...word].map((character, at) => character + (between[at % between.length] ?? ""));
        const plain = isUpper ? parts.join("").toUpperCase() : parts.join("");
        const text = `祝您${isWide ? WIDE(plain) : plain}生日快乐`;
        expect(gate.check(text, subject).verdict).not.toBe("pass");
      }),
      { numRuns: 400 },
    );
  });

  test("has a source, and a code that is known", () => {
    const codes = new Set<string>(FINDING_CODES);
    expect(
      MEDICAL_LEXICON.filter(({ code, source, word }) => !codes.has(code) || source === "" || word === ""),
    ).toEqual([]);
    expect(GATE_PATTERNS.filter(({ code, source }) => !codes.has(code) || source === "")).toEqual([]);
  });

  test("stands alone as a finding, except in phrases that mean nothing", () => {
    const plain = MEDICAL_LEXICON.filter(({ word }) => codesOf(word).length === 0).map(({ word }) => word);
    expect(plain).toEqual([]);
    expect(PLAIN_PHRASES.length).toBeGreaterThan(50);
  });
});

test("a discount does not pass in any spelling", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(...BETWEEN),
      fc.constantFrom("digit", "wide", "han", "circled", "cheque"),
      (number, between, spelling) => {
        const spelt = {
          digit: String(number),
          wide: WIDE(String(number)),
          han: "一二三四五六七八九"[number - 1],
          circled: "①②③④⑤⑥⑦⑧⑨"[number - 1],
          cheque: "壹贰叁肆伍陆柒捌玖"[number - 1],
        }[spelling];
        expect(codesOf(`全场${spelt}${between}折，祝您生日快乐`)).toContain("discount");
      },
    ),
  );
});

test("findings say where the words stand in the text as it was written", () => {
  const text = "祝您生日快乐，玻\u200b尿 酸，ＮＯ．１";
  const found = gate.check(text, subject).findings.map(({ code, start, end }) => [code, text.slice(start, end)]);
  expect(found).toEqual(
    expect.arrayContaining([
      ["technique", "玻\u200b尿 酸"],
      ["absolute", "ＮＯ．１"],
    ]),
  );
});

test("any text gets an answer, and only findings keep it from passing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      const { verdict, findings } = gate.check(text, subject);
      expect(verdict === "pass").toBe(findings.length === 0);
      for (const { start, end } of findings) expect(start >= 0 && start <= end && end <= text.length).toBe(true);
    }),
    { numRuns: 300 },
  );
});

describe("what the facts say", () => {
  test("is no finding: the salon's name, the days, the own name", () => {
    expect(codesOf("北京第一医疗美容医院祝张女士生日快乐，还有7天哦。")).toEqual([]);
    expect(codesOf("我们是北京第一。")).toContain("absolute");
    expect(codesOf("还有8天。")).toContain("date");
  });

  test("does not excuse a price in the salon's name", () => {
    const priced = { facts: { ...facts, salonName: "99元美颜" }, limits: subject.limits };
    expect(gate.check("99元美颜祝您生日快乐", priced).verdict).toBe("refuse");
  });
});

test("an institution adds words and permits phrases", () => {
  const added = [{ word: "小鹿妆", code: "added", severity: "refuse", source: "机构词库" } as const];
  const own = scriptGate({ added, allowed: ["第一人民医院"], projectNames: ["星光焕颜"] });
  const codes = (text: string) => own.check(text, subject).findings.map(({ code }) => code);
  expect(codes("小 鹿 妆祝您快乐")).toEqual(["added"]);
  expect(codes("第一人民医院祝您快乐")).toEqual([]);
  expect(codes("第一祝您快乐")).toEqual(["absolute"]);
  expect(codes("星光焕颜祝您快乐")).toEqual(["project"]);
});

test("what nobody answers for keeps to what is usual", () => {
  const text = "愿您拥有琥珀般的午后，生日快乐。";
  expect(gate.check(text, subject).verdict).toBe("pass");
  expect(gate.check(text, { ...subject, isUnanswered: true }).findings).toMatchObject([
    { code: "unusual", start: 4 },
    { code: "unusual", start: 5 },
  ]);
});

describe("lengths", () => {
  test("are bytes of UTF-8 and billed segments", () => {
    const long = "福".repeat(1334);
    expect(gate.check(long, subject).findings.map(({ code }) => code)).toEqual(["too-long"]);
    const sms = { facts, limits: { maxBytes: 4000, maxSegments: 1 } };
    expect(gate.check("福".repeat(70), sms).verdict).toBe("pass");
    expect(gate.check("福".repeat(71), sms).findings.map(({ code }) => code)).toEqual(["too-many-segments"]);
    expect(gate.check(" ，", sms).findings.map(({ code }) => code)).toEqual(["empty"]);
  });
});
