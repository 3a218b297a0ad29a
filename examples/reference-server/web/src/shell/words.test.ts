import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BATCH_STATES, CONTACT_REASONS, DELIVERY_STATES, OCCURRENCE_KINDS, OCCURRENCE_STATES } from "@recallkit/core";
import { CUSTOMER_FIELDS, ORDER_FIELDS, SUPPRESSION_FIELDS } from "@recallkit/import";
import { expect, test } from "vitest";
import en from "../../locales/en.json";
import zh from "../../locales/zh-CN.json";
import { FIELDS } from "../import/fields";
import { STATE_LOOKS } from "./states";

const sources = fileURLToPath(new URL("..", import.meta.url));
const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((path) => /\.(vue|ts)$/.test(path));
const texts = files
  .filter((path) => !/\.(test|d)\.ts$/.test(path))
  .map((path) => ({ path, text: readFileSync(new URL(path, new URL("..", import.meta.url)), "utf8") }));

function keysOf(tree: object, prefix = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "object" ? keysOf(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

test("both languages have the same words", () => {
  expect(keysOf(en)).toEqual(keysOf(zh));
});

test("every state has a word and a look, every reason and kind a word", () => {
  const states = new Set<string>([...OCCURRENCE_STATES, ...BATCH_STATES, ...DELIVERY_STATES]);
  expect(Object.keys(zh.state).sort()).toEqual([...states].sort());
  expect(Object.keys(STATE_LOOKS).sort()).toEqual([...states].sort());
  expect(Object.keys(zh.reason)).toEqual(expect.arrayContaining(CONTACT_REASONS.map(({ reason }) => reason)));
  expect(Object.keys(zh.kind)).toEqual(expect.arrayContaining([...OCCURRENCE_KINDS]));
});

test("a column can stand for whatever the import knows, and each has a word", () => {
  expect([...FIELDS.orders].sort()).toEqual([...ORDER_FIELDS].sort());
  expect([...FIELDS.customers].sort()).toEqual([...CUSTOMER_FIELDS].sort());
  expect([...FIELDS.suppressions].sort()).toEqual([...SUPPRESSION_FIELDS].sort());
  expect(Object.keys(zh.field)).toEqual(expect.arrayContaining(Object.values(FIELDS).flat()));
});

test("accepted never looks like delivered", () => {
  expect(STATE_LOOKS.accepted).not.toEqual(STATE_LOOKS.delivered);
});

test("every word that a page asks for is there, and pages hold no words of their own", () => {
  const known = new Set(keysOf(zh));
  for (const { path, text } of texts) {
    const asked = [...text.matchAll(/\bt\(\s*"([\w.-]+)"/g)].map(([, key = ""]) => key);
    for (const key of asked) expect(known, `${path}: ${key}`).toContain(key);
    const shown = text.replaceAll("中文", "");
    expect(shown, path).not.toMatch(/\p{Script=Han}/u);
  }
});

test("no page writes styles or HTML into its markup", () => {
  for (const { path, text } of texts) expect(text, path).not.toMatch(/\sstyle="|v-html|innerHTML/);
});
