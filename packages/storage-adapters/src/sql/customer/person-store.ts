import type { Delivery, DeliveryState, Label } from "@recallkit/core";
import type { OrderLine, PersonOrder, PersonStore } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { insertRows } from "../bulk.js";
import { recordsOfPeople } from "../contact/consent-store.js";
import { suppressionRows } from "../contact/suppression-store.js";
import type { SqlContext } from "../context.js";
import { claimRows } from "../coupon/coupon-rows.js";
import { isOfTenant } from "../is-of-tenant.js";
import { linkRows, toFound } from "../link/link-rows.js";
import { namedAttributes } from "./attribute-calls.js";
import { customerStore } from "./customer-store.js";
import { mergeRows } from "./merge-rows.js";
import { rowsOfPerson } from "./person-rows.js";

/** States that no answer of a provider changes any more; `accepted` is one once its batch is settled. */
const ENDED: readonly DeliveryState[] = ["delivered", "not_delivered", "failed", "suppressed", "expired", "cancelled"];

/** One person across all tables in SQL. */
export function personStore(context: SqlContext): PersonStore {
  const { dialect } = context;
  return {
    collect: (tenantId, customerId) =>
      context.atomic(async (tx) => {
        const found = await customerStore({ ...context, db: tx }).get(tenantId, customerId);
        if (!found) return undefined;
        const { rowHash: _, ...customer } = found;
        const addresses = Object.values(customer.identities);
        const former = await formerRows(tx, tenantId, customerId);
        const deliveries: Delivery[] = [];
        for (const id of [customerId, ...former.map((row) => row.former_id)])
          deliveries.push(...(await deliveriesOf(tx, tenantId, id, customer.externalKey)));
        return {
          customer,
          formerKeys: former.map((row) => row.external_key),
          attributes: await namedAttributes(tx, tenantId, customerId),
          labels: await labelsOfPerson(tx, tenantId, customerId),
          orders: await ordersOf(tx, tenantId, customerId),
          deliveries: deliveries.sort((a, b) => a.id - b.id),
          consents: await recordsOfPeople(tx, tenantId, [customerId, ...former.map((row) => row.former_id)]),
          suppressions: await suppressionRows(tx)
            .where("s.tenant_id", "=", tenantId)
            .where((is) =>
              is.or([
                is("s.customer_id", "=", customerId),
                ...(addresses.length > 0 ? [is("s.address", "in", addresses)] : []),
              ]),
            )
            .orderBy("s.id")
            .execute(),
          links: (
            await linkRows(tx)
              .where("l.tenant_id", "=", tenantId)
              .where("l.customer_id", "=", customerId)
              .orderBy("l.id")
              .execute()
          ).map((row) => toFound(row).link),
          claims: await claimRows(tx)
            .where("tenant_id", "=", tenantId)
            .where("customer_id", "=", customerId)
            .orderBy("id")
            .execute(),
        };
      }),
    erase: (tenantId, customerId, key, at) =>
      context.atomic(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable("rk_customers")
          .set({ external_key: key, name: null, born_on: null, time_zone: null, row_hash: "", updated_at: at })
          .where(isOfTenant(tenantId))
          .where("id", "=", customerId)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        for (const table of ["rk_customer_identities", "rk_customer_labels", "rk_customer_attributes"] as const) {
          await tx.deleteFrom(table).where("tenant_id", "=", tenantId).where("customer_id", "=", customerId).execute();
        }
        const former = await formerRows(tx, tenantId, customerId);
        for (const id of [customerId, ...former.map((row) => row.former_id)]) {
          await clearAddresses(tx, tenantId, id);
          await tx
            .deleteFrom("rk_list_people")
            .where("tenant_id", "=", tenantId)
            .where("customer_id", "=", id)
            .execute();
          const row = { tenant_id: tenantId, customer_id: id, erased_at: at, finished: 0 } as const;
          await dialect.insertIfAbsent(tx, "rk_erasures", row);
        }
        for (const { external_key, former_id } of former) {
          await tx
            .updateTable("rk_merged_customers")
            .set({ external_key: `${key}:${former_id}` })
            .where("tenant_id", "=", tenantId)
            .where("external_key", "=", external_key)
            .execute();
        }
        return true;
      }),
    merge: (tenantId, into, from, at) =>
      context.atomic((tx) => mergeRows({ db: tx, dialect, tenantId, into, from }, at)),
    async findMerged(tenantId, externalKeys) {
      return context.db
        .selectFrom("rk_merged_customers")
        .select(["external_key as externalKey", "customer_id as customerId"])
        .where("tenant_id", "=", tenantId)
        .where("external_key", "in", sql<string>`${dialect.list(externalKeys, "texts")}`)
        .execute();
    },
    findFormer(tenantId, formerId) {
      return context.db
        .selectFrom("rk_merged_customers")
        .select(["external_key as externalKey", "customer_id as customerId"])
        .where("tenant_id", "=", tenantId)
        .where("former_id", "=", formerId)
        .executeTakeFirst();
    },
    keepOptOuts: (tenantId, identityHashes, optOuts) =>
      context.atomic(async (tx) => {
        const hashes = sql<string>`${dialect.list(identityHashes, "texts")}`;
        await tx
          .deleteFrom("rk_erased_opt_outs")
          .where("tenant_id", "=", tenantId)
          .where("identity_hash", "in", hashes)
          .execute();
        const rows = identityHashes.flatMap((hash) =>
          optOuts.map(({ channel, reason, createdAt }) => {
            return { tenant_id: tenantId, identity_hash: hash, channel, reason, created_at: createdAt };
          }),
        );
        await insertRows({ db: tx, dialect }, "rk_erased_opt_outs", rows);
      }),
    async findOptOuts(tenantId, identityHashes) {
      const hashes = sql<string>`${dialect.list(identityHashes, "texts")}`;
      return context.db
        .selectFrom("rk_erased_opt_outs")
        .select(["identity_hash as identityHash", "channel", "reason", "created_at as createdAt"])
        .where("tenant_id", "=", tenantId)
        .where("identity_hash", "in", hashes)
        .execute();
    },
    finishErasures: (limit) =>
      context.atomic(async (tx) => {
        const open = await tx
          .selectFrom("rk_erasures")
          .select(["tenant_id", "customer_id"])
          .where("finished", "=", 0)
          .orderBy("tenant_id")
          .orderBy("customer_id")
          .limit(limit)
          .execute();
        let cleared = 0;
        for (const { tenant_id: tenantId, customer_id: customerId } of open) {
          cleared += await clearAddresses(tx, tenantId, customerId);
          const left = (await deliveriesOf(tx, tenantId, customerId, "")).some(({ address }) => address !== null);
          if (left) continue;
          await tx
            .updateTable("rk_erasures")
            .set({ finished: 1 })
            .where("tenant_id", "=", tenantId)
            .where("customer_id", "=", customerId)
            .execute();
        }
        return cleared;
      }),
  };
}

