import type { DeliveryState } from "@recallkit/core";
import type { BatchPerson, DeliveryPatch, DeliverySelector, DeliveryStore } from "@recallkit/core/ports";
import { cursorToId, pageLimit, pageOf } from "@recallkit/core/ports";
import { type RawBuilder, sql } from "kysely";
import { toColumns } from "../columns.js";
import { chargeCaps, refundCaps } from "../contact/cap-ledger.js";
import type { SqlContext } from "../context.js";
import { rowsOfPerson } from "../customer/person-rows.js";
import { historiesOf } from "./delivery-histories.js";
import { outlookOf } from "./delivery-outlook.js";
import { isSelected } from "./delivery-selector.js";
import { enterMembers, figuresOf } from "./delivery-snapshot.js";
import { handedOn, handOn } from "./hand-on.js";
import { overQuotaOf } from "./over-quota.js";

/** Deliveries and the cap ledger in SQL. */
export function deliveryStore(context: SqlContext): DeliveryStore {
  const { db, dialect } = context;
  // Whoever looks at more rows than those of a batch waits, on MariaDB, for the other batches' senders.
  const held = dialect.holding?.exclusive ?? sql``;
  const alongBatch = dialect.along("rk_deliveries_batch");
  return {
    snapshot: (page) =>
      context.atomic(async (tx) => {
        const before = await figuresOf(page, tx);
        await enterMembers(page, dialect).execute(tx);
        const { members, suppressed, lastId } = await figuresOf(page, tx);
        return { members, suppressed: suppressed - before.suppressed, lastId: lastId ?? page.afterId };
      }),
    // Held while they are chosen: two callers side by side would else choose the same rows.
    fillBatch: ({ tenantId, occurrenceId, channel }, batchId, limit, at) =>
      context.atomic(async (tx) => {
        const first = sql`(select id, tenant_id, 'in_batch' as state, ${sql.lit(batchId)} as batch_id,
            ${sql.lit(at)} as updated_at from rk_deliveries ${dialect.along("rk_deliveries_state")}
          where tenant_id = ${tenantId} and occurrence_id = ${occurrenceId} and state = 'queued' and channel = ${channel}
          order by customer_id limit ${limit} ${held})`;
        const written = ["state", "batch_id", "updated_at"];
        const { numAffectedRows } = await dialect.updateFrom("rk_deliveries", written, first).execute(tx);
        return Number(numAffectedRows ?? 0);
      }),
    async addresses(tenantId, batchId) {
      const { rows } = await sql<{ address: string }>`select address from rk_deliveries ${alongBatch}
        where tenant_id = ${tenantId} and batch_id = ${batchId} and state = 'in_batch' and address is not null
        order by customer_id`.execute(db);
      return rows.map(({ address }) => address);
    },
    async people(tenantId, batchId, state) {
      const { rows } = await sql<PersonRow>`select d.customer_id as "customerId", d.address, c.name, d.variables,
          d.provider_message_id as "providerMessageId"
        from rk_deliveries as d ${alongBatch} cross join rk_customers as c
        where d.tenant_id = ${tenantId} and d.batch_id = ${batchId} and d.state = ${state} and d.address is not null
          and c.tenant_id = ${tenantId} and c.id = d.customer_id
        order by d.customer_id limit ${MOST_MEMBERS}`.execute(db);
      return rows.map(({ variables, ...person }) => ({ ...person, values: valuesOf(variables) }));
    },
    async zones(tenantId, batchId, state) {
      const { rows } = await sql<{ zone: string | null }>`select distinct c.time_zone as zone
        from rk_deliveries as d ${alongBatch} cross join rk_customers as c
        where d.tenant_id = ${tenantId} and d.batch_id = ${batchId} and d.state = ${state}
          and c.tenant_id = ${tenantId} and c.id = d.customer_id`.execute(db);
      return rows.map(({ zone }) => zone);
    },
    // The limits keep the sources computed beforehand: merged into the update, SQLite's planner walks the tenant's rows.
    async keepValues(tenantId, batchId, people) {
      if (people.length === 0) return;
      const given = dialect.rows(
        { customer_id: "integer", variables: "text" },
        people.map(({ customerId, values }) => [customerId, JSON.stringify(values)]),
      );
      const source = sql`(select d.id, d.tenant_id, g.variables as variables
        from ${given} as g cross join rk_deliveries as d ${alongBatch}
        where d.tenant_id = ${tenantId} and d.batch_id = ${sql.lit(batchId)} and d.state = 'in_batch'
          and d.customer_id = g.customer_id and d.variables is null
        limit ${sql.lit(people.length)})`;
      await context.atomic((tx) => dialect.updateFrom("rk_deliveries", ["variables"], source).execute(tx));
    },
    async acceptEach(tenantId, batchId, from, messages, { acceptedAt, updatedAt }) {
      if (messages.length === 0) return 0;
      const given = dialect.rows(
        { address: "text", message_id: "text" },
        messages.map(({ address, providerMessageId }) => [address, providerMessageId]),
      );
      const source = sql`(select d.id, d.tenant_id, 'accepted' as state, null as reason,
          g.message_id as provider_message_id, ${sql.lit(acceptedAt)} as accepted_at,
          ${sql.lit(acceptedAt)} as touched_at, ${sql.lit(updatedAt)} as updated_at
        from ${given} as g cross join rk_deliveries as d ${dialect.along("rk_deliveries_address")}
        where d.tenant_id = ${tenantId} and d.address = g.address and +d.batch_id = ${sql.lit(batchId)}
          and d.occurrence_id = (select b.occurrence_id from rk_batches as b
            where b.tenant_id = ${tenantId} and b.id = ${sql.lit(batchId)})
          and d.state = ${from}
        limit ${sql.lit(messages.length)})`;
      const written = ["state", "reason", "provider_message_id", "accepted_at", "touched_at", "updated_at"];
      const { numAffectedRows } = await context.atomic((tx) =>
        dialect.updateFrom("rk_deliveries", written, source).execute(tx),
      );
      return Number(numAffectedRows ?? 0);
    },
    async transition(tenantId, selector, from, to, patch, at) {
      const named = await namedOf(context, tenantId, selector, from);
      if (named?.length === 0) return 0;
      const written = { ...toColumns(patch), state: to, touched_at: touchedAt(to, patch), updated_at: at };
      const set = Object.entries(written).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
      const { numAffectedRows } = await sql`update rk_deliveries ${"batchId" in selector ? alongBatch : sql``}
        set ${sql.join(set)}
        where tenant_id = ${tenantId} and state = ${from} and ${isSelected(tenantId, selector, dialect)}
        ${named ? sql`and id in ${dialect.list(named)}` : sql``}`.execute(db);
      return Number(numAffectedRows ?? 0);
    },
    async lockPeople(tenantId, batchId) {
      if (!dialect.holding) return;
      const { rows } = await sql<{ id: number }>`select customer_id as id from rk_deliveries ${alongBatch}
        where tenant_id = ${tenantId} and batch_id = ${batchId} and state = 'in_batch'`.execute(db);
      if (rows.length === 0) return;
      // In the order of ids, so that two who want the same people do not wait for each other.
      await sql`select id from rk_customers ${dialect.along("PRIMARY")} where tenant_id = ${tenantId}
        and id in ${dialect.list(rows.map(({ id }) => id))} order by id ${dialect.holding.exclusive}`.execute(db);
    },
    chargeCaps: (tenantId, batchId, at, counts) => chargeCaps(context, tenantId, batchId, at, counts),
    refundCaps: (tenantId, batchId) => refundCaps(context, tenantId, batchId),
    async members(tenantId, batchId) {
      const rows = db
        .selectFrom("rk_deliveries")
        .select(["address", "state", "reason"])
        .where("tenant_id", "=", tenantId)
        .where("batch_id", "=", batchId)
        .where("address", "is not", null)
        .orderBy("customer_id")
        .limit(MOST_MEMBERS);
      return (await context.heavy(rows)).flatMap(({ address, ...row }) =>
        address === null ? [] : { address, ...row },
      );
    },
    async countByState(tenantId, key) {
      let rows = db
        .selectFrom("rk_deliveries")
        .select((eb) => ["state", eb.fn.countAll<number>().as("n")])
        .where("tenant_id", "=", tenantId)
        .groupBy("state");
      rows =
        "batchId" in key
          ? rows.where("batch_id", "=", key.batchId)
          : rows.where("occurrence_id", "=", key.occurrenceId);
      const byState: Partial<Record<DeliveryState, number>> = {};
      for (const { state, n } of await context.heavy(rows)) byState[state] = n;
      if ("batchId" in key) return byState;
      for (const { state, people } of await handedOn(context, tenantId, key.occurrenceId)) {
        const left = (byState[state] ?? 0) - people;
        if (left > 0) byState[state] = left;
        else delete byState[state];
      }
      return byState;
    },
    async countByReason(tenantId, key) {
      let rows = db
        .selectFrom("rk_deliveries")
        .select((eb) => ["state", "reason", eb.fn.countAll<number>().as("people")])
        .where("tenant_id", "=", tenantId)
        .groupBy(["state", "reason"]);
      rows =
        "batchId" in key
          ? rows.where("batch_id", "=", key.batchId)
          : rows.where("occurrence_id", "=", key.occurrenceId).where("handed_to", "is", null);
      return context.heavy(rows);
    },
    handOn: (tenantId, people) => handOn(context, tenantId, people),
    handedOn: (tenantId, occurrenceId) => handedOn(context, tenantId, occurrenceId),
    outlook: (page) => outlookOf(page, db, dialect),
    async hasAny(tenantId, occurrenceId, states, channel) {
      if (states.length === 0) return false;
      let rows = db
        .selectFrom("rk_deliveries")
        .select("id")
        .where("tenant_id", "=", tenantId)
        .where("occurrence_id", "=", occurrenceId)
        .where("state", "in", states);
      if (channel !== undefined) rows = rows.where("channel", "=", channel);
      return (await rows.limit(1).executeTakeFirst()) !== undefined;
    },
    histories: (tenantId, deliveryIds) => historiesOf(context, tenantId, deliveryIds),
    async list(tenantId, filter) {
      const { occurrenceId, batchId, ruleId, customerId, states, reason, since } = filter;
      const limit = pageLimit(filter);
      let rows = db
        .selectFrom("rk_deliveries as d")
        .innerJoin("rk_customers as c", (join) =>
          join.onRef("c.tenant_id", "=", "d.tenant_id").onRef("c.id", "=", "d.customer_id"),
        )
        .select(DELIVERY)
        .where("d.tenant_id", "=", tenantId)
        .where("d.id", ">", cursorToId(filter.cursor));
      if (occurrenceId !== undefined) rows = rows.where("d.occurrence_id", "=", occurrenceId);
      if (batchId !== undefined) rows = rows.where("d.batch_id", "=", batchId);
      if (ruleId !== undefined) rows = rows.where("d.rule_id", "=", ruleId);
      if (customerId !== undefined) {
        const own = sql<number>`(select d.id ${rowsOfPerson(tenantId, customerId)})`;
        rows = rows.where("d.id", "in", own);
      }
      if (states) rows = rows.where("d.state", "in", states);
      if (reason !== undefined) rows = rows.where("d.reason", "=", reason);
      if (since !== undefined) rows = rows.where("d.updated_at", ">=", since);
      return pageOf(await context.heavy(rows.orderBy("d.id").limit(limit + 1)), limit);
    },
  };
}

