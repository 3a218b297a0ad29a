// Segments by GSM counted by somebody else's calculator as well.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { seededRandom } from "@recallkit/core/testing";
import splitSms from "split-sms";
import { expect, test } from "vitest";
import { countSegments } from "./count-segments.js";

const ours = (text: string) => {
  const { encoding, segments, units } = countSegments(text, { rules: "gsm" });
  return text === "" ? { encoding: "gsm7", segments: 0, units: 0 } : { encoding, segments, units };
};
const theirs = (text: string) => {
  const { characterSet, parts } = splitSms.split(text);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const isGsm = characterSet === "GSM";
  if (text === "") return { encoding: "gsm7", segments: 0, units: 0 };
  return { encoding: isGsm ? "gsm7" : "ucs2", segments: parts.length, units: isGsm ? bytes : bytes / 2 };
};

const PIECES = [
  "好",
  "猫粮到货",
  "a",
  "Hello ",
  "€",
  "{x}",
  "[1]",
  "~",
  "\\",
  "^",
  "|",
  "\n",
  "😀",
  "👨‍👩‍👧",
  "𠮷",
  "é",
  "ç",
  "Ω",
  "1234567890",
  "。",
];
const PLAIN = PIECES.filter((piece) => /^[\x20-\x7e\n€éΩ]*$/.test(piece));

test("21 000 generated texts are counted alike", () => {
  const random = seededRandom(7);
  const upTo = (most: number) => Math.floor(random.next() * most);
  const different: string[] = [];
  for (let n = 0; n < 21_000; n += 1) {
    const pieces = n % 2 === 0 ? PIECES : PLAIN;
    let text = "";
    const length = upTo(n % 5 === 0 ? 400 : 170);
    while (text.length < length) text += pieces[upTo(pieces.length)];
    if (JSON.stringify(ours(text)) !== JSON.stringify(theirs(text))) different.push(text);
  }
  expect(different.slice(0, 3).map((text) => [text, ours(text), theirs(text)])).toEqual([]);
});

const folder = process.env.RECALLKIT_DATA_DIR ?? "";
const file = join(folder, "sms_spam_collection.tsv.gz");

test.skipIf(folder === "" || !existsSync(file))("5 574 real texts are counted alike", () => {
  const lines = gunzipSync(readFileSync(file))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
  expect(lines).toHaveLength(5574);
  const texts = lines.map((line) => line.slice(line.indexOf("\t") + 1));
  expect(texts.filter((text) => JSON.stringify(ours(text)) !== JSON.stringify(theirs(text)))).toEqual([]);
});