async function labelsOfPerson(db: Kysely<Database>, tenantId: number, customerId: number): Promise<readonly Label[]> {
  return db
    .selectFrom("rk_customer_labels as cl")
    .innerJoin("rk_labels as l", (join) =>
      join.onRef("l.tenant_id", "=", "cl.tenant_id").onRef("l.id", "=", "cl.label_id"),
    )
    .select(["l.id", "l.kind", "l.bind_key as key", "l.name"])
    .where("cl.tenant_id", "=", tenantId)
    .where("cl.customer_id", "=", customerId)
    .orderBy("l.kind")
    .orderBy("l.bind_key")
    .execute();
}

async function ordersOf(db: Kysely<Database>, tenantId: number, customerId: number): Promise<readonly PersonOrder[]> {
  const orders = await db
    .selectFrom("rk_orders")
    .select(["id", "source", "external_id as externalId", "ordered_at as orderedAt", "amount_minor as amountMinor"])
    .select(["refunded_minor as refundedMinor", "refunded_at as refundedAt", "status"])
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "=", customerId)
    .orderBy("ordered_at")
    .orderBy("id")
    .execute();
  const owned = sql`select o.id from rk_orders as o where o.tenant_id = ${tenantId} and o.customer_id = ${customerId}`;
  const lines = await sql<OrderLine & { orderId: number }>`select l.order_id as "orderId", l.sku, l.name, l.quantity,
      l.amount_minor as "amountMinor" from rk_order_lines as l
    where l.tenant_id = ${tenantId} and l.order_id in (${owned}) order by l.order_id, l.number`.execute(db);
  const labels = await sql<Label & { orderId: number }>`select ol.order_id as "orderId", l.id, l.kind,
      l.bind_key as "key", l.name from rk_order_labels as ol
    join rk_labels as l on l.tenant_id = ol.tenant_id and l.id = ol.label_id
    where ol.tenant_id = ${tenantId} and ol.order_id in (${owned}) order by l.kind, l.bind_key`.execute(db);
  const linesOf = grouped(lines.rows);
  const labelsOf = grouped(labels.rows);
  return orders.map((order) => ({
    ...order,
    lines: linesOf.get(order.id) ?? [],
    labels: labelsOf.get(order.id) ?? [],
  }));
}

function grouped<T extends { readonly orderId: number }>(rows: readonly T[]): Map<number, Omit<T, "orderId">[]> {
  const groups = new Map<number, Omit<T, "orderId">[]>();
  for (const { orderId, ...row } of rows) groups.set(orderId, [...(groups.get(orderId) ?? []), row]);
  return groups;
}

/** Rows of those who were merged into a person, by key. */
async function formerRows(db: Kysely<Database>, tenantId: number, customerId: number) {
  return db
    .selectFrom("rk_merged_customers")
    .select(["external_key", "former_id"])
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "=", customerId)
    .orderBy("external_key")
    .execute();
}

async function deliveriesOf(
  db: Kysely<Database>,
  tenantId: number,
  customerId: number,
  externalKey: string,
): Promise<readonly Delivery[]> {
  const { rows } = await sql<Omit<Delivery, "externalKey">>`select d.id, d.tenant_id as "tenantId",
      d.occurrence_id as "occurrenceId", d.rule_id as "ruleId", d.customer_id as "customerId",
      d.channel, d.address, d.batch_id as "batchId", d.state, d.reason, d.handed_to as "handedTo", d.accepted_at as "acceptedAt",
      d.delivered_at as "deliveredAt", d.provider_message_id as "providerMessageId", d.updated_at as "updatedAt"
    ${rowsOfPerson(tenantId, customerId)} order by d.id`.execute(db);
  return rows.map((row) => ({ ...row, externalKey }));
}

/** Clears the addresses that no answer will name any more. @returns how many */
async function clearAddresses(db: Kysely<Database>, tenantId: number, customerId: number): Promise<number> {
  const { rows } = await sql<{ id: number }>`select d.id ${rowsOfPerson(tenantId, customerId)}
    and d.address is not null and (d.state in (${sql.join(ENDED)}) or (d.state = 'accepted'
      and not exists (select 1 from rk_batches as b
        where b.tenant_id = ${tenantId} and b.id = d.batch_id and b.settled = 0)))`.execute(db);
  for (const { id } of rows) {
    await db.updateTable("rk_deliveries").set({ address: null, variables: null }).where("id", "=", id).execute();
  }
  return rows.length;
}
