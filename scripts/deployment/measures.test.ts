// Dashboard and alert rules ask for measures and labels that a server has.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import type { MetricFamily } from "../../examples/reference-server/src/modules/metrics/metrics.ts";
import { startTestServer, type TestServer } from "../../examples/reference-server/src/testing/test-server.ts";
import { folderOf } from "../test-servers/private-server.ts";
import { root } from "../workspace.mjs";

const file = (path: string) => join(root, "deploy", path);
const RULES = file("prometheus/alerts.yaml");
/** What Prometheus adds itself. */
const OF_PROMETHEUS = ["up"];
const LABELS_OF_PROMETHEUS = ["instance", "job", "le"];
const WORDS = new Set("sum max min rate increase by and or on absent time histogram_quantile for".split(" "));

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly action: string };
}
const { groups } = parseYaml(readFileSync(RULES, "utf8")) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(readFileSync(file("grafana/recallkit.json"), "utf8")) as {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
};
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
];

let server: TestServer;
let exported: string;
let families: ReadonlyMap<string, MetricFamily>;
beforeAll(async () => {
  server = await startTestServer();
  await server.get("/api/me");
  families = new Map(server.context.metrics.families().map((family) => [family.name, family]));
  exported = (await server.request("GET", "/metrics")).text;
});
afterAll(() => server.close());

/** Measures and labels of an expression. */
function namesIn(expression: string) {
  const bare = expression.replace(/"[^"]*"/g, '""');
  const labels = [
    ...Array.from(bare.matchAll(/\b(?:by|on) \(([^)]*)\)/g), ([, list = ""]) => list.split(/, */)).flat(),
    ...Array.from(bare.matchAll(/(\w+)(?:=~|!~|!=|=)""/g), ([, label = ""]) => label),
  ];
  const rest = bare
    .replace(/\{[^}]*\}/g, "")
    .replace(/\b(?:by|on) \([^)]*\)/g, "")
    .replace(/\[\w+\]/g, "");
  const measures = Array.from(rest.matchAll(/[a-z]\w+/g), ([name]) => name).filter((name) => !WORDS.has(name));
  return { measures, labels };
}

test.each(expressions)("%s asks for what is there", (_, expression) => {
  const { measures, labels } = namesIn(expression);
  expect(measures.length).toBeGreaterThan(0);
  const asked = measures.filter((name) => !OF_PROMETHEUS.includes(name)).map((name) => name.replace(/_bucket$/, ""));
  for (const name of asked) expect([name, exported.includes(`# TYPE ${name} `)]).toEqual([name, true]);
  const known = [...LABELS_OF_PROMETHEUS, ...asked.flatMap((name) => families.get(name)?.labels ?? [])];
  expect(labels.filter((label) => !known.includes(label))).toEqual([]);
});

test("no label is one that Prometheus gives itself", () => {
  const clashing = [...families.values()].filter(({ labels }) =>
    labels.some((label) => LABELS_OF_PROMETHEUS.includes(label)),
  );
  expect(clashing.map(({ name }) => name)).toEqual([]);
});

test("every rule says how soon somebody has to look, and what to do, in both languages", () => {
  expect(rules.length).toBeGreaterThan(10);
  for (const { labels, annotations } of rules) {
    expect(["page", "ticket"]).toContain(labels.severity);
    expect(annotations.summary).toMatch(/\p{Script=Han}.* \/ .*[a-z]/u);
    expect(annotations.action).not.toBe("");
  }
});

test.skipIf(folderOf(["promtool"]) === undefined)("Prometheus takes the rules (needs promtool)", () => {
  expect(spawnSync("promtool", ["check", "rules", RULES], { encoding: "utf8" }).status).toBe(0);
});
