import type { Batch } from "../../delivery/batch.js";
import type { BatchWork, ClaimScope } from "../../ports/batch-store.js";
import { addTenant } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { ascending, expectSame, expectThat, present } from "../expect.js";
import {
  addBatch,
  addBatches,
  addOccurrence,
  addRule,
  addRunning,
  moveBatch,
  moveOccurrence,
} from "./work-builders.js";

/** How long the claims of these facts last. */
export const LEASE_MS = 60_000;

/** Claims at an instant. @returns what the scene's tenant got; rows of earlier cases may come along */
export async function claimBatches(
  scene: Scene,
  work: BatchWork,
  owner = "w1",
  now = scene.now,
  limit = 10_000,
): Promise<readonly Batch[]> {
  const rows = await scene.stores.batches.claim(work, { owner, now, until: now + LEASE_MS, limit });
  expectThat(rows.length <= limit, "a claim brings no more than its limit");
  return rows.filter(({ tenantId }) => tenantId === scene.tenantId);
}

/** Claims the only batch that can be claimed. */
export async function claimBatch(scene: Scene, owner: string, now: number): Promise<Batch> {
  return present((await claimBatches(scene, "send", owner, now))[0], "the claimed batch");
}

const idsOf = async (claimed: Promise<readonly Batch[]>) => (await claimed).map(({ id }) => id);

