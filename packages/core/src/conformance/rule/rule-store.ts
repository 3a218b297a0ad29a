import type { ListPosition } from "../../page.js";
import type { RuleFilter } from "../../ports/rule-store.js";
import { addTenant, BYTEWISE_KEYS } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { addRule, newDefinition } from "../delivery/work-builders.js";
import { expectError, expectOneWinner, expectSame, present, settle } from "../expect.js";
import { fullDefinition, NAME, ruleEditFacts } from "./rule-edits.js";

/** Facts about `RuleStore`: rules, their versions and their planning marks. */
export function ruleStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("rules", harness, { ...reading, ...names, ...lists, ...ruleEditFacts, ...tenants }, restart);
}

/** Names of the rules of one page, and the total. */
async function namesOf({ stores, tenantId }: Scene, filter: RuleFilter, page = { offset: 0, limit: 50 }) {
  const { items, total } = await stores.rules.list(tenantId, filter, page);
  return { names: items.map(({ name }) => name), total };
}

const reading: Facts = {
  "an empty store finds nothing": async (scene) => {
    const { rules } = scene.stores;
    expectSame(await rules.get(scene.tenantId, 1_000_000), undefined, "by id");
    expectSame(await rules.version(scene.tenantId, 1_000_000, 1), undefined, "version");
    expectSame(await rules.findByName(scene.tenantId, "r"), undefined, "by name");
    expectSame(await namesOf(scene, {}), { names: [], total: 0 }, "list");
  },

  "every field comes back": async (scene) => {
    const { stores, tenantId, now } = scene;
    const definition = fullDefinition(NAME);
    const rule = await addRule(scene, NAME, { definition, status: "paused", createdAt: now, nextDueAt: now + 1 });
    const { id, plannedUntil } = rule;
    const facts = { name: NAME, status: "paused", version: 1, definition } as const;
    const expected = {
      id,
      tenantId,
      ...facts,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
      plannedUntil,
      nextDueAt: now + 1,
    };
    expectSame(rule, expected, "inserted rule");
    expectSame(await stores.rules.get(tenantId, id), expected, "by id");
    expectSame(await stores.rules.findByName(tenantId, NAME), expected, "by name");
    expectSame((await stores.rules.list(tenantId, {}, { offset: 0, limit: 1 })).items, [expected], "list");
    expectSame(await stores.rules.version(tenantId, id, 1), definition, "version 1");
  },

  "empty lists and nulls come back": async (scene) => {
    const rule = await addRule(scene, "bare");
    const stored = present(await scene.stores.rules.get(scene.tenantId, rule.id), "the rule");
    expectSame([stored.nextDueAt, stored.deletedAt], [null, null], "instants that are not set");
    expectSame(stored.definition, newDefinition("bare"), "definition");
  },
};

const names: Facts = {
  "names compare bytewise": async (scene) => {
    for (const name of BYTEWISE_KEYS) await addRule(scene, name);
    for (const name of BYTEWISE_KEYS) {
      expectSame((await scene.stores.rules.findByName(scene.tenantId, name))?.name, name, "rule by name");
    }
  },

  "a name that is taken is refused": async (scene) => {
    const { stores, tenantId } = scene;
    await addRule(scene, "r1");
    const second = await addRule(scene, "r2");
    await expectError(addRule(scene, "r1"), "rule.name-taken");
    const edit = { tenantId, id: second.id, version: 2, definition: newDefinition("r1"), updatedAt: 1 };
    await expectError(stores.rules.addVersion(edit), "rule.name-taken");
    expectSame(await stores.rules.get(tenantId, second.id), second, "the second rule");
  },

  "of 50 callers with one name one wins": async (scene) => {
    await expectOneWinner(50, "rule.name-taken", () => addRule(scene, "r1"));
    expectSame((await namesOf(scene, {})).total, 1, "rules");
  },

  "a deleted rule frees its name": async (scene) => {
    const { stores, tenantId } = scene;
    const old = await addRule(scene, "r1");
    await stores.rules.softDelete(tenantId, old.id, 5);
    const next = await addRule(scene, "r1");
    expectSame((await stores.rules.findByName(tenantId, "r1"))?.id, next.id, "rule by name");
    await stores.rules.softDelete(tenantId, next.id, 6);
    await addRule(scene, "r1");
    expectSame((await namesOf(scene, {})).total, 1, "rules in the list");
  },
};

