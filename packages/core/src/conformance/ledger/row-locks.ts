import type { Stores } from "../../ports/stores.js";
import { addReachable, addTenant } from "../builders.js";
import { type ConformanceCase, casesOf, type Facts, type Scene, type StoresHarness } from "../conformance-case.js";
import { addPush } from "../delivery/push-builders.js";
import { addBatches, addOccurrence, addRule, newDefinition } from "../delivery/work-builders.js";
import { expectSame, present } from "../expect.js";

/** Facts about rows that a transaction holds: by a lock of `get`, and by `deliveries.lockPeople`. */
export function rowLockConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("row locks", harness, facts);
}

const CALLERS = 10;

/** Lets ten callers at once raise a figure by one, each in a transaction. */
async function raiseTogether(
  { stores }: Pick<Scene, "stores">,
  raise: (tx: Stores) => Promise<unknown>,
): Promise<void> {
  await Promise.all(Array.from({ length: CALLERS }, () => stores.transaction(raise)));
}

const facts: Facts = {
  "of ten who hold a tenant, read and write, nobody's write is lost": async (scene) => {
    const { stores } = scene;
    const id = await addTenant(stores);
    await stores.tenants.update(id, { name: "x" });
    await raiseTogether(scene, async (tx) => {
      const { name } = present(await tx.tenants.get(id, "exclusive"), "tenant");
      await tx.tenants.update(id, { name: `${name}x` });
    });
    expectSame((await stores.tenants.get(id))?.name.length, 1 + CALLERS, "letters of the name");
  },

  "of ten who hold a rule, read and write, nobody's write is lost": async (scene) => {
    const { stores, tenantId } = scene;
    const { id } = await addRule(scene, "r1");
    await raiseTogether(scene, async (tx) => {
      const rule = present(await tx.rules.get(tenantId, id, "exclusive"), "rule");
      await tx.rules.setPlanned(tenantId, id, rule.plannedUntil + 1, null);
      await tx.rules.addVersion({
        tenantId,
        id,
        version: rule.version + 1,
        definition: newDefinition("r1"),
        updatedAt: 1,
      });
    });
    const rule = await stores.rules.get(tenantId, id);
    expectSame([rule?.plannedUntil, rule?.version], [CALLERS, 1 + CALLERS], "mark and version");
  },

  "of ten who hold an occurrence, read and write, nobody's write is lost": async (scene) => {
    const { stores, tenantId } = scene;
    const { id } = await addOccurrence(scene, (await addRule(scene, "r1")).id);
    await raiseTogether(scene, async (tx) => {
      const { snapshotCursor } = present(await tx.occurrences.get(tenantId, id, "exclusive"), "occurrence");
      const patch = { snapshotCursor: snapshotCursor + 1 };
      await tx.occurrences.transition({ tenantId, id, from: ["planned"] }, "planned", patch);
    });
    expectSame((await stores.occurrences.get(tenantId, id))?.snapshotCursor, CALLERS, "cursor");
  },

  "of ten who hold a batch, read and write, nobody's write is lost": async (scene) => {
    const { stores, tenantId } = scene;
    const occurrence = await addOccurrence(scene, (await addRule(scene, "r1")).id);
    const [batch] = await addBatches(scene, occurrence, 1);
    const { id } = present(batch, "batch");
    await raiseTogether(scene, async (tx) => {
      const held = present(await tx.batches.get(tenantId, id, "exclusive"), "batch");
      await tx.batches.advance(held, { faults: held.faults + 1 });
    });
    expectSame((await stores.batches.get(tenantId, id))?.faults, CALLERS, "faults");
  },

  "who shares a row sees what the one who held it before has left": async (scene) => {
    const { stores, tenantId } = scene;
    const { id } = await addRule(scene, "r1");
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const writing = stores.transaction(async (tx) => {
      await tx.rules.get(tenantId, id, "exclusive");
      begin();
      // Time for the other, as long as nobody makes it wait.
      for (let n = 0; n < 20; n++) await tx.rules.get(tenantId, id);
      await tx.rules.setStatus(tenantId, id, "paused", 1);
    });
    await begun;
    const seen = await stores.transaction((tx) => tx.rules.get(tenantId, id, "shared"));
    await writing;
    expectSame(seen?.status, "paused", "status that the second saw");
  },

  "of two batches that have people in common one finds them charged when each holds them first": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 3);
    const pushes = [await addPush(scene, "p1"), await addPush(scene, "p2")];
    const cappedBy = { now, dayStart: now, maxPerDay: 1, weekStart: now, maxPerWeek: 9, minGapMs: 0 };
    const left = await Promise.all(
      pushes.map(({ batch: { id: batchId } }) =>
        stores.transaction(async (tx) => {
          await tx.deliveries.lockPeople(tenantId, batchId);
          const patch = { reason: "frequency_cap" };
          await tx.deliveries.transition(
            tenantId,
            { batchId, heldBackBy: { cappedBy } },
            "in_batch",
            "suppressed",
            patch,
            now,
          );
          await tx.deliveries.chargeCaps(tenantId, batchId, now);
          return (await tx.deliveries.addresses(tenantId, batchId)).length;
        }),
      ),
    );
    expectSame([...left].sort(), [0, 3], "people left in each batch");
  },
};