/** Facts about which batches a claim brings. */
export const batchClaimFacts: Facts = {
  "batches of a test are claimed though the rule is paused": async (scene) => {
    const { stores, tenantId, now } = scene;
    const rule = await addRule(scene, "r1", { status: "paused" });
    const test = await addBatch(scene, await addRunning(scene, rule.id, { kind: "test" }));
    await addBatch(scene, await addRunning(scene, rule.id));
    const claimed = await stores.batches.claim("send", { owner: "w", now, until: now + 1, limit: 10 });
    const own = claimed.filter((batch) => batch.tenantId === tenantId).map(({ id }) => id);
    expectSame(own, [test.id], "claimed");
  },

  "the last attempt is that of another batch of the occurrence": async (scene) => {
    const { stores, tenantId } = scene;
    const rule = await addRule(scene, "r1");
    const [one, other] = [await addRunning(scene, rule.id), await addRunning(scene, rule.id, { nominal: "n2" })];
    const batches = await addBatches(scene, one, 3);
    const foreign = await addBatch(scene, other);
    const last = (index: number) => stores.batches.lastAttemptAt(tenantId, one.id, batches[index]?.id ?? 0);
    expectSame(await last(0), null, "before the first attempt");
    for (const [index, batch] of [...batches, foreign].entries()) {
      await stores.batches.advance(batch, { attemptedAt: 10 + index });
    }
    expectSame([await last(0), await last(2)], [12, 11], "attempts at the others");
    expectSame(await stores.batches.lastAttemptAt(await addTenant(stores), one.id, 0), null, "for another tenant");
  },

  "a claim sets the lease and leaves the state": async (scene) => {
    const { stores, tenantId, now } = scene;
    const batch = await addBatch(scene, await addRunning(scene, (await addRule(scene, "r1")).id));
    const claimed = { ...batch, leaseOwner: "w1", leaseUntil: now + LEASE_MS, leaseEpoch: batch.leaseEpoch + 1 };
    expectSame(await claimBatches(scene, "send"), [claimed], "claimed rows");
    expectSame(await stores.batches.get(tenantId, batch.id), claimed, "stored row");
    expectSame(await claimBatches(scene, "send", "w2"), [], "rows for a second worker");
  },

  "each kind of work takes its own state": async (scene) => {
    const occurrence = await addRunning(scene, (await addRule(scene, "r1")).id);
    const paths = {
      pending: [],
      leased: ["leased"],
      dispatching: ["leased", "dispatching"],
      accepted: ["leased", "dispatching", "accepted"],
      rejected: ["leased", "dispatching", "rejected"],
      unknown: ["leased", "dispatching", "unknown"],
      reconciling: ["leased", "dispatching", "unknown", "reconciling"],
      needs_review: ["leased", "dispatching", "unknown", "needs_review"],
      dead: ["dead"],
      expired: ["expired"],
      cancelled: ["cancelled"],
    } as const;
    for (const [index, path] of Object.values(paths).entries()) {
      await moveBatch(scene, await addBatch(scene, occurrence, { number: index + 1 }), ...path);
    }
    const found: Record<string, readonly string[]> = {};
    for (const work of ["send", "results", "reconcile"] as const) {
      found[work] = (await claimBatches(scene, work)).map(({ state }) => state);
    }
    expectSame(found, { send: ["pending"], results: ["accepted"], reconcile: ["unknown"] }, "states by work");
  },

  "no work is claimed before its time": async (scene) => {
    const { now } = scene;
    const occurrence = await addRunning(scene, (await addRule(scene, "r1")).id);
    const paths = {
      send: [],
      results: ["leased", "dispatching", "accepted"],
      reconcile: ["leased", "dispatching", "unknown"],
    } as const;
    for (const [index, work] of (["send", "results", "reconcile"] as const).entries()) {
      const batch = await addBatch(scene, occurrence, { number: index + 1, notBefore: now + 5 });
      await moveBatch(scene, batch, ...paths[work]);
      expectSame(await idsOf(claimBatches(scene, work, "w1", now + 4)), [], `${work} a millisecond early`);
      expectSame(await idsOf(claimBatches(scene, work, "w1", now + 5)), [batch.id], `${work} at its time`);
    }
  },

  "settled batches have no results to fetch": async (scene) => {
    const { stores, tenantId } = scene;
    const batch = await addBatch(scene, await addRunning(scene, (await addRule(scene, "r1")).id));
    await moveBatch(scene, batch, "leased", "dispatching", "accepted");
    await stores.batches.advance({ tenantId, id: batch.id, leaseEpoch: batch.leaseEpoch }, { settled: true });
    expectSame(await claimBatches(scene, "results"), [], "claimed rows");
  },

  "only a running occurrence sends": async (scene) => {
    const rule = await addRule(scene, "r1");
    const planned = await addOccurrence(scene, rule.id, { nominal: "planned" });
    const snapshotting = await moveOccurrence(
      scene,
      await addOccurrence(scene, rule.id, { nominal: "snapshotting" }),
      "snapshotting",
    );
    const paused = await moveOccurrence(scene, await addRunning(scene, rule.id, { nominal: "paused" }), "paused");
    const cancelled = await moveOccurrence(
      scene,
      await addRunning(scene, rule.id, { nominal: "cancelled" }),
      "cancelled",
    );
    for (const occurrence of [planned, snapshotting, paused, cancelled]) await addBatch(scene, occurrence);
    expectSame(await claimBatches(scene, "send"), [], "rows while none runs");
    const [batch] = (await scene.stores.batches.list(scene.tenantId, { occurrenceId: paused.id })).items;
    await moveOccurrence(scene, paused, "running");
    expectSame(await idsOf(claimBatches(scene, "send")), [batch?.id ?? 0], "rows once the paused one runs");
  },

  "only an active rule that is not deleted sends": async (scene) => {
    const { stores, tenantId } = scene;
    const [paused, deleted] = [await addRule(scene, "paused"), await addRule(scene, "deleted")];
    const batch = await addBatch(scene, await addRunning(scene, paused.id));
    await addBatch(scene, await addRunning(scene, deleted.id));
    await stores.rules.setStatus(tenantId, paused.id, "paused", 1);
    await stores.rules.softDelete(tenantId, deleted.id, 1);
    expectSame(await claimBatches(scene, "send"), [], "rows of paused and deleted rules");
    await stores.rules.setStatus(tenantId, paused.id, "active", 2);
    expectSame(await idsOf(claimBatches(scene, "send")), [batch.id], "rows of the rule that is active again");
  },

  "results and look-ups need no running occurrence and no active rule": async (scene) => {
    const { stores, tenantId } = scene;
    const rule = await addRule(scene, "r1");
    const occurrence = await addRunning(scene, rule.id, { expiresAt: scene.now });
    const accepted = await addBatch(scene, occurrence, { number: 1 });
    const unknown = await addBatch(scene, occurrence, { number: 2 });
    await moveBatch(scene, accepted, "leased", "dispatching", "accepted");
    await moveBatch(scene, unknown, "leased", "dispatching", "unknown");
    await moveOccurrence(scene, occurrence, "paused");
    await stores.rules.softDelete(tenantId, rule.id, 1);
    expectSame(await idsOf(claimBatches(scene, "results")), [accepted.id], "results");
    expectSame(await idsOf(claimBatches(scene, "reconcile")), [unknown.id], "look-ups");
  },

  "a pending batch is either claimable or expired": async (scene) => {
    const { stores, now } = scene;
    const rule = await addRule(scene, "r1");
    const expiresAt = now + 1000;
    const occurrence = await addRunning(scene, rule.id, { expiresAt });
    const batch = await addBatch(scene, occurrence);
    const isExpired = async (at: number) =>
      (await stores.batches.expired(at, 10_000)).some(({ id }) => id === batch.id);
    expectSame(
      [await isExpired(expiresAt - 1), await isExpired(expiresAt + 1)],
      [false, true],
      "expired before and after",
    );
    expectSame(await idsOf(claimBatches(scene, "send", "w1", expiresAt + 1)), [], "rows after the expiry");
    const atExpiry = await isExpired(expiresAt);
    const claimed = await idsOf(claimBatches(scene, "send", "w1", expiresAt));
    expectSame(claimed, atExpiry ? [] : [batch.id], "rows at the expiry");
  },

  "a claim takes the oldest up to its limit": async (scene) => {
    const { now } = scene;
    const occurrence = await addRunning(scene, (await addRule(scene, "r1")).id);
    for (const [index, age] of [1, 3, 2, 3].entries())
      await addBatch(scene, occurrence, { number: index + 1, notBefore: now - age });
    const numbers = (rows: readonly Batch[]) => rows.map(({ number }) => number);
    expectSame(numbers(await claimBatches(scene, "send", "w1", now, 3)), [2, 4, 3], "first claim");
    expectSame(numbers(await claimBatches(scene, "send", "w2", now)), [1], "second claim");
  },

  "a claim is kept to a channel, or kept from some": async (scene) => {
    const { stores, tenantId, now } = scene;
    const rule = await addRule(scene, "r1");
    const occurrence = await addRunning(scene, rule.id);
    const wecom = await addBatch(scene, occurrence, { number: 1, channel: "wecom" });
    const sms = await addBatch(scene, occurrence, { number: 2, channel: "sms" });
    const claim = async (scope: ClaimScope, at: number) => {
      const lease = { owner: "w", now: at, until: at + 1, limit: 10_000 };
      const rows = await stores.batches.claim("send", lease, scope);
      return rows.filter((batch) => batch.tenantId === tenantId).map(({ id }) => id);
    };
    const other = await addTenant(stores);
    expectSame(await claim({ only: { tenantId, channel: "sms" } }, now), [sms.id], "of one channel");
    expectSame(await claim({ except: [{ tenantId, channel: "sms" }] }, now + 2), [wecom.id], "without one");
    const both = [
      { tenantId, channel: "sms" },
      { tenantId, channel: "wecom" },
    ];
    expectSame(await claim({ except: both }, now + 4), [], "without two");
    const many = Array.from({ length: 2000 }, (_, n) => ({ tenantId, channel: `sms${n}` }));
    expectSame(await claim({ except: [...many, ...both] }, now + 5), [], "without two thousand");
    const foreign = both.map((key) => ({ ...key, tenantId: other }));
    expectSame(await claim({ except: foreign }, now + 6), [wecom.id, sms.id], "without those of another tenant");
  },

  "50 workers at once share the work without overlap": async (scene) => {
    const occurrence = await addRunning(scene, (await addRule(scene, "r1")).id);
    const rows = await scene.stores.transaction((stores) => addBatches({ stores }, occurrence, 60));
    const claims = await Promise.all(
      Array.from({ length: 50 }, (_, worker) => claimBatches(scene, "send", `w${worker}`, scene.now, 5)),
    );
    const won = claims.flatMap((each, worker) =>
      each.map((row) => ({ id: row.id, owner: row.leaseOwner, worker: `w${worker}` })),
    );
    expectSame(ascending(won.map(({ id }) => id)), ascending(rows.map(({ id }) => id)), "rows that were won");
    expectThat(
      won.every(({ owner, worker }) => owner === worker),
      "every row names the worker who won it",
    );
  },
};
