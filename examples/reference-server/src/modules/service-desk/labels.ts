import { repeatIfTaken } from "../../frame/repeat-if-taken.js";
import type { Desk } from "./context.js";
import { deskTables } from "./tables.js";

const STAGE_NAMES: Readonly<Record<string, string>> = {
  pre_sales: "售前",
  in_sales: "售中",
  after_sales: "售后",
  lost: "丢单",
  closed: "已结束",
};

/** Tells segments where somebody's projects stand: labels `stage:…` of kind `service`, one for each stage that they have. */
export async function labelStages(desk: Desk, customerId: number): Promise<void> {
  const rows = await deskTables(desk.stores)
    .selectFrom("rk_projects")
    .select("stage")
    .distinct()
    .where("tenant_id", "=", desk.tenantId)
    .where("customer_id", "=", customerId)
    .execute();
  const wanted = rows.map(({ stage }) => ({ key: `stage:${stage}`, name: STAGE_NAMES[stage] ?? stage }));
  await setLabels(desk, customerId, "stage:", wanted);
}

/** The same with the last rating: one label, `rating:1` … `rating:5`. */
export async function labelRating(desk: Desk, customerId: number, stars: number): Promise<void> {
  await setLabels(desk, customerId, "rating:", [{ key: `rating:${stars}`, name: `评价 ${stars} 星` }]);
}

/** Makes those labels of a person that begin with a word the ones that are wanted. */
async function setLabels(
  { stores, tenantId, context }: Desk,
  customerId: number,
  prefix: string,
  wanted: readonly { readonly key: string; readonly name: string }[],
): Promise<void> {
  const held = await deskTables(stores)
    .selectFrom("rk_customer_labels as h")
    .innerJoin("rk_labels as l", "l.id", "h.label_id")
    .select(["l.id", "l.bind_key as key"])
    .where("h.tenant_id", "=", tenantId)
    .where("l.tenant_id", "=", tenantId)
    .where("h.customer_id", "=", customerId)
    .where("l.kind", "=", "service")
    .execute();
  const gone = held.filter(({ key }) => key.startsWith(prefix) && !wanted.some((label) => label.key === key));
  const fresh = wanted.filter(({ key }) => !held.some((label) => label.key === key));
  if (gone.length + fresh.length === 0) return;
  await stores.labels.unassign(
    tenantId,
    gone.map(({ id }) => ({ customerId, labelId: id })),
  );
  if (fresh.length > 0) {
    const refs = fresh.map((label) => ({ kind: "service" as const, ...label }));
    const known = await stores.labels.findMany(tenantId, refs);
    const missing = refs.filter(({ key }) => !known.some((label) => label.key === key));
    const added = missing.length > 0 ? await repeatIfTaken(() => stores.labels.insertMany(tenantId, missing)) : [];
    const ids = [...known.map(({ id }) => id), ...added];
    await stores.labels.assign(
      tenantId,
      ids.map((labelId) => ({ customerId, labelId })),
    );
  }
  await stores.tenants.recordChanges(tenantId, [{ kind: "customer", id: customerId }], { at: context.clock.now() });
}
