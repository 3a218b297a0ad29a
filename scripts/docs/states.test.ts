import { type EntityKind, TRANSITIONS } from "@recallkit/core/ports";
import { expect, test } from "vitest";
import { root } from "../workspace.mjs";
import { quoted, tableRows, textOf } from "./markdown.ts";
import { stateDiagramsPage } from "./state-diagrams.ts";

const PAGE = "docs/architecture/delivery.md";

const TABLES: readonly (readonly [EntityKind, string])[] = [
  ["occurrence", "### Occurrence"],
  ["batch", "### Batch"],
  ["delivery", "### Delivery"],
];

test.each(TABLES)("the table of %s states lists exactly the legal transitions", (entity, heading) => {
  const documented: Record<string, string[]> = {};
  for (const [from = "", to = ""] of tableRows(textOf(PAGE), heading)) {
    for (const state of quoted(from)) documented[state] = [...(documented[state] ?? []), ...quoted(to)].sort();
  }
  const legal = Object.entries(TRANSITIONS[entity]).map(([from, to]): [string, string[]] => [from, [...to].sort()]);
  expect(documented).toEqual(Object.fromEntries(legal));
});

test("the diagrams are drawn from the transitions", async () => {
  await expect(stateDiagramsPage()).toMatchFileSnapshot(`${root}/docs/architecture/state-diagrams.md`);
});
