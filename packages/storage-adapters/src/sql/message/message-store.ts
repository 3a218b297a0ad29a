import type { Message, MessageState } from "@recallkit/core/ports";
import {
  laneOf,
  type MessageFigure,
  type MessageStore,
  type NewMessage,
  type NewMessageBatch,
  pageLimit,
  pageOf,
} from "@recallkit/core/ports";
import { sql } from "kysely";
import { insertRows } from "../bulk.js";
import type { SqlContext } from "../context.js";
import { isOfTenant } from "../is-of-tenant.js";
import { claimMessages, queuedTenants } from "./claim-messages.js";
import { chargeMessages, chargesOfPeople, refundMessages } from "./message-charges.js";
import { messageBatchRows, messageRows, toMessage, toMessageBatch } from "./message-rows.js";
import { heldMessages, writeMessages } from "./write-messages.js";

/** Messages of templates in SQL. */
export function messageStore(context: SqlContext): MessageStore {
  const { db, dialect } = context;
  return {
    insertMany: (tenantId, messages) =>
      context.atomic((tx) =>
        insertRows(
          { db: tx, dialect },
          "rk_messages",
          messages.map((message) => toRow(tenantId, message)),
          { ignoreExisting: true },
        ),
      ),
    async findByKeys(tenantId, keys) {
      if (keys.length === 0) return [];
      const rows = await messageRows(db)
        .where("m.tenant_id", "=", tenantId)
        .where("m.request_key", "in", sql<string>`${dialect.list(keys, "texts")}`)
        .execute();
      return rows.map(toMessage);
    },
    async get(tenantId, messageId) {
      const row = await messageRows(db)
        .where("m.id", "=", messageId)
        .where("m.tenant_id", "=", tenantId)
        .executeTakeFirst();
      return row && toMessage(row);
    },
    async list(tenantId, filter) {
      const { batchId, templateId, channel, addressHash, providerMessageId, states, since, cursor } = filter;
      const limit = pageLimit(filter);
      let rows = messageRows(db).where("m.tenant_id", "=", tenantId);
      if (cursor !== undefined && cursor !== null) rows = rows.where("m.id", "<", Number(cursor));
      if (batchId !== undefined) rows = rows.where("m.batch_id", "=", batchId);
      if (templateId !== undefined) rows = rows.where("m.template_id", "=", templateId);
      if (channel !== undefined) rows = rows.where("m.channel", "=", channel);
      if (addressHash !== undefined) rows = rows.where("m.address_hash", "=", addressHash);
      if (providerMessageId !== undefined) rows = rows.where("m.provider_message_id", "=", providerMessageId);
      if (states) rows = rows.where("m.state", "in", states);
      if (since !== undefined) rows = rows.where("m.created_at", ">=", since);
      const found = await rows
        .orderBy("m.id", "desc")
        .limit(limit + 1)
        .execute();
      return pageOf(found.map(toMessage), limit);
    },
    claim: (work, terms, scope = {}) =>
      context.atomic(async (tx) => {
        const ids = await claimMessages({ db: tx, dialect }, work, terms, scope);
        if (ids.length === 0) return [];
        const rows = await messageRows(tx)
          .where("m.id", "in", sql<number>`${dialect.list(ids)}`)
          .execute();
        return rows.map(toMessage).sort(byDue);
      }),
    queuedTenants: (after, limit) => queuedTenants(db, after, limit),
    write: (messages) => context.atomic((tx) => writeMessages({ db: tx, dialect }, messages)),
    renew: (keys, until) =>
      context.atomic(async (tx) => {
        const held = keys.length === 0 ? [] : await heldMessages({ db: tx, dialect }, keys);
        if (held.length === 0) return [];
        const isMeant = sql<never>`${dialect.list(held)}`;
        await tx
          .updateTable("rk_messages")
          .set({ lease_until: until })
          .where("id", "in", isMeant)
          .where("lease_owner", "is not", null)
          .execute();
        const rows = await tx
          .selectFrom("rk_messages")
          .select("id")
          .where("id", "in", isMeant)
          .where("lease_owner", "is not", null)
          .execute();
        return rows.map(({ id }) => id);
      }),
    async revise(tenantId, { id, variables: read }, variables, at) {
      const { numUpdatedRows } = await db
        .updateTable("rk_messages")
        .set({ variables: JSON.stringify(variables), updated_at: at })
        .where("id", "=", id)
        .where(isOfTenant(tenantId))
        .where("state", "=", "queued")
        .where("variables", "=", JSON.stringify(read))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async cancel(tenantId, which, at) {
      const update = db
        .updateTable("rk_messages")
        .set({ state: "cancelled", lane: 0, reason: "cancelled", not_before: null, updated_at: at })
        .where("state", "=", "queued");
      const { numUpdatedRows } = await ("batchId" in which
        ? update.where("tenant_id", "=", tenantId).where("batch_id", "=", which.batchId)
        : update.where("id", "=", which.messageId).where(isOfTenant(tenantId))
      ).executeTakeFirst();
      return Number(numUpdatedRows);
    },
    async countByState(tenantId, batchId) {
      const rows = await db
        .selectFrom("rk_messages")
        .select((eb) => ["state", eb.fn.countAll<number>().as("n")])
        .where("tenant_id", "=", tenantId)
        .where("batch_id", "=", batchId)
        .groupBy("state")
        .execute();
      const byState: Partial<Record<MessageState, number>> = {};
      for (const { state, n } of rows) byState[state] = n;
      return byState;
    },
    insertBatch: (tenantId, batch) =>
      context.atomic(async (tx) => {
        const isNew = await dialect.insertIfAbsent(tx, "rk_message_batches", toBatchRow(tenantId, batch));
        const row = await messageBatchRows(tx)
          .where("b.tenant_id", "=", tenantId)
          .where("b.request_key", "=", batch.requestKey)
          .executeTakeFirstOrThrow();
        return { batch: toMessageBatch(row), isNew };
      }),
    async getBatch(tenantId, batchId) {
      const row = await messageBatchRows(db)
        .where("b.id", "=", batchId)
        .where("b.tenant_id", "=", tenantId)
        .executeTakeFirst();
      return row && toMessageBatch(row);
    },
    async markCancelled(tenantId, batchId, at) {
      const { numUpdatedRows } = await db
        .updateTable("rk_message_batches")
        .set({ cancelled_at: sql`coalesce(cancelled_at, ${at})` })
        .where("id", "=", batchId)
        .where(isOfTenant(tenantId))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    addEvents: (events) =>
      context.atomic(async (tx) => {
        const rows = events.map(({ tenantId, messageId, node, outcome, errorClass, detail, attempt, at }) => ({
          tenant_id: tenantId,
          message_id: messageId,
          node,
          outcome,
          error_class: errorClass,
          detail,
          attempt,
          at,
        }));
        if (rows.length > 0) await insertRows({ db: tx, dialect }, "rk_message_events", rows);
      }),
    events: (tenantId, messageId) =>
      db
        .selectFrom("rk_message_events as e")
        .select(["e.id", "e.tenant_id as tenantId", "e.message_id as messageId", "e.node", "e.outcome"])
        .select(["e.error_class as errorClass", "e.detail", "e.attempt", "e.at"])
        .where("e.tenant_id", "=", tenantId)
        .where("e.message_id", "=", messageId)
        .orderBy("e.id")
        .limit(200)
        .execute(),
    async figures(tenantId, { from, to }) {
      const query = sql<MessageFigure>`select channel, state, count(*) as "count",
          coalesce(sum(accepted_at - created_at), 0) as "totalMs"
        from rk_messages where tenant_id = ${tenantId} and created_at >= ${from} and created_at < ${to}
        group by channel, state`;
      const { rows } = await query.execute(db);
      return rows.map((row) => ({ ...row, count: Number(row.count), totalMs: Number(row.totalMs) }));
    },
    async waiting(tenantId) {
      const rows = await db
        .selectFrom("rk_messages")
        .select((eb) => ["state", "lane", eb.fn.countAll<number>().as("n")])
        .where("state", "in", ["queued", "dispatching"])
        .where("tenant_id", "=", tenantId)
        .groupBy(["state", "lane"])
        .execute();
      const queued = rows.filter(({ state }) => state === "queued");
      return {
        byLane: Object.fromEntries(queued.map(({ lane, n }) => [lane, n])),
        dispatching: rows.filter(({ state }) => state === "dispatching").reduce((sum, { n }) => sum + n, 0),
      };
    },
    charges: (tenantId, customerIds, since) => chargesOfPeople(context, tenantId, customerIds, since),
    charge: (tenantId, charges) => chargeMessages(context, tenantId, charges),
    refund: (tenantId, ids) => refundMessages(context, tenantId, ids),
    async expedite(tenantId, ids, at) {
      if (ids.length === 0) return 0;
      const { numUpdatedRows } = await db
        .updateTable("rk_messages")
        .set({ not_before: at })
        .where("tenant_id", "=", tenantId)
        .where("provider_message_id", "in", sql<string>`${dialect.list(ids, "texts")}`)
        .where("state", "=", "accepted")
        .where("not_before", ">", at)
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },
    forget: (tenantId, { customerId, addressHashes }) =>
      context.atomic(async (tx) => {
        const { rows } = await sql<{ id: number; state: MessageState; not_before: number | null }>`select id, state,
            not_before from rk_messages where tenant_id = ${tenantId} and address is not null
            and (customer_id = ${customerId} or address_hash in ${dialect.list(addressHashes, "texts")})`.execute(tx);
        const over = rows.filter(
          ({ state, not_before }) => OVER.has(state) || (state === "accepted" && not_before === null),
        );
        for (const { id } of over) {
          await tx.updateTable("rk_messages").set({ address: null, variables: "{}" }).where("id", "=", id).execute();
        }
        return rows.length - over.length;
      }),
  };
}

/** States of messages whose address nobody needs any more. */
const OVER: ReadonlySet<MessageState> = new Set([
  "queued",
  "delivered",
  "not_delivered",
  "failed",
  "suppressed",
  "expired",
  "cancelled",
]);

function byDue(a: Message, b: Message): number {
  return (a.notBefore ?? 0) - (b.notBefore ?? 0) || a.id - b.id;
}

function toRow(tenantId: number, message: NewMessage) {
  return {
    tenant_id: tenantId,
    batch_id: message.batchId,
    template_id: message.templateId,
    template_version: message.templateVersion,
    channel: message.channel,
    customer_id: message.customerId,
    address: message.address,
    address_hash: message.addressHash,
    time_zone: message.timeZone,
    variables: JSON.stringify(message.variables),
    message_class: message.messageClass,
    priority: message.priority,
    lane: laneOf(message.priority),
    state: "queued" as const,
    not_before: message.notBefore,
    expires_at: message.expiresAt,
    attempts: 0,
    resends: 0,
    checks: 0,
    lease_epoch: 0,
    request_key: message.requestKey,
    created_at: message.createdAt,
    updated_at: message.createdAt,
  };
}

function toBatchRow(tenantId: number, batch: NewMessageBatch) {
  return {
    tenant_id: tenantId,
    template_id: batch.templateId,
    priority: batch.priority,
    total: batch.total,
    accepted: batch.accepted,
    duplicates: batch.duplicates,
    rejected: JSON.stringify(batch.rejected),
    request_key: batch.requestKey,
    created_at: batch.createdAt,
  };
}
