import type { Occurrence } from "@recallkit/core";
import type { OccurrenceStore } from "@recallkit/core/ports";
import { cursorToId, pageLimit, pageOf, RUNNING_OCCURRENCE_STATES, SENDING_BATCH_STATES } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { insertRows } from "../bulk.js";
import { toColumns } from "../columns.js";
import type { SqlContext } from "../context.js";
import { isOfTenant } from "../is-of-tenant.js";
import { holdRow } from "../row-lock.js";

/** Occurrences in SQL. */
export function occurrenceStore(context: SqlContext): OccurrenceStore {
  const { db, dialect } = context;
  const fenced = (key: { readonly tenantId: number; readonly id: number; readonly leaseEpoch: number }) =>
    db
      .updateTable("rk_occurrences")
      .where(isOfTenant(key.tenantId))
      .where("id", "=", key.id)
      .where("lease_epoch", "=", key.leaseEpoch);

  return {
    insert: (occurrence) =>
      context.atomic(async (tx) => {
        const { tenantId, ruleId, kind, nominal } = occurrence;
        const created = await dialect.insertIfAbsent(tx, "rk_occurrences", {
          ...toColumns(occurrence),
          blocked_on_review: 0,
          snapshot_cursor: 0,
          lease_epoch: 0,
        });
        const row = await occurrenceRows(tx)
          .where("tenant_id", "=", tenantId)
          .where("rule_id", "=", ruleId)
          .where("kind", "=", kind)
          .where("nominal", "=", nominal)
          .executeTakeFirstOrThrow();
        return { created, occurrence: toOccurrence(row) };
      }),
    async putValues(tenantId, occurrenceId, people) {
      const rows = people.map(({ customerId, values }) => ({
        tenant_id: tenantId,
        occurrence_id: occurrenceId,
        customer_id: customerId,
        variables: JSON.stringify(values),
      }));
      await context.atomic((tx) => insertRows({ db: tx, dialect }, "rk_list_people", rows, { ignoreExisting: true }));
    },
    async valuesOf(tenantId, occurrenceId, of) {
      if (of.length === 0) return [];
      const rows = db
        .selectFrom("rk_list_people")
        .select(["customer_id as customerId", "variables"])
        .where("tenant_id", "=", tenantId)
        .where("occurrence_id", "=", occurrenceId);
      const found = await (of === "first"
        ? rows.orderBy("customer_id").limit(1)
        : rows.where("customer_id", "in", sql<number>`${dialect.list(of)}`)
      ).execute();
      return found.map(({ customerId, variables }) => ({ customerId, values: JSON.parse(variables) }));
    },
    async get(tenantId, occurrenceId, lock) {
      await holdRow(context, "rk_occurrences", { tenantId, id: occurrenceId }, lock);
      const row = await occurrenceRows(db)
        .where("tenant_id", "=", tenantId)
        .where("id", "=", occurrenceId)
        .executeTakeFirst();
      return row && toOccurrence(row);
    },
    async list(tenantId, filter) {
      const { ruleId, states, since } = filter;
      const limit = pageLimit(filter);
      let rows = occurrenceRows(db).where("tenant_id", "=", tenantId).where("id", ">", cursorToId(filter.cursor));
      if (ruleId !== undefined) rows = rows.where("rule_id", "=", ruleId);
      if (states) rows = rows.where("state", "in", states);
      if (since !== undefined) rows = rows.where("created_at", ">=", since);
      const found = await rows
        .orderBy("id")
        .limit(limit + 1)
        .execute();
      return pageOf(found.map(toOccurrence), limit);
    },
    async lastRuns(tenantId, ruleIds) {
      if (ruleIds.length === 0) return new Map();
      const rows = await db
        .selectFrom("rk_rules as r")
        .innerJoin("rk_occurrences as o", (join) =>
          join.on("o.id", "=", (of) =>
            of
              .selectFrom("rk_occurrences as x")
              .select("x.id")
              .whereRef("x.tenant_id", "=", "r.tenant_id")
              .whereRef("x.rule_id", "=", "r.id")
              .where("x.state", "not in", ["planned", "skipped"])
              .where("x.kind", "<>", "test")
              .orderBy("x.due_at", "desc")
              .orderBy("x.id", "desc")
              .limit(1),
          ),
        )
        .select(["r.id as ruleId", "o.started_at as startedAt", "o.due_at as dueAt"])
        .where("r.tenant_id", "=", tenantId)
        .where("r.id", "in", ruleIds)
        .execute();
      return new Map(rows.map(({ ruleId, startedAt, dueAt }) => [ruleId, startedAt ?? dueAt]));
    },
    async latest(tenantId, ruleId) {
      const row = await occurrenceRows(db)
        .where("tenant_id", "=", tenantId)
        .where("rule_id", "=", ruleId)
        .where("state", "<>", "planned")
        .where("kind", "<>", "test")
        .orderBy("due_at", "desc")
        .orderBy("id", "desc")
        .limit(1)
        .executeTakeFirst();
      return row && toOccurrence(row);
    },
    claim: ({ owner, now, until, limit }) =>
      context.atomic(async (tx) => {
        const due = sql`select b.id, b.state, b.lease_epoch as epoch from rk_occurrences as b
          where ((b.state = 'planned' and b.due_at <= ${now}) or b.state = 'snapshotting')
          and (b.lease_until is null or b.lease_until <= ${now}) order by b.due_at, b.id`;
        const ids = await dialect.claim(tx, "rk_occurrences", due, { owner, until, limit });
        if (ids.length === 0) return [];
        const rows = await occurrenceRows(tx)
          .where("id", "in", sql<number>`${dialect.list(ids)}`)
          .orderBy("due_at")
          .orderBy("id")
          .execute();
        return rows.map(toOccurrence);
      }),
    async transition({ tenantId, id, from, leaseEpoch }, to, patch) {
      if (from.length === 0) return false;
      let update = db
        .updateTable("rk_occurrences")
        .set({ ...toColumns(patch), state: to })
        .where(isOfTenant(tenantId))
        .where("id", "=", id)
        .where("state", "in", from);
      if (leaseEpoch !== undefined) update = update.where("lease_epoch", "=", leaseEpoch);
      return changed(await update.executeTakeFirst());
    },
    advance: async (key, patch, leaseUntil) =>
      changed(
        await fenced(key)
          // A lease that was given back must not come to life again.
          .set({
            ...toColumns(patch),
            lease_until: sql`case when lease_owner is null then null else ${leaseUntil} end`,
          })
          .executeTakeFirst(),
      ),
    async release(key) {
      await fenced(key).set({ lease_owner: null, lease_until: null }).execute();
    },
    async countPlanned(tenantId, limit) {
      const { rows } = await sql<{ n: number }>`select count(*) as n from (select id from rk_occurrences
        where state = 'planned' and tenant_id = ${tenantId} limit ${limit}) as planned`.execute(db);
      return rows[0]?.n ?? 0;
    },
    async hasSending(tenantId, ruleId, exceptId) {
      const sending = await db
        .selectFrom("rk_occurrences as o")
        .select("o.id")
        .where("o.tenant_id", "=", tenantId)
        .where("o.rule_id", "=", ruleId)
        .where("o.id", "<>", exceptId)
        .where("o.kind", "<>", "test")
        .where((eb) => {
          const openBatch = eb
            .selectFrom("rk_batches as b")
            .select("b.id")
            .where("b.tenant_id", "=", tenantId)
            .whereRef("b.occurrence_id", "=", "o.id")
            .where("b.state", "in", SENDING_BATCH_STATES);
          return eb.or([
            eb("o.state", "=", "snapshotting"),
            eb.and([eb("o.state", "in", RUNNING_OCCURRENCE_STATES), eb.exists(openBatch)]),
          ]);
        })
        .limit(1)
        .executeTakeFirst();
      return sending !== undefined;
    },
    async unfinished(afterId, limit) {
      const rows = await occurrenceRows(db)
        .where("state", "in", [...RUNNING_OCCURRENCE_STATES, "cancelled"])
        .where("finished_at", "is", null)
        .where("id", ">", afterId)
        .orderBy("id")
        .limit(limit)
        .execute();
      return rows.map(toOccurrence);
    },
  };
}

