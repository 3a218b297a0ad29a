import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { FactBatch, NamedThing, OrderFact, PersonFact } from "./ports.js";

const ATTRIBUTES = ["vip_level", "gender", "referrer_code"] as const;
/** Labels of people that are tags: `tag:name=value`. */
const TAG = /^tag:[^=]*=(.*)$/s;

/** Ids whose facts are asked for, at most 1 000 of each. */
export interface AskedFacts {
  readonly tenantId: number;
  readonly revision: number;
  readonly customerIds: readonly number[];
  readonly orderIds: readonly number[];
}

/** Reads facts as they are now. Ids without a row are gone. */
export async function readFacts(
  stores: SqlStores,
  { tenantId, revision, customerIds, orderIds }: AskedFacts,
): Promise<FactBatch> {
  const people = await peopleFacts(stores, tenantId, customerIds);
  const orders = await orderFacts(stores, tenantId, orderIds);
  const [there, placed] = [new Set(people.map((one) => one.customerId)), new Set(orders.map((one) => one.orderId))];
  return {
    tenantId,
    revision,
    people,
    orders,
    gonePeople: customerIds.filter((id) => !there.has(id)),
    goneOrders: orderIds.filter((id) => !placed.has(id)),
  };
}

async function peopleFacts(
  { sql, labels }: SqlStores,
  tenantId: number,
  ids: readonly number[],
): Promise<readonly PersonFact[]> {
  if (ids.length === 0) return [];
  const rows = await sql
    .selectFrom("rk_customers")
    .select(["id", "external_key as key", "created_at as createdAt"])
    .where("tenant_id", "=", tenantId)
    .where("id", "in", [...ids])
    .execute();
  const attributes = await sql
    .selectFrom("rk_customer_attributes as value")
    .innerJoin("rk_attributes as trait", "trait.id", "value.attribute_id")
    .select(["value.customer_id as customerId", "trait.name as name", "value.text_value as text"])
    .where("value.tenant_id", "=", tenantId)
    .where("value.customer_id", "in", [...ids])
    .where("trait.name", "in", [...ATTRIBUTES])
    .execute();
  const texts = new Map(attributes.map(({ customerId, name, text }) => [`${customerId}/${name}`, text ?? ""]));
  const held = await labels.held(tenantId, ids, "call");
  const names = await labelKeys({ sql }, tenantId, [...new Set(held.map(({ labelId }) => labelId))]);
  const tags = new Map<number, string[]>();
  for (const { customerId, labelId } of held) {
    const tag = TAG.exec(names.get(labelId) ?? "")?.[1];
    if (tag !== undefined) tags.set(customerId, [...(tags.get(customerId) ?? []), tag]);
  }
  return rows.map(({ id, key, createdAt }) => ({
    tenantId,
    customerId: id,
    customerKey: key,
    vipLevel: texts.get(`${id}/vip_level`) ?? "",
    gender: texts.get(`${id}/gender`) ?? "",
    referrerKey: texts.get(`${id}/referrer_code`) ?? "",
    tags: (tags.get(id) ?? []).sort(),
    createdAt,
  }));
}

async function labelKeys(
  { sql }: Pick<SqlStores, "sql">,
  tenantId: number,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const keys = new Map<number, string>();
  for (let at = 0; at < ids.length; at += 500) {
    const rows = await sql
      .selectFrom("rk_labels")
      .select(["id", "bind_key as key"])
      .where("tenant_id", "=", tenantId)
      .where("id", "in", ids.slice(at, at + 500))
      .execute();
    for (const { id, key } of rows) keys.set(id, key);
  }
  return keys;
}

async function orderFacts(
  { sql }: Pick<SqlStores, "sql">,
  tenantId: number,
  ids: readonly number[],
): Promise<readonly OrderFact[]> {
  if (ids.length === 0) return [];
  const rows = await sql
    .selectFrom("rk_orders as placed")
    .leftJoin("rk_customers as buyer", "buyer.id", "placed.customer_id")
    .select([
      "placed.id as orderId",
      "placed.customer_id as customerId",
      "buyer.external_key as customerKey",
      "placed.ordered_at as orderedAt",
      "placed.amount_minor as amountMinor",
      "placed.refunded_minor as refundedMinor",
      "placed.status as status",
    ])
    .where("placed.tenant_id", "=", tenantId)
    .where("placed.id", "in", [...ids])
    .execute();
  const lines = await sql
    .selectFrom("rk_order_lines")
    .select(["order_id as orderId", "sku", "name", "quantity", "amount_minor as amountMinor"])
    .where("tenant_id", "=", tenantId)
    .where("order_id", "in", [...ids])
    .orderBy("order_id")
    .orderBy("number")
    .execute();
  const labels = await sql
    .selectFrom("rk_order_labels as held")
    .innerJoin("rk_labels as tag", "tag.id", "held.label_id")
    .select(["held.order_id as orderId", "tag.kind as kind", "tag.bind_key as key", "tag.name as name"])
    .where("held.tenant_id", "=", tenantId)
    .where("held.order_id", "in", [...ids])
    .where("tag.kind", "in", ["category", "store"])
    .orderBy("tag.bind_key")
    .execute();
  const linesOf = grouped(lines);
  const labelsOf = grouped(labels);
  const things = (orderId: number, kind: string): readonly NamedThing[] =>
    (labelsOf.get(orderId) ?? [])
      .filter((label) => label.kind === kind)
      .map(({ key, name }) => {
        return { key, name };
      });
  return rows.map(({ customerKey, ...row }) => ({
    ...row,
    tenantId,
    customerKey: customerKey ?? "",
    lines: (linesOf.get(row.orderId) ?? []).map(({ sku, name, quantity, amountMinor }) => {
      return { code: sku ?? "", name: name ?? "", quantity, amountMinor };
    }),
    projects: things(row.orderId, "category"),
    doctors: things(row.orderId, "store"),
  }));
}

function grouped<T extends { readonly orderId: number }>(rows: readonly T[]): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(row.orderId);
    if (group) group.push(row);
    else groups.set(row.orderId, [row]);
  }
  return groups;
}