const lists: Facts = {
  "rules are listed newest first": async (scene) => {
    for (const [name, createdAt] of [
      ["b", 20],
      ["a", 10],
      ["d", 30],
      ["c", 20],
    ] as const)
      await addRule(scene, name, { createdAt });
    expectSame(await namesOf(scene, {}), { names: ["d", "c", "b", "a"], total: 4 }, "whole list");
    expectSame(await namesOf(scene, {}, { offset: 0, limit: 3 }), { names: ["d", "c", "b"], total: 4 }, "first page");
    expectSame(await namesOf(scene, {}, { offset: 3, limit: 3 }), { names: ["a"], total: 4 }, "second page");
    expectSame(await namesOf(scene, {}, { offset: 6, limit: 3 }), { names: [], total: 4 }, "page behind the end");
  },

  "rules are walked newest first from a position on, which stays while others come and go": async (scene) => {
    const { stores, tenantId } = scene;
    const added = new Map<string, ListPosition>();
    const names = [
      ["b", 20],
      ["a", 10],
      ["c", 20],
    ] as const;
    for (const [name, at] of names) added.set(name, { at, id: (await addRule(scene, name, { createdAt: at })).id });
    const behind = async (after: ListPosition | null, limit = 9, filter: RuleFilter = {}) =>
      (await stores.rules.after(tenantId, filter, after, limit)).map(({ name }) => name);
    expectSame(await behind(null), ["c", "b", "a"], "from the newest on");
    expectSame(await behind(null, 2), ["c", "b"], "two of them");
    const [c, b] = [added.get("c") ?? null, added.get("b") ?? null];
    expectSame(await behind(c), ["b", "a"], "behind one of the same instant");
    await addRule(scene, "d", { createdAt: 30 });
    await stores.rules.softDelete(tenantId, c?.id ?? 0, 40);
    expectSame(await behind(c), ["b", "a"], "behind one that is deleted, after another came");
    expectSame([await behind(b, 9, { search: "A" }), await behind(b, 9, { search: "b" })], [["a"], []], "of a filter");
    expectSame(await stores.rules.after(await addTenant(stores), {}, null, 9), [], "of another tenant");
  },

  "search takes a part of the name, in any case, never as a pattern": async (scene) => {
    for (const [createdAt, name] of ["100%_Off", "100 off", "猫粮召回", "back\\slash"].entries())
      await addRule(scene, name, { createdAt });
    const found = async (search: string) => (await namesOf(scene, { search })).names;
    expectSame(await found("OFF"), ["100 off", "100%_Off"], "OFF");
    expectSame(await found("%_o"), ["100%_Off"], "percent and underscore");
    expectSame(await found("粮召"), ["猫粮召回"], "Han");
    expectSame(await found("\\"), ["back\\slash"], "backslash");
    expectSame(await found("_"), ["100%_Off"], "underscore");
    expectSame(
      await namesOf(scene, { search: "off" }, { offset: 1, limit: 1 }),
      { names: ["100%_Off"], total: 2 },
      "second page",
    );
  },

  "the creation filter holds its start and not its end": async (scene) => {
    for (const createdAt of [9, 10, 19, 20]) await addRule(scene, `r${createdAt}`, { createdAt });
    expectSame(
      await namesOf(scene, { createdFrom: 10, createdTo: 20 }),
      { names: ["r19", "r10"], total: 2 },
      "both ends",
    );
    expectSame((await namesOf(scene, { createdFrom: 20 })).names, ["r20"], "start");
    expectSame((await namesOf(scene, { createdTo: 10, search: "r" })).names, ["r9"], "end");
  },
};

const tenants: Facts = {
  "two tenants may hold the same names": async (scene) => {
    const { stores, tenantId } = scene;
    const other = await addTenant(stores);
    const mine = await addRule(scene, "r1");
    const theirs = await addRule({ stores, tenantId: other }, "r1");
    expectSame((await stores.rules.findByName(tenantId, "r1"))?.id, mine.id, "my rule");
    expectSame((await stores.rules.findByName(other, "r1"))?.id, theirs.id, "their rule");
    expectSame((await namesOf(scene, {})).total, 1, "my rules");
  },

  "a foreign rule can be neither read nor written": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { rules } = stores;
    const other = await addTenant(stores);
    const { id } = await addRule(scene, "r1", { nextDueAt: now });
    const before = await rules.get(tenantId, id);
    expectSame(await rules.get(other, id), undefined, "by id");
    expectSame(await rules.version(other, id, 1), undefined, "version");
    expectSame(await rules.findByName(other, "r1"), undefined, "by name");
    expectSame(await namesOf({ ...scene, tenantId: other }, {}), { names: [], total: 0 }, "list");
    await settle(
      rules.addVersion({ tenantId: other, id, version: 2, definition: newDefinition("stolen"), updatedAt: 9 }),
    );
    await settle(rules.setStatus(other, id, "paused", 9));
    await settle(rules.setPlanned(other, id, 9, null));
    await settle(rules.softDelete(other, id, 9));
    expectSame(await rules.get(tenantId, id), before, "my rule");
    expectSame(await rules.version(tenantId, id, 2), undefined, "my version 2");
  },
};

const restart: Facts<DurableScene> = {
  "rules survive a restart": async (scene) => {
    const { tenantId } = scene;
    const { id } = await addRule(scene, "r1");
    await scene.stores.rules.addVersion({ tenantId, id, version: 2, definition: fullDefinition("r2"), updatedAt: 2 });
    const before = await scene.stores.rules.get(tenantId, id);
    const { rules } = await scene.reopen();
    expectSame(await rules.get(tenantId, id), before, "rule");
    expectSame(await rules.version(tenantId, id, 1), newDefinition("r1"), "version 1");
  },
};
