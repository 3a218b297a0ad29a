import type { Occurrence } from "../../delivery/occurrence.js";
import type { OccurrenceFilter } from "../../ports/occurrence-store.js";
import { addTenant, DIFFICULT_TEXT } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { expectSame, expectThat, walk } from "../expect.js";
import { listedValueFacts } from "./listed-values.js";
import { occurrenceLeaseFacts } from "./occurrence-leases.js";
import { occurrenceStateFacts } from "./occurrence-states.js";
import { addBatch, addOccurrence, addRule, addRunning, moveOccurrence, newOccurrence } from "./work-builders.js";

/** Facts about `OccurrenceStore`: rows, lists, states and leases. */
export function occurrenceStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf(
    "occurrences",
    harness,
    { ...reading, ...lists, ...occurrenceStateFacts, ...occurrenceLeaseFacts, ...listedValueFacts, ...tenants },
    restart,
  );
}

const idsOf = ({ stores, tenantId }: Pick<Scene, "stores" | "tenantId">, filter: OccurrenceFilter = {}) =>
  walk((cursor) => stores.occurrences.list(tenantId, { limit: 2, ...filter, cursor })).then((rows) =>
    rows.map(({ id }) => id),
  );

const reading: Facts = {
  "an empty store finds nothing": async ({ stores: { occurrences }, tenantId }) => {
    expectSame(await occurrences.get(tenantId, 1_000_000), undefined, "occurrence");
    expectSame(await occurrences.list(tenantId, {}), { items: [], nextCursor: null }, "list");
    expectSame(await occurrences.latest(tenantId, 1_000_000), undefined, "latest");
    expectSame(await occurrences.hasSending(tenantId, 1_000_000, 0), false, "something sends");
  },

  "every field comes back": async (scene) => {
    const { id: ruleId } = await addRule(scene, "r1");
    const row = newOccurrence(scene, ruleId, {
      kind: "manual",
      nominal: `request ${DIFFICULT_TEXT}`,
      ruleVersion: 3,
      timeZone: "America/New_York",
      state: "skipped",
      reason: "missed_catch_up",
    });
    const { created, occurrence } = await scene.stores.occurrences.insert(row);
    const fresh = {
      asOf: null,
      blockedOnReview: false,
      snapshotCursor: 0,
      audienceSize: null,
      startedAt: null,
      finishedAt: null,
    };
    const lease = { leaseOwner: null, leaseUntil: null, leaseEpoch: occurrence.leaseEpoch };
    expectSame([created, occurrence], [true, { ...row, ...fresh, ...lease, id: occurrence.id }], "inserted occurrence");
    expectSame(await scene.stores.occurrences.get(scene.tenantId, occurrence.id), occurrence, "stored occurrence");
  },

  "every column of a patch comes back": async (scene) => {
    const { stores, tenantId, now } = scene;
    const before = await addOccurrence(scene, (await addRule(scene, "r1")).id);
    const full = {
      asOf: 0,
      reason: DIFFICULT_TEXT,
      blockedOnReview: true,
      snapshotCursor: 2 ** 40,
      audienceSize: 0,
      startedAt: now,
      finishedAt: now + 1,
    };
    await stores.occurrences.transition({ tenantId, id: before.id, from: ["planned"] }, "snapshotting", full);
    expectSame(
      await stores.occurrences.get(tenantId, before.id),
      { ...before, ...full, state: "snapshotting" },
      "filled",
    );
    const bare = {
      asOf: null,
      reason: null,
      blockedOnReview: false,
      snapshotCursor: 0,
      audienceSize: null,
      startedAt: null,
      finishedAt: null,
    };
    await stores.occurrences.transition({ tenantId, id: before.id, from: ["snapshotting"] }, "running", bare);
    expectSame(await stores.occurrences.get(tenantId, before.id), { ...before, state: "running" }, "emptied");
  },

  "a repeat finds the first row": async (scene) => {
    const { stores } = scene;
    const [first, second] = [await addRule(scene, "r1"), await addRule(scene, "r2")];
    const row = newOccurrence(scene, first.id);
    const { occurrence } = await stores.occurrences.insert(row);
    const repeat = await stores.occurrences.insert({
      ...row,
      ruleVersion: 9,
      dueAt: 9,
      salt: "f".repeat(32),
      state: "skipped",
      reason: "overlap",
    });
    expectSame(repeat, { created: false, occurrence }, "repeat");
    const others = [
      { ...row, ruleId: second.id },
      { ...row, kind: "manual" },
      { ...row, nominal: "2026-01-05T10:01" },
    ] as const;
    for (const other of others)
      expectThat((await stores.occurrences.insert(other)).created, "another rule, kind or nominal time is new");
    expectSame((await idsOf(scene)).length, 4, "occurrences");
  },

  "50 callers who insert one occurrence make one row": async (scene) => {
    const row = newOccurrence(scene, (await addRule(scene, "r1")).id);
    const results = await Promise.all(Array.from({ length: 50 }, () => scene.stores.occurrences.insert(row)));
    expectSame(results.filter(({ created }) => created).length, 1, "callers who made it");
    expectSame(new Set(results.map(({ occurrence }) => occurrence.id)).size, 1, "ids");
    expectSame((await idsOf(scene)).length, 1, "rows");
  },
};