/** Occurrences with the names that the domain uses. */
export function occurrenceRows(db: Kysely<Database>) {
  return db
    .selectFrom("rk_occurrences")
    .select([
      "id",
      "tenant_id as tenantId",
      "rule_id as ruleId",
      "rule_version as ruleVersion",
      "kind",
      "nominal",
      "time_zone as timeZone",
      "customer_ids as customerIds",
      "due_at as dueAt",
      "expires_at as expiresAt",
      "as_of as asOf",
      "state",
      "reason",
      "blocked_on_review as blockedOnReview",
      "snapshot_cursor as snapshotCursor",
      "audience_size as audienceSize",
      "salt",
      "lease_owner as leaseOwner",
      "lease_until as leaseUntil",
      "lease_epoch as leaseEpoch",
      "created_at as createdAt",
      "started_at as startedAt",
      "finished_at as finishedAt",
    ]);
}

type OccurrenceRow = Awaited<ReturnType<ReturnType<typeof occurrenceRows>["execute"]>>[number];

/** A row as the domain sees it. */
export function toOccurrence(row: OccurrenceRow): Occurrence {
  const customerIds: readonly number[] | null = row.customerIds === null ? null : JSON.parse(row.customerIds);
  return { ...row, customerIds, blockedOnReview: row.blockedOnReview === 1 };
}

function changed(result: { readonly numUpdatedRows: bigint }): boolean {
  return result.numUpdatedRows > 0n;
}
