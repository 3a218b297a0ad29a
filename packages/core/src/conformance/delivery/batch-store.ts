import type { Batch } from "../../delivery/batch.js";
import type { BatchFilter, BatchPatch } from "../../ports/batch-store.js";
import { addTenant, DIFFICULT_TEXT } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { expectSame, expectThat, present, walk } from "../expect.js";
import { batchClaimFacts } from "./batch-claims.js";
import { batchLeaseFacts } from "./batch-leases.js";
import { batchNoteFacts } from "./batch-notes.js";
import { addBatch, addRule, addRunning, moveBatch, newBatch } from "./work-builders.js";

/** Facts about `BatchStore`: rows, lists, states, claims and leases. */
export function batchStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf(
    "batches",
    harness,
    { ...reading, ...lists, ...states, ...batchClaimFacts, ...batchLeaseFacts, ...batchNoteFacts, ...tenants },
    restart,
  );
}

const idsOf = ({ stores, tenantId }: Pick<Scene, "stores" | "tenantId">, filter: BatchFilter = {}) =>
  walk((cursor) => stores.batches.list(tenantId, { limit: 2, ...filter, cursor })).then((rows) =>
    rows.map(({ id }) => id),
  );

const FRESH = {
  state: "pending",
  reason: null,
  size: 0,
  contentHash: null,
  providerMessageId: null,
  warnings: [],
  attempts: 0,
  resends: 0,
  faults: 0,
  lookUps: 0,
  attemptedAt: null,
  acceptedAt: null,
  polls: 0,
  calledOffAt: null,
  settled: false,
  leaseOwner: null,
  leaseUntil: null,
} as const;

const fullPatch = (now: number): Required<BatchPatch> => ({
  reason: DIFFICULT_TEXT,
  size: 10_000,
  contentHash: "ab".repeat(32),
  capability: "keyed",
  providerMessageId: `msg ${DIFFICULT_TEXT}`,
  warnings: [DIFFICULT_TEXT, ""],
  attempts: 1,
  resends: 2,
  faults: 3,
  lookUps: 4,
  notBefore: now + 1,
  attemptedAt: now,
  acceptedAt: 0,
  polls: 5,
  calledOffAt: now + 2,
  settled: true,
});

const reading: Facts = {
  "an empty store finds nothing": async ({ stores: { batches }, tenantId }) => {
    expectSame(await batches.get(tenantId, 1_000_000), undefined, "batch");
    expectSame(await batches.list(tenantId, {}), { items: [], nextCursor: null }, "list");
    expectSame(await batches.countByState(tenantId, 1_000_000), {}, "counts");
  },

  "every field comes back": async (scene) => {
    const occurrence = await addRunning(scene, (await addRule(scene, "r1")).id);
    const row = newBatch(occurrence, {
      channel: DIFFICULT_TEXT,
      number: 25_000,
      capability: "none",
      createdAt: 0,
      notBefore: 0,
    });
    const batch = await addBatch(scene, occurrence, row);
    expectSame(batch, { ...row, ...FRESH, id: batch.id, leaseEpoch: batch.leaseEpoch }, "new batch");
  },

  "every column of a patch comes back": async (scene) => {
    const { stores, tenantId, now } = scene;
    const batch = await addBatch(scene, await addRunning(scene, (await addRule(scene, "r1")).id));
    const key = { tenantId, id: batch.id, leaseEpoch: batch.leaseEpoch };
    const full = fullPatch(now);
    expectSame(await stores.batches.advance(key, full), true, "advance");
    expectSame(await stores.batches.get(tenantId, batch.id), { ...batch, ...full }, "filled");
    const { state, leaseOwner, leaseUntil, ...bare } = {
      ...FRESH,
      capability: batch.capability,
      notBefore: batch.notBefore,
    };
    expectSame(await stores.batches.transition({ ...key, from: [state] }, "leased", bare), true, "transition");
    expectSame(
      await stores.batches.get(tenantId, batch.id),
      { ...batch, state: "leased", leaseOwner, leaseUntil },
      "emptied",
    );
    await stores.batches.advance(key, { polls: 1 });
    expectSame(
      await stores.batches.get(tenantId, batch.id),
      { ...batch, state: "leased", polls: 1 },
      "one column alone",
    );
  },

  "a repeat finds the first row": async (scene) => {
    const { stores, tenantId } = scene;
    const occurrence = await addRunning(scene, (await addRule(scene, "r1")).id);
    const first = await addBatch(scene, occurrence);
    await moveBatch(scene, first, "leased");
    const repeat = newBatch(occurrence, { marker: "OTHERMARKER1", capability: "none", createdAt: 9, notBefore: 9 });
    expectSame(await stores.batches.insert(repeat), first.id, "id of the repeat");
    expectSame(await stores.batches.get(tenantId, first.id), { ...first, state: "leased" }, "stored row");
    const others = [
      await addBatch(scene, occurrence, { number: 2 }),
      await addBatch(scene, occurrence, { channel: "sms" }),
    ];
    expectThat(
      others.every(({ id }) => id !== first.id),
      "another number or channel is another batch",
    );
  },

  "50 callers who insert one batch make one row": async (scene) => {
    const row = newBatch(await addRunning(scene, (await addRule(scene, "r1")).id));
    const ids = await Promise.all(Array.from({ length: 50 }, () => scene.stores.batches.insert(row)));
    expectSame(new Set(ids).size, 1, "ids");
    expectSame((await idsOf(scene)).length, 1, "rows");
  },
};

