import type { Facts } from "../conformance-case.js";
import { expectSame } from "../expect.js";
import { claimBatch, claimBatches, LEASE_MS } from "./batch-claims.js";
import { addBatch, addRule, addRunning, moveBatch } from "./work-builders.js";

/** Facts about what a lease is worth and how it ends. */
export const batchLeaseFacts: Facts = {
  "a lease ends by itself": async (scene) => {
    const { now } = scene;
    await addBatch(scene, await addRunning(scene, (await addRule(scene, "r1")).id));
    const first = await claimBatch(scene, "w1", now);
    expectSame(
      await claimBatches(scene, "send", "w2", now + LEASE_MS - 1),
      [],
      "rows in the last millisecond of the lease",
    );
    const second = await claimBatch(scene, "w2", now + LEASE_MS);
    expectSame([second.leaseOwner, second.leaseEpoch], ["w2", first.leaseEpoch + 1], "new owner and epoch");
  },

  "who lost the lease can't write": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addBatch(scene, await addRunning(scene, (await addRule(scene, "r1")).id));
    const { id, leaseEpoch } = await claimBatch(scene, "w1", now);
    const present = await claimBatch(scene, "w2", now + LEASE_MS);
    const old = { tenantId, id, leaseEpoch };
    const lost = [
      await stores.batches.transition({ ...old, from: ["pending"] }, "leased", { attempts: 9 }, { release: true }),
      await stores.batches.advance(old, { attempts: 9 }, { release: true }),
      await stores.batches.renew(old, now + 9 * LEASE_MS),
    ];
    expectSame(lost, [false, false, false], "writes of the old owner");
    expectSame(await stores.batches.get(tenantId, id), present, "stored row");
    const won = await stores.batches.transition(
      { ...old, leaseEpoch: present.leaseEpoch, from: ["pending"] },
      "leased",
      {},
    );
    expectSame(won, true, "write of the new owner");
  },

  "a lease can be prolonged": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addBatch(scene, await addRunning(scene, (await addRule(scene, "r1")).id));
    const claimed = await claimBatch(scene, "w1", now);
    const { id, leaseEpoch } = claimed;
    const until = now + 2 * LEASE_MS;
    expectSame(await stores.batches.renew({ tenantId, id, leaseEpoch }, until), true, "renew");
    expectSame(await stores.batches.get(tenantId, id), { ...claimed, leaseUntil: until }, "stored row");
    expectSame(await claimBatches(scene, "send", "w2", until - 1), [], "rows before the new end");
  },

  "a transition frees the lease when it is asked to": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addBatch(scene, await addRunning(scene, (await addRule(scene, "r1")).id));
    const claimed = await claimBatch(scene, "w1", now);
    const key = { tenantId, id: claimed.id, leaseEpoch: claimed.leaseEpoch };
    await stores.batches.transition({ ...key, from: ["pending"] }, "leased", {});
    expectSame(await stores.batches.get(tenantId, key.id), { ...claimed, state: "leased" }, "kept lease");
    await stores.batches.transition({ ...key, from: ["leased"] }, "pending", {}, { release: true });
    const freed = { ...claimed, leaseOwner: null, leaseUntil: null };
    expectSame(await stores.batches.get(tenantId, key.id), freed, "freed lease");
    const next = await claimBatch(scene, "w2", now);
    expectSame(next.leaseEpoch, claimed.leaseEpoch + 1, "epoch of the next claim");
  },

  "a patch frees the lease when it is asked to": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addBatch(scene, await addRunning(scene, (await addRule(scene, "r1")).id));
    const claimed = await claimBatch(scene, "w1", now);
    const key = { tenantId, id: claimed.id, leaseEpoch: claimed.leaseEpoch };
    await stores.batches.advance(key, { faults: 1 });
    expectSame(await stores.batches.get(tenantId, key.id), { ...claimed, faults: 1 }, "kept lease");
    await stores.batches.advance(key, { faults: 2 }, { release: true });
    const freed = { ...claimed, faults: 2, leaseOwner: null, leaseUntil: null };
    expectSame(await stores.batches.get(tenantId, key.id), freed, "freed lease");
  },

  "work in flight is abandoned when its lease is over": async (scene) => {
    const { stores, tenantId, now } = scene;
    const occurrence = await addRunning(scene, (await addRule(scene, "r1")).id);
    const paths = [
      ["leased"],
      [],
      ["leased", "dispatching"],
      ["leased", "dispatching", "unknown"],
      ["leased", "dispatching", "unknown", "reconciling"],
    ] as const;
    for (const [index] of paths.entries()) await addBatch(scene, occurrence, { number: index + 1 });
    for (const [index, batch] of (await claimBatches(scene, "send")).entries())
      await moveBatch(scene, batch, ...(paths[index] ?? []));
    const abandoned = async (at: number, limit = 10_000) =>
      (await stores.batches.abandoned(at, limit)).filter((row) => row.tenantId === tenantId).map(({ state }) => state);
    expectSame(await abandoned(now + LEASE_MS - 1), [], "while the leases last");
    expectSame(await abandoned(now + LEASE_MS), ["leased", "dispatching", "reconciling"], "once they are over");
    expectSame((await stores.batches.abandoned(now + LEASE_MS, 2)).length, 2, "with a limit of 2");
  },

  "pending and dead batches expire with their occurrence": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { id: ruleId } = await addRule(scene, "r1");
    const ending = await addRunning(scene, ruleId, { nominal: "n1", expiresAt: now - 1 });
    const lasting = await addRunning(scene, ruleId, { nominal: "n2", expiresAt: now + 1 });
    const paths = [["dead"], [], ["leased"], ["leased", "dispatching", "unknown"], ["cancelled"]] as const;
    for (const occurrence of [lasting, ending]) {
      for (const [index, path] of paths.entries()) {
        await moveBatch(scene, await addBatch(scene, occurrence, { number: index + 1 }), ...path);
      }
    }
    const expired = (await stores.batches.expired(now, 10_000)).filter((row) => row.tenantId === tenantId);
    expectSame(
      expired.map(({ occurrenceId, state }) => [occurrenceId, state]),
      [
        [ending.id, "dead"],
        [ending.id, "pending"],
      ],
      "expired",
    );
    expectSame((await stores.batches.expired(now, 1)).length, 1, "with a limit of 1");
  },
};
