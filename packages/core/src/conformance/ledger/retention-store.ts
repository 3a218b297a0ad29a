import type { RetainedKind } from "../../ports/retention-store.js";
import { addTenant } from "../builders.js";
import { type ConformanceCase, casesOf, type Facts, type Scene, type StoresHarness } from "../conformance-case.js";
import { expectSame, expectThat } from "../expect.js";
import { newLink } from "../link/link-store.js";

/** Facts about `RetentionStore`. */
export function retentionStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("retention", harness, facts);
}

/** Messages and their events are looked at with the messages. */
const HERE = ["changes", "transitions", "alarms", "links"] as const satisfies readonly RetainedKind[];
type KindHere = (typeof HERE)[number];

/** More rows than other cases have left behind. */
const ALL = 1_000_000;

/** Writes one row of each kind. */
async function addRows({ stores, tenantId }: Pick<Scene, "stores" | "tenantId">, at: number): Promise<void> {
  await stores.tenants.recordChanges(tenantId, [{ kind: "customer", id: at }], { at });
  await stores.audit.add([
    { tenantId, entity: "batch", entityId: 1, from: "a", to: "b", reason: null, count: 1, leaseEpoch: null, at },
  ]);
  await stores.alarms.add({ tenantId, code: "x.y", entity: "rule", entityId: 1, detail: "", at });
  const link = newLink({ tenantId, now: at }, String(at), { expiresAt: at });
  await stores.transaction((tx) => tx.links.insertMany(tenantId, [link]));
}

/** Instants of the rows of a kind that are there. */
async function instants({ stores, tenantId }: Pick<Scene, "stores" | "tenantId">, kind: KindHere) {
  if (kind === "changes") return (await stores.tenants.changesSince(tenantId, 0, 100)).map(({ id }) => id);
  if (kind === "links") return (await stores.links.list(tenantId, { limit: 100 })).items.map((link) => link.expiresAt);
  if (kind === "alarms") return (await stores.alarms.list(tenantId, { limit: 100 })).items.map(({ at }) => at);
  return (await stores.audit.list(tenantId, "batch", 1, 100)).map(({ at }) => at);
}

async function purgeAll({ stores }: Pick<Scene, "stores">, kind: KindHere, before: number): Promise<number> {
  let removed = 0;
  for (let count = 1; count > 0; removed += count) count = await stores.retention.purge(kind, before, ALL);
  return removed;
}

const facts: Facts = {
  "older rows go, of all tenants, and no others": async (scene) => {
    const neighbour = { stores: scene.stores, tenantId: await addTenant(scene.stores) };
    for (const at of [10, 20, 30]) await addRows(scene, at);
    await addRows(neighbour, 10);
    for (const kind of HERE) {
      expectThat((await purgeAll(scene, kind, 30)) >= 3, `${kind}: rows are removed`);
      expectSame([await instants(scene, kind), await instants(neighbour, kind)], [[30], []], `${kind}: rows that stay`);
    }
  },

  "a kind is removed by itself": async (scene) => {
    await addRows(scene, 10);
    await purgeAll(scene, "alarms", 11);
    expectSame([await instants(scene, "transitions"), await instants(scene, "changes")], [[10], [10]], "other kinds");
  },

  "a removal is taken back with its transaction": async (scene) => {
    for (const at of [10, 20]) await addRows(scene, at);
    const undone = scene.stores.transaction(async (tx) => {
      for (const kind of HERE) await purgeAll({ stores: tx }, kind, 15);
      throw new Error("failure on purpose");
    });
    await undone.catch(() => {});
    for (const kind of HERE) expectSame(await instants(scene, kind), [10, 20], kind);
  },
};