const lists: Facts = {
  "filters narrow a list that runs by id": async (scene) => {
    const { now } = scene;
    const [first, second] = [await addRule(scene, "r1"), await addRule(scene, "r2")];
    const rows: Occurrence[] = [];
    for (let index = 0; index < 6; index += 1) {
      const rule = index % 2 === 0 ? first : second;
      rows.push(
        await addOccurrence(scene, rule.id, { nominal: `n${index}`, createdAt: now - index, dueAt: now - index }),
      );
    }
    await moveOccurrence(scene, rows[4] as Occurrence, "cancelled");
    await moveOccurrence(scene, rows[5] as Occurrence, "skipped");
    const ids = (...indices: readonly number[]) => indices.map((index) => rows[index]?.id ?? 0);
    expectSame(await idsOf(scene), ids(0, 1, 2, 3, 4, 5), "all");
    expectSame(await idsOf(scene, { ruleId: first.id }), ids(0, 2, 4), "of the first rule");
    expectSame(await idsOf(scene, { states: ["cancelled", "skipped"] }), ids(4, 5), "of two states");
    expectSame(await idsOf(scene, { since: now - 2 }), ids(0, 1, 2), "created since");
    expectSame(
      await idsOf(scene, { ruleId: second.id, states: ["planned"], since: now - 1 }),
      ids(1),
      "of all filters",
    );
  },

  "the latest occurrence is the newest that is not planned": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [rule, other] = [await addRule(scene, "r1"), await addRule(scene, "r2")];
    await addRunning(scene, rule.id, { nominal: "n1", dueAt: now });
    expectSame(await stores.occurrences.latest(tenantId, other.id), undefined, "of a rule without occurrences");
    const newest = await addRunning(scene, rule.id, { nominal: "n2", dueAt: now + 1 });
    await addOccurrence(scene, rule.id, { nominal: "n3", dueAt: now + 2 });
    await addRunning(scene, other.id, { nominal: "n4", dueAt: now + 3 });
    expectSame((await stores.occurrences.latest(tenantId, rule.id))?.id, newest.id, "of the rule");
  },

  "unfinished occurrences run or are paused, by id": async (scene) => {
    const { stores, tenantId } = scene;
    const rule = await addRule(scene, "r1");
    const before = await addRunning(scene, rule.id, { nominal: "n0" });
    const running = await addRunning(scene, rule.id, { nominal: "n1" });
    await addOccurrence(scene, rule.id, { nominal: "n2" });
    const ended = await addOccurrence(scene, rule.id, { nominal: "n3" });
    await moveOccurrence(scene, ended, "snapshotting", "running", "completed");
    const paused = await addOccurrence(scene, rule.id, { nominal: "n4" });
    await moveOccurrence(scene, paused, "snapshotting", "running", "paused");
    const found = (await stores.occurrences.unfinished(before.id, 10_000)).filter((each) => each.tenantId === tenantId);
    expectSame(
      found.map(({ id, state }) => [id, state]),
      [
        [running.id, "running"],
        [paused.id, "paused"],
      ],
      "unfinished",
    );
    expectSame(
      (await stores.occurrences.unfinished(before.id, 1)).map(({ id }) => id),
      [running.id],
      "with a limit of 1",
    );
  },
};

const tenants: Facts = {
  "a foreign occurrence can be neither read nor written": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { occurrences } = stores;
    const other = await addTenant(stores);
    const rule = await addRule(scene, "r1");
    const running = await addRunning(scene, rule.id, { nominal: "n1" });
    await addBatch(scene, running);
    const before = await occurrences.get(tenantId, running.id);
    const { id, leaseEpoch } = running;
    expectSame(await occurrences.get(other, id), undefined, "by id");
    expectSame((await occurrences.list(other, {})).items, [], "list");
    expectSame(await occurrences.latest(other, rule.id), undefined, "latest");
    expectSame(await occurrences.hasSending(other, rule.id, 0), false, "something sends");
    expectSame(
      await occurrences.transition({ tenantId: other, id, from: ["running"] }, "paused", {}),
      false,
      "transition",
    );
    expectSame(
      await occurrences.advance({ tenantId: other, id, leaseEpoch }, { reason: "stolen" }, now),
      false,
      "advance",
    );
    await occurrences.release({ tenantId: other, id, leaseEpoch });
    expectSame(await occurrences.get(tenantId, id), before, "my occurrence");
  },
};

const restart: Facts<DurableScene> = {
  "occurrences and their leases survive a restart": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { id } = await addOccurrence(scene, (await addRule(scene, "r1")).id);
    await stores.occurrences.claim({ owner: "w1", now, until: now + 60_000, limit: 10_000 });
    const before = await stores.occurrences.get(tenantId, id);
    expectSame(before?.leaseOwner, "w1", "owner");
    const { occurrences } = await scene.reopen();
    expectSame(await occurrences.get(tenantId, id), before, "occurrence");
  },
};
