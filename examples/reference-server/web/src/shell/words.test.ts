import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BATCH_STATES, CONTACT_REASONS, DELIVERY_STATES, OCCURRENCE_KINDS, OCCURRENCE_STATES } from "@recallkit/core";
import { CUSTOMER_FIELDS, ORDER_FIELDS, SUPPRESSION_FIELDS } from "@recallkit/import";
import { expect, test } from "vitest";
import en from "../../locales/en.json";
import zh from "../../locales/zh-CN.json";
import { FIELDS } from "../import/fields";
import { FAMILY_LOOKS, STATE_LOOKS } from "./states";

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

const openapi = JSON.parse(readFileSync(new URL("../../../../../docs/openapi.json", import.meta.url), "utf8"));

/** Values that a field of an answer can have, wherever the description keeps them. */
function valuesOf(path: string, ...fields: readonly string[]): readonly string[] {
  const resolve = (schema: { readonly $ref?: string }): Record<string, never> =>
    schema.$ref === undefined
      ? Object(schema)
      : resolve(
          schema.$ref
            .split("/")
            .slice(1)
            .reduce((part, key) => Object(part)[key], openapi),
        );
  const [method = "", address = ""] = path.split(" ");
  const operation = openapi.paths[address][method];
  const answered = operation.responses[200] ?? operation.responses[201];
  let schema = resolve(resolve(answered).content["application/json"].schema);
  for (const field of fields) {
    const found = field === "[]" ? schema.items : Object(schema.properties)[field];
    schema = resolve(found ?? {});
  }
  return schema.enum ?? [];
}

test.each([
  ["claimState", "get /api/coupons/{id}/claims", ["items", "[]", "state"]],
  ["templateState", "get /api/templates/{id}", ["status"]],
  ["taskState", "get /api/tasks/{id}", ["status"]],
  ["leadState", "get /api/leads/{id}", ["state"]],
  ["callResult", "get /api/calls/{id}", ["result"]],
  ["projectStage", "get /api/projects/{id}", ["stage"]],
  ["ticketState", "get /api/tickets/{id}", ["state"]],
] as const)("every %s of the server has a word and a look", (family, path, fields) => {
  const states = [...valuesOf(path, ...fields)].sort();
  expect(states.length).toBeGreaterThan(1);
  expect(Object.keys(zh[family]).sort()).toEqual(states);
  expect(Object.keys(FAMILY_LOOKS[family]).sort()).toEqual(states);
});

test.each([
  ["ticketKind", "get /api/tickets/{id}", ["kind"]],
  ["priority", "get /api/tickets/{id}", ["priority"]],
  ["ticketSource", "get /api/tickets/{id}", ["source"]],
  ["ticketEvent", "get /api/tickets/{id}/events", ["items", "[]", "kind"]],
  ["projectEvent", "get /api/projects/{id}/history", ["items", "[]", "kind"]],
  ["labelKind", "get /api/labels/counts", ["items", "[]", "kind"]],
  ["node", "get /api/messages/traces/{trace_id}", ["nodes", "[]", "node"]],
  ["dial", "post /api/leads/{id}/dial", ["state"]],
] as const)("every %s of the server has a word", (family, path, fields) => {
  expect(Object.keys(zh[family]).sort()).toEqual([...valuesOf(path, ...fields)].sort());
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
    // Fields of the documents have Chinese names.
    const shown = text.replaceAll("中文", "").replaceAll(/\bnow\.\p{Script=Han}+/gu, "");
    expect(shown, path).not.toMatch(/\p{Script=Han}/u);
  }
});

test("no page writes styles or HTML into its markup", () => {
  for (const { path, text } of texts) expect(text, path).not.toMatch(/\sstyle="|v-html|innerHTML/);
});

test("every word is asked for by a page: by its name, or as one of a family", () => {
  const all = texts.map(({ text }) => text).join("\n");
  const names = new Set([...all.matchAll(/["'`]([a-z]\w*(?:\.[\w-]+)+)["'`]/gi)].map(([, key]) => key));
  // `state.${x}` asks for the words below `state`; of `${of}.${x}` the families are said in code.
  const families = [...all.matchAll(/`([a-z]\w*(?:\.\w+)*)\.(\w*)\$\{/gi)].map(
    ([, family, begin]) => `${family}.${begin}`,
  );
  // `occurrence.${about}Done` and the like end with what is asked for.
  const known = [...families, ...Object.keys(FAMILY_LOOKS).map((family) => `${family}.`), "state."];
  const unused = keysOf(zh).filter((key) => !names.has(key) && !known.some((family) => key.startsWith(family)));
  expect(unused).toEqual([]);
});
