import type { LinkStore, NewLink } from "@recallkit/core/ports";
import { cursorToId, pageLimit, pageOf } from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { insertRows } from "../bulk.js";
import { compiledOnce } from "../compiled-once.js";
import type { SqlContext } from "../context.js";
import { isOfTenant } from "../is-of-tenant.js";
import { linkRows, type SeedRow, seedOf, toFound } from "./link-rows.js";

/** Links in SQL. */
export function linkStore(context: SqlContext): LinkStore {
  const { db, dialect } = context;
  const byToken = compiledOnce(db, (tokenHash: string) => linkRows(db).where("l.token_hash", "=", tokenHash));
  return {
    insertMany: (tenantId, links) =>
      context.atomic((tx) =>
        insertRows(
          { db: tx, dialect },
          "rk_links",
          links.map((link) => toRow(tenantId, link)),
          { ignoreExisting: true },
        ),
      ),
    async seedsOf(tenantId, batchId, state) {
      const { rows } = await sql<SeedRow & { deliveryId: number; customerId: number }>`select d.id as "deliveryId",
          d.customer_id as "customerId", l.subject, l.key_id as "keyId", l.code_turn as "codeTurn"
        from rk_deliveries as d ${dialect.along("rk_deliveries_batch")}
        left join rk_links as l on l.tenant_id = d.tenant_id and l.delivery_id = d.id
        where d.tenant_id = ${tenantId} and d.batch_id = ${batchId} and d.state = ${state} and d.address is not null
        order by d.customer_id limit ${MOST_MEMBERS}`.execute(db);
      return rows.map(({ deliveryId, customerId, ...row }) => ({ deliveryId, customerId, seed: seedOf(row) }));
    },
    async sharedSeed(tenantId, { occurrenceId, channel, batchNumber }) {
      const row = await db
        .selectFrom("rk_links")
        .select(["subject", "key_id as keyId", "code_turn as codeTurn"])
        .where("tenant_id", "=", tenantId)
        .where("occurrence_id", "=", occurrenceId)
        .where("channel", "=", channel)
        .where("batch_number", "=", batchNumber)
        .executeTakeFirst();
      return (row && seedOf(row)) ?? undefined;
    },
    async find(by) {
      const [row] =
        "tokenHash" in by
          ? await byToken(by.tokenHash)
          : await linkRows(db)
              .where("l.code_hash", "in", [...by.codeHashes])
              .execute();
      return row && toFound(row);
    },
    async visit(tenantId, linkId, kind, at) {
      const [counter, first] = VISIT_COLUMNS[kind];
      const { numAffectedRows } = await sql`update rk_links set ${sql.ref(counter)} = ${sql.ref(counter)} + 1
          ${first ? sql`, ${sql.ref(first)} = coalesce(${sql.ref(first)}, ${at})` : sql``}
        where id = ${linkId} and ${isOfTenant(tenantId)}`.execute(db);
      return (numAffectedRows ?? 0n) > 0n;
    },
    async revoke(tenantId, which, at) {
      const meant: RawBuilder<SqlBool> =
        "linkId" in which
          ? sql`id = ${which.linkId}`
          : "occurrenceId" in which
            ? sql`occurrence_id = ${which.occurrenceId}`
            : sql`customer_id = ${which.customerId}`;
      const { numAffectedRows } = await sql`update rk_links set revoked_at = ${at}
        where tenant_id = ${tenantId} and ${meant} and revoked_at is null`.execute(db);
      return Number(numAffectedRows ?? 0);
    },
    async list(tenantId, filter) {
      const { occurrenceId, customerId, couponId } = filter;
      const limit = pageLimit(filter);
      let rows = linkRows(db).where("l.tenant_id", "=", tenantId).where("l.id", ">", cursorToId(filter.cursor));
      if (occurrenceId !== undefined) rows = rows.where("l.occurrence_id", "=", occurrenceId);
      if (customerId !== undefined) rows = rows.where("l.customer_id", "=", customerId);
      if (couponId !== undefined) rows = rows.where("l.coupon_id", "=", couponId);
      const found = await rows
        .orderBy("l.id")
        .limit(limit + 1)
        .execute();
      return pageOf(
        found.map((row) => toFound(row).link),
        limit,
      );
    },
    async peopleOf(tenantId, { occurrenceId, channel, batchNumber }, who) {
      if ("customerIds" in who && who.customerIds.length === 0) return [];
      const isMeant: RawBuilder<SqlBool> =
        "name" in who ? sql`c.name = ${who.name}` : sql`c.id in ${dialect.list(who.customerIds)}`;
      const { rows } = await sql<{ id: number }>`select d.customer_id as id
        from rk_batches as b cross join rk_deliveries as d cross join rk_customers as c
        where b.tenant_id = ${tenantId} and b.occurrence_id = ${occurrenceId} and b.channel = ${channel}
          and b.number = ${batchNumber} and d.tenant_id = ${tenantId} and d.batch_id = b.id
          and d.state in (${sql.join(REACHED)}) and c.tenant_id = ${tenantId} and c.id = d.customer_id and ${isMeant}
        order by d.customer_id limit 2`.execute(db);
      return rows.map(({ id }) => id);
    },
  };
}

const MOST_MEMBERS = 10_000;

/** States of people to whom a message was, or may have been, sent. */
const REACHED = ["in_batch", "accepted", "delivered", "not_delivered", "unknown", "needs_review"];

/** What each kind of visit counts, and what it remembers. */
const VISIT_COLUMNS = {
  view: ["views", "first_viewed_at"],
  click: ["clicks", "first_clicked_at"],
  scan: ["scans", undefined],
} as const;

function toRow(tenantId: number, { seed, ...link }: NewLink) {
  return {
    tenant_id: tenantId,
    kind: link.kind,
    occurrence_id: link.occurrenceId,
    batch_number: link.batchNumber,
    delivery_id: link.deliveryId,
    channel: link.channel,
    customer_id: link.customerId,
    is_test: link.isTest ? (1 as const) : (0 as const),
    token_hash: link.tokenHash,
    code_hash: link.codeHash,
    subject: seed?.subject ?? null,
    key_id: seed?.keyId ?? null,
    code_turn: seed?.codeTurn ?? 0,
    coupon_id: link.couponId,
    created_at: link.createdAt,
    expires_at: link.expiresAt,
    views: 0,
    clicks: 0,
    scans: 0,
  };
}
