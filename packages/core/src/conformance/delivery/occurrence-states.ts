import { addTenant } from "../builders.js";
import type { Facts } from "../conformance-case.js";
import { expectSame } from "../expect.js";
import { addBatch, addOccurrence, addRule, addRunning, moveBatch, moveOccurrence } from "./work-builders.js";

/** Facts about transitions, and about what still sends. */
export const occurrenceStateFacts: Facts = {
  "a transition needs one of its states": async (scene) => {
    const { stores, tenantId } = scene;
    const before = await addOccurrence(scene, (await addRule(scene, "r1")).id);
    const key = { tenantId, id: before.id };
    const lost = await stores.occurrences.transition({ ...key, from: ["running", "paused"] }, "completed", {
      reason: "lost",
    });
    expectSame([lost, await stores.occurrences.get(tenantId, before.id)], [false, before], "from other states");
    const won = await stores.occurrences.transition({ ...key, from: ["snapshotting", "planned"] }, "cancelled", {
      reason: "operator",
    });
    const after = { ...before, state: "cancelled", reason: "operator" } as const;
    expectSame([won, await stores.occurrences.get(tenantId, before.id)], [true, after], "from its state");
  },

  "tests of a rule neither send nor count as its latest occurrence": async (scene) => {
    const { stores, tenantId } = scene;
    const rule = await addRule(scene, "r1");
    const test = await addRunning(scene, rule.id, { kind: "test", customerIds: [3, 1] });
    await addBatch(scene, test);
    expectSame((await stores.occurrences.get(tenantId, test.id))?.customerIds, [3, 1], "people");
    expectSame(await stores.occurrences.hasSending(tenantId, rule.id, 0), false, "something sends");
    expectSame(await stores.occurrences.latest(tenantId, rule.id), undefined, "latest");
    expectSame([...(await stores.occurrences.lastRuns(tenantId, [rule.id]))], [], "last runs");
    const run = await addRunning(scene, rule.id, { nominal: "2026-01-02T10:00", dueAt: 7 });
    const runs = await stores.occurrences.lastRuns(tenantId, [rule.id, rule.id + 1]);
    expectSame([...runs], [[rule.id, run.startedAt ?? run.dueAt]], "last runs with a run");
    expectSame([...(await stores.occurrences.lastRuns(tenantId, []))], [], "last runs of no rules");
    expectSame([...(await stores.occurrences.lastRuns(tenantId + 1, [rule.id]))], [], "last runs of another tenant");
  },

  "a skipped slot is the latest occurrence of its rule, and no last run": async (scene) => {
    const { stores, tenantId } = scene;
    const rule = await addRule(scene, "r1");
    const lastRuns = async () => [...(await stores.occurrences.lastRuns(tenantId, [rule.id]))];
    const skipped = { state: "skipped", reason: "paused" } as const;
    await addOccurrence(scene, rule.id, { nominal: "2026-01-01T10:00", dueAt: 5, ...skipped });
    expectSame(await lastRuns(), [], "last runs without a run");
    const run = await addRunning(scene, rule.id, { nominal: "2026-01-02T10:00", dueAt: 7 });
    const last = await addOccurrence(scene, rule.id, { nominal: "2026-01-03T10:00", dueAt: 9, ...skipped });
    expectSame((await stores.occurrences.latest(tenantId, rule.id))?.id, last.id, "latest");
    expectSame(await lastRuns(), [[rule.id, run.startedAt ?? run.dueAt]], "last runs");
  },

  "a cancelled occurrence is unfinished until its end is written": async (scene) => {
    const { stores, tenantId } = scene;
    const occurrence = await addRunning(scene, (await addRule(scene, "r1")).id);
    const unfinished = async () => (await stores.occurrences.unfinished(occurrence.id - 1, 1))[0]?.id === occurrence.id;
    const key = { tenantId, id: occurrence.id };
    await stores.occurrences.transition({ ...key, from: ["running"] }, "cancelled", {});
    expectSame(await unfinished(), true, "unfinished");
    await stores.occurrences.transition({ ...key, from: ["cancelled"] }, "cancelled", { finishedAt: 9 });
    expectSame(await unfinished(), false, "finished");
  },

  "of 50 callers who move one occurrence one wins": async (scene) => {
    const { stores, tenantId } = scene;
    const { id } = await addOccurrence(scene, (await addRule(scene, "r1")).id);
    const move = () => stores.occurrences.transition({ tenantId, id, from: ["planned"] }, "cancelled", {});
    const won = await Promise.all(Array.from({ length: 50 }, move));
    expectSame(won.filter(Boolean).length, 1, "callers who moved it");
  },

  "planned occurrences are counted up to a limit": async (scene) => {
    const { stores, tenantId } = scene;
    const rule = await addRule(scene, "r1");
    const count = (limit: number) => stores.occurrences.countPlanned(tenantId, limit);
    expectSame(await count(10), 0, "before the first");
    for (const nominal of ["n1", "n2", "n3"]) await addOccurrence(scene, rule.id, { nominal });
    await addRunning(scene, rule.id, { nominal: "n4" });
    const other = await addTenant(stores);
    expectSame([await count(10), await count(3), await count(2)], [3, 3, 2], "below, at and above the limit");
    expectSame(await stores.occurrences.countPlanned(other, 10), 0, "of another tenant");
  },

  "a rule sends while it takes a snapshot or has an open batch": async (scene) => {
    const { stores, tenantId } = scene;
    const rule = await addRule(scene, "r1");
    const sends = (exceptId = 0) => stores.occurrences.hasSending(tenantId, rule.id, exceptId);
    const occurrence = await addOccurrence(scene, rule.id);
    expectSame(await sends(), false, "planned");
    await moveOccurrence(scene, occurrence, "snapshotting");
    expectSame([await sends(), await sends(occurrence.id)], [true, false], "snapshotting, and without itself");
    await stores.occurrences.transition({ tenantId, id: occurrence.id, from: ["snapshotting"] }, "running", {});
    expectSame(await sends(), false, "running without batches");
    const accepted = await addBatch(scene, occurrence, { number: 1 });
    expectSame(await sends(), true, "with a pending batch");
    await moveBatch(scene, accepted, "leased", "dispatching", "accepted");
    expectSame(await sends(), false, "with an accepted batch");
    const reviewed = await addBatch(scene, occurrence, { number: 2 });
    await moveBatch(scene, reviewed, "leased", "dispatching", "unknown");
    expectSame([await sends(), await sends(occurrence.id)], [true, false], "with an unknown batch, and without itself");
    await stores.occurrences.transition({ tenantId, id: occurrence.id, from: ["running"] }, "paused", {});
    expectSame(await sends(), true, "paused with an unknown batch");
    await moveBatch(scene, { ...reviewed, state: "unknown" }, "needs_review");
    expectSame(await sends(), false, "with a batch in review");
    expectSame(
      await stores.occurrences.hasSending(tenantId, (await addRule(scene, "r2")).id, 0),
      false,
      "another rule",
    );
  },
};