const MOST_MEMBERS = 10_000;

interface PersonRow extends Omit<BatchPerson, "values"> {
  readonly variables: string | null;
}

/** Written by `keepValues` alone. */
function valuesOf(variables: string | null): BatchPerson["values"] {
  return variables === null ? null : JSON.parse(variables);
}

const DELIVERY = [
  "d.id",
  "d.tenant_id as tenantId",
  "d.occurrence_id as occurrenceId",
  "d.rule_id as ruleId",
  "d.customer_id as customerId",
  "c.external_key as externalKey",
  "d.channel",
  "d.address",
  "d.batch_id as batchId",
  "d.provider_message_id as providerMessageId",
  "d.state",
  "d.reason",
  "d.handed_to as handedTo",
  "d.accepted_at as acceptedAt",
  "d.delivered_at as deliveredAt",
  "d.updated_at as updatedAt",
] as const;

/** Rows that a selector means and an UPDATE can't find by itself; undefined: it can. */
async function namedOf(
  context: Pick<SqlContext, "db" | "dialect">,
  tenantId: number,
  selector: DeliverySelector,
  state: DeliveryState,
): Promise<readonly number[] | undefined> {
  if ("limit" in selector) return firstOf(context, tenantId, selector, state);
  if (!("heldBackBy" in selector && "overQuota" in selector.heldBackBy)) return undefined;
  return overQuotaOf(context, tenantId, selector.batchId, state, selector.heldBackBy.overQuota);
}

