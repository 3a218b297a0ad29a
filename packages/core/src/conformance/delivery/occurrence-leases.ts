import type { Occurrence } from "../../delivery/occurrence.js";
import type { Facts, Scene } from "../conformance-case.js";
import { ascending, expectSame, expectThat, present } from "../expect.js";
import { addOccurrence, addRule, addRunning, moveOccurrence } from "./work-builders.js";

const LEASE_MS = 60_000;

/** Claims at an instant. @returns what the scene's tenant got; rows of earlier cases may come along */
async function claim(
  { stores, tenantId }: Scene,
  owner: string,
  now: number,
  limit = 10_000,
): Promise<readonly Occurrence[]> {
  const rows = await stores.occurrences.claim({ owner, now, until: now + LEASE_MS, limit });
  expectThat(rows.length <= limit, "a claim brings no more than its limit");
  return rows.filter((row) => row.tenantId === tenantId);
}

async function claimOne(scene: Scene, owner: string, now: number): Promise<Occurrence> {
  return present((await claim(scene, owner, now))[0], "the claimed occurrence");
}

/** Facts about claims, leases and fences of occurrences. */
export const occurrenceLeaseFacts: Facts = {
  "planned occurrences are claimed when they are due, oldest first": async (scene) => {
    const { stores, tenantId, now } = scene;
    const rule = await addRule(scene, "r1");
    const exact = await addOccurrence(scene, rule.id, { nominal: "n1", dueAt: now });
    const older = await addOccurrence(scene, rule.id, { nominal: "n2", dueAt: now - 9 });
    await addOccurrence(scene, rule.id, { nominal: "n3", dueAt: now + 1 });
    await addOccurrence(scene, rule.id, { nominal: "n4", state: "skipped", reason: "overlap" });
    const claimed = await claim(scene, "w1", now);
    const lease = { leaseOwner: "w1", leaseUntil: now + LEASE_MS };
    const expected = [older, exact].map((row) => ({ ...row, ...lease, leaseEpoch: row.leaseEpoch + 1 }));
    expectSame(claimed, expected, "claimed rows");
    expectSame(await stores.occurrences.get(tenantId, exact.id), expected[1], "stored row");
    expectSame(await claim(scene, "w2", now), [], "rows for a second worker");
  },

  "only planned and snapshotting occurrences are claimed": async (scene) => {
    const rule = await addRule(scene, "r1");
    const snapshotting = await addOccurrence(scene, rule.id, { nominal: "n1" });
    await moveOccurrence(scene, snapshotting, "snapshotting");
    for (const state of ["running", "paused", "completed", "completed_with_errors"] as const) {
      const row = await addRunning(scene, rule.id, { nominal: state });
      if (state !== "running") await moveOccurrence(scene, row, state);
    }
    await moveOccurrence(scene, await addOccurrence(scene, rule.id, { nominal: "n2" }), "cancelled");
    expectSame(
      (await claim(scene, "w1", scene.now)).map(({ id }) => id),
      [snapshotting.id],
      "claimed rows",
    );
  },

  "a claim takes the oldest up to its limit": async (scene) => {
    const { now } = scene;
    const rule = await addRule(scene, "r1");
    const rows: Occurrence[] = [];
    for (const age of [1, 3, 2])
      rows.push(await addOccurrence(scene, rule.id, { nominal: `n${age}`, dueAt: now - age }));
    expectSame(
      (await claim(scene, "w1", now, 2)).map(({ nominal }) => nominal),
      ["n3", "n2"],
      "first claim",
    );
    expectSame(
      (await claim(scene, "w2", now)).map(({ nominal }) => nominal),
      ["n1"],
      "second claim",
    );
  },

  "50 workers at once share the work without overlap": async (scene) => {
    const rule = await addRule(scene, "r1");
    const rows = await scene.stores.transaction(async (stores) => {
      const added: Occurrence[] = [];
      for (let age = 0; age < 60; age += 1) {
        added.push(await addOccurrence({ ...scene, stores }, rule.id, { nominal: `n${age}`, dueAt: scene.now - age }));
      }
      return added;
    });
    const claims = await Promise.all(
      Array.from({ length: 50 }, (_, worker) => claim(scene, `w${worker}`, scene.now, 5)),
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

  "a lease ends by itself": async (scene) => {
    const { now } = scene;
    const rule = await addRule(scene, "r1");
    await addOccurrence(scene, rule.id, { nominal: "n1" });
    const first = await claimOne(scene, "w1", now);
    expectSame(await claim(scene, "w2", now + LEASE_MS - 1), [], "rows in the last millisecond of the lease");
    const second = await claimOne(scene, "w2", now + LEASE_MS);
    expectSame([second.leaseOwner, second.leaseEpoch], ["w2", first.leaseEpoch + 1], "new owner and epoch");
  },

  "who lost the lease can't write": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addOccurrence(scene, (await addRule(scene, "r1")).id);
    const old = await claimOne(scene, "w1", now);
    const current = await claimOne(scene, "w2", now + LEASE_MS);
    const { id, leaseEpoch } = old;
    const lost = await stores.occurrences.transition(
      { tenantId, id, from: ["planned"], leaseEpoch },
      "snapshotting",
      {},
    );
    const behind = await stores.occurrences.advance(
      { tenantId, id, leaseEpoch },
      { snapshotCursor: 9 },
      now + 9 * LEASE_MS,
    );
    await stores.occurrences.release({ tenantId, id, leaseEpoch });
    expectSame([lost, behind], [false, false], "writes of the old owner");
    expectSame(await stores.occurrences.get(tenantId, id), current, "stored row");
    const won = await stores.occurrences.transition(
      { tenantId, id, from: ["planned"], leaseEpoch: current.leaseEpoch },
      "snapshotting",
      { asOf: now },
    );
    expectSame(won, true, "write of the new owner");
  },

  "advance writes its patch and prolongs the lease": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addOccurrence(scene, (await addRule(scene, "r1")).id);
    const claimed = await claimOne(scene, "w1", now);
    const { id, leaseEpoch } = claimed;
    const until = now + 2 * LEASE_MS;
    expectSame(
      await stores.occurrences.advance({ tenantId, id, leaseEpoch }, { snapshotCursor: 7, asOf: now }, until),
      true,
      "advance",
    );
    const expected = { ...claimed, snapshotCursor: 7, asOf: now, leaseUntil: until };
    expectSame(await stores.occurrences.get(tenantId, id), expected, "stored row");
    expectSame(await claim(scene, "w2", until - 1), [], "rows for another worker before the new end");
  },

  "a released occurrence can be claimed at once": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addOccurrence(scene, (await addRule(scene, "r1")).id);
    const { id, leaseEpoch } = await claimOne(scene, "w1", now);
    await stores.occurrences.release({ tenantId, id, leaseEpoch });
    const released = await stores.occurrences.get(tenantId, id);
    expectSame([released?.leaseOwner, released?.leaseUntil], [null, null], "lease after the release");
    const next = await claimOne(scene, "w2", now);
    expectSame([next.id, next.leaseEpoch], [id, leaseEpoch + 1], "claimed again");
  },
};
