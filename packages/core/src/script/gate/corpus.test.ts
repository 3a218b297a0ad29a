import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import { scriptGate } from "./script-gate.js";

/**
 * `batch`: 1 was written beside the rules; 2 to 7 were written before the rules had seen them. `of: "model"`: what is only meant, and
 * named by no word; of a person's text it is the person's to judge.
 */
const corpus = z
  .array(
    z.strictObject({
      verdict: z.enum(["pass", "repair", "refuse"]),
      kind: z.string(),
      text: z.string(),
      facts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
      batch: z.int(),
      of: z.literal("model").optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL("./__fixtures__/corpus.json", import.meta.url), "utf8")));

const FACTS = {
  surname: "张",
  title: "女士",
  daysToBirthday: 7,
  vipLevel: "金卡",
  salonName: "上海美丽医疗美容门诊部",
};
const gate = scriptGate();

function judge(isUnanswered: boolean) {
  const asked = corpus.filter(({ of }) => isUnanswered || of !== "model");
  return asked.map((one) => {
    const subject = {
      facts: { ...FACTS, ...one.facts },
      limits: { maxBytes: 4000, maxSegments: 3 },
      otherNames: ["赵敏"],
      isUnanswered,
    };
    return { ...one, said: gate.check(one.text, subject) };
  });
}

/** Of what is held, how much is rightly held; of what must be held, how much is. */
function figures(judged: ReturnType<typeof judge>) {
  const held = judged.filter(({ said }) => said.verdict !== "pass");
  const right = held.filter(({ verdict }) => verdict !== "pass");
  const bad = judged.filter(({ verdict }) => verdict !== "pass");
  return { texts: judged.length, precision: right.length / held.length, recall: right.length / bad.length };
}

function shown({ verdict, text, said }: ReturnType<typeof judge>[number]): string {
  const found = said.findings.map(({ code, start, end }) => `${code}[${text.slice(start, end)}]`).join(" ");
  return `${verdict}, but ${said.verdict}: ${text} ${found}`;
}

function print(title: string, judged: ReturnType<typeof judge>): void {
  const { texts, precision, recall } = figures(judged);
  process.stdout.write(
    `gate, ${title}: ${texts} texts, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}\n`,
  );
}

test("the corpus holds at least 200 texts, none twice", () => {
  expect(corpus.length).toBeGreaterThanOrEqual(200);
  expect(new Set(corpus.map(({ text, facts }) => JSON.stringify([text, facts]))).size).toBe(corpus.length);
});

test("nothing that must be held passes, and nearly nothing that is fine is held", () => {
  const judged = judge(false);
  print("texts of people", judged);
  expect(judged.filter(({ verdict, said }) => verdict !== "pass" && said.verdict === "pass").map(shown)).toEqual([]);
  expect(figures(judged).precision).toBeGreaterThanOrEqual(0.98);
  // What the law forbids by name is refused; what only comes near to it is written anew.
  const refused = judged.filter(({ verdict }) => verdict === "refuse");
  expect(refused.filter(({ said }) => said.verdict === "refuse").length / refused.length).toBeGreaterThan(0.7);
});

test("of a model's texts nothing that must be held passes, and few that are fine are held", () => {
  const judged = judge(true);
  print("texts of models", judged);
  expect(judged.filter(({ verdict, said }) => verdict !== "pass" && said.verdict === "pass").map(shown)).toEqual([]);
  expect(figures(judged).precision).toBeGreaterThanOrEqual(0.95);
});