/** The first of an occurrence in a state, held until the transaction ends; written by their ids, since an UPDATE takes no limit everywhere. */
async function firstOf(
  { db, dialect }: Pick<SqlContext, "db" | "dialect">,
  tenantId: number,
  { occurrenceId, limit }: { readonly occurrenceId: number; readonly limit: number },
  state: DeliveryState,
): Promise<readonly number[]> {
  const rows = await db
    .selectFrom("rk_deliveries")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("occurrence_id", "=", occurrenceId)
    .where("state", "=", state)
    .orderBy("customer_id")
    .limit(limit)
    .$if(dialect.holding !== undefined, (query) => query.modifyEnd(dialect.holding?.exclusive ?? sql``))
    .execute();
  return rows.map(({ id }) => id);
}

/** The touch that attribution goes by, after a transition. */
function touchedAt(to: DeliveryState, { acceptedAt, deliveredAt }: DeliveryPatch): RawBuilder<number | null> {
  const accepted = acceptedAt === undefined ? sql`accepted_at` : sql`${acceptedAt}`;
  if (to === "accepted") return sql`${accepted}`;
  if (to !== "delivered") return sql`null`;
  return deliveredAt === undefined ? sql`coalesce(delivered_at, ${accepted})` : sql`${deliveredAt}`;
}