const lists: Facts = {
  "filters narrow a list that runs by id": async (scene) => {
    const { now } = scene;
    const [first, second] = [await addRule(scene, "r1"), await addRule(scene, "r2")];
    const occurrences = [
      await addRunning(scene, first.id),
      await addRunning(scene, first.id, { nominal: "n2" }),
      await addRunning(scene, second.id),
    ];
    const rows: Batch[] = [];
    for (const [index, occurrence] of [...occurrences, ...occurrences].entries()) {
      rows.push(await addBatch(scene, occurrence, { number: index + 1, createdAt: now - index }));
    }
    await moveBatch(scene, present(rows[4], "batch"), "dead");
    await moveBatch(scene, present(rows[5], "batch"), "cancelled");
    const ids = (...indices: readonly number[]) => indices.map((index) => rows[index]?.id ?? 0);
    expectSame(await idsOf(scene), ids(0, 1, 2, 3, 4, 5), "all");
    expectSame(await idsOf(scene, { occurrenceId: occurrences[1]?.id ?? 0 }), ids(1, 4), "of an occurrence");
    expectSame(await idsOf(scene, { ruleId: first.id }), ids(0, 1, 3, 4), "of a rule");
    expectSame(await idsOf(scene, { states: ["dead", "cancelled"] }), ids(4, 5), "of two states");
    expectSame(await idsOf(scene, { since: now - 2 }), ids(0, 1, 2), "created since");
    expectSame(
      await idsOf(scene, { ruleId: second.id, states: ["pending"], since: now - 4 }),
      ids(2),
      "of all filters",
    );
  },

  "states are counted per occurrence": async (scene) => {
    const { stores, tenantId } = scene;
    const { id: ruleId } = await addRule(scene, "r1");
    const occurrence = await addRunning(scene, ruleId);
    const rows = [];
    for (const number of [1, 2, 3]) rows.push(await addBatch(scene, occurrence, { number }));
    await moveBatch(scene, present(rows[0], "batch"), "leased", "dispatching", "unknown");
    await addBatch(scene, await addRunning(scene, ruleId, { nominal: "n2" }));
    expectSame(await stores.batches.countByState(tenantId, occurrence.id), { pending: 2, unknown: 1 }, "counts");
  },
};

const states: Facts = {
  "a transition needs one of its states": async (scene) => {
    const { stores, tenantId } = scene;
    const batch = await addBatch(scene, await addRunning(scene, (await addRule(scene, "r1")).id));
    const key = { tenantId, id: batch.id, leaseEpoch: batch.leaseEpoch };
    const lost = await stores.batches.transition({ ...key, from: ["leased", "unknown"] }, "dispatching", {
      attempts: 9,
    });
    expectSame([lost, await stores.batches.get(tenantId, batch.id)], [false, batch], "from other states");
    const won = await stores.batches.transition({ ...key, from: ["unknown", "pending"] }, "leased", { attempts: 1 });
    const after = { ...batch, state: "leased", attempts: 1 } as const;
    expectSame([won, await stores.batches.get(tenantId, batch.id)], [true, after], "from its state");
  },

  "of 50 callers who move one batch one wins": async (scene) => {
    const { stores, tenantId } = scene;
    const { id, leaseEpoch } = await addBatch(scene, await addRunning(scene, (await addRule(scene, "r1")).id));
    const move = () => stores.batches.transition({ tenantId, id, leaseEpoch, from: ["pending"] }, "leased", {});
    const won = await Promise.all(Array.from({ length: 50 }, move));
    expectSame(won.filter(Boolean).length, 1, "callers who moved it");
  },
};

const tenants: Facts = {
  "a foreign batch can be neither read nor written": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batches } = stores;
    const other = await addTenant(stores);
    const occurrence = await addRunning(scene, (await addRule(scene, "r1")).id);
    const batch = await addBatch(scene, occurrence);
    const key = { tenantId: other, id: batch.id, leaseEpoch: batch.leaseEpoch };
    expectSame(await batches.get(other, batch.id), undefined, "by id");
    expectSame((await batches.list(other, { occurrenceId: occurrence.id })).items, [], "list");
    expectSame(await batches.countByState(other, occurrence.id), {}, "counts");
    expectSame(await batches.transition({ ...key, from: ["pending"] }, "leased", {}), false, "transition");
    expectSame(await batches.advance(key, { size: 9 }), false, "advance");
    expectSame(await batches.renew(key, now + 9), false, "renew");
    expectSame(await batches.get(tenantId, batch.id), batch, "my batch");
  },
};

const restart: Facts<DurableScene> = {
  "batches and their leases survive a restart": async (scene) => {
    const { stores, tenantId, now } = scene;
    const batch = await addBatch(scene, await addRunning(scene, (await addRule(scene, "r1")).id));
    await stores.batches.claim("send", { owner: "w1", now, until: now + 60_000, limit: 10_000 });
    await stores.batches.advance({ tenantId, id: batch.id, leaseEpoch: batch.leaseEpoch + 1 }, fullPatch(now));
    const before = await stores.batches.get(tenantId, batch.id);
    expectSame([before?.leaseOwner, before?.polls], ["w1", 5], "owner and polls");
    const { batches } = await scene.reopen();
    expectSame(await batches.get(tenantId, batch.id), before, "batch");
  },
};
