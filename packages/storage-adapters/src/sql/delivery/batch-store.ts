import type { BatchState } from "@recallkit/core";
import type { BatchKey, BatchStore, BatchWork, ClaimScope, TriedFilter } from "@recallkit/core/ports";
import { cursorToId, HELD_BATCH_STATES, pageLimit, pageOf } from "@recallkit/core/ports";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { toColumns } from "../columns.js";
import type { SqlContext, SqlDialect } from "../context.js";
import { isBehind } from "../is-behind.js";
import { isOfTenant } from "../is-of-tenant.js";
import { holdRow } from "../row-lock.js";
import { holdsText } from "../rule/name-search.js";
import { batchRows, toBatch } from "./batch-rows.js";

/** Batches in SQL. */
export function batchStore(context: SqlContext): BatchStore {
  const { db, dialect } = context;
  const fenced = ({ tenantId, id, leaseEpoch }: BatchKey) =>
    db.updateTable("rk_batches").where(isOfTenant(tenantId)).where("id", "=", id).where("lease_epoch", "=", leaseEpoch);

  return {
    insert: (batch) =>
      context.atomic(async (tx) => {
        await dialect.insertIfAbsent(tx, "rk_batches", { ...toColumns(batch), ...FRESH });
        const { id } = await tx
          .selectFrom("rk_batches")
          .select("id")
          .where("tenant_id", "=", batch.tenantId)
          .where("occurrence_id", "=", batch.occurrenceId)
          .where("channel", "=", batch.channel)
          .where("number", "=", batch.number)
          .executeTakeFirstOrThrow();
        return id;
      }),
    async get(tenantId, batchId, lock) {
      await holdRow(context, "rk_batches", { tenantId, id: batchId }, lock);
      const row = await batchRows(db)
        .where("b.tenant_id", "=", tenantId)
        .where("b.id", "=", batchId)
        .executeTakeFirst();
      return row && toBatch(row);
    },
    async list(tenantId, filter) {
      const { occurrenceId, ruleId, states, since } = filter;
      const limit = pageLimit(filter);
      let rows = batchRows(db).where("b.tenant_id", "=", tenantId).where("b.id", ">", cursorToId(filter.cursor));
      if (occurrenceId !== undefined) rows = rows.where("b.occurrence_id", "=", occurrenceId);
      if (ruleId !== undefined) rows = rows.where("b.rule_id", "=", ruleId);
      if (states) rows = rows.where("b.state", "in", states);
      if (since !== undefined) rows = rows.where("b.created_at", ">=", since);
      const found = await rows
        .orderBy("b.id")
        .limit(limit + 1)
        .execute();
      return pageOf(found.map(toBatch), limit);
    },
    claim: (work, { owner, now, until, limit }, scope = {}) =>
      context.atomic(async (tx) => {
        const due = sql`${dueBatches(work, now)} ${inScope(scope, dialect)} order by b.not_before, b.id`;
        const ids = await dialect.claim(tx, "rk_batches", due, { owner, until, limit });
        if (ids.length === 0) return [];
        const rows = await batchRows(tx)
          .where("b.id", "in", sql<number>`${dialect.list(ids)}`)
          .orderBy("b.not_before")
          .orderBy("b.id")
          .execute();
        return rows.map(toBatch);
      }),
    async abandoned(now, limit) {
      const rows = await batchRows(db)
        .where("b.state", "in", HELD_BATCH_STATES)
        .where((eb) => eb.or([eb("b.lease_until", "is", null), eb("b.lease_until", "<=", now)]))
        .orderBy("b.id")
        .limit(limit)
        .execute();
      return rows.map(toBatch);
    },
    async expired(now, limit) {
      const rows = await batchRows(db)
        .innerJoin("rk_occurrences as oc", (join) =>
          join.onRef("oc.tenant_id", "=", "b.tenant_id").onRef("oc.id", "=", "b.occurrence_id"),
        )
        .where("b.state", "in", ["pending", "dead"])
        .where("oc.expires_at", "<=", now)
        .orderBy("b.id")
        .limit(limit)
        .execute();
      return rows.map(toBatch);
    },
    async transition({ from, ...key }, to, patch, { release = false } = {}) {
      if (from.length === 0) return false;
      const { numUpdatedRows } = await fenced(key)
        .set({ ...toColumns(patch), state: to, ...(release ? FREE : {}) })
        .where("state", "in", from)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async advance(key, patch, { release = false } = {}) {
      const columns = { ...toColumns(patch), ...(release ? FREE : {}) };
      // A patch without fields still tells whether the lease holds.
      const { numUpdatedRows } = await fenced(key)
        .set({ ...columns, lease_epoch: key.leaseEpoch })
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async tried(tenantId, filter, { offset, limit }) {
      const rows = triedBatches(db, tenantId, filter);
      const { total } = await rows.select((eb) => eb.fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      const page = rows.select("b.id").orderBy("b.attempted_at", "desc").orderBy("b.id", "desc");
      const ids = await page.limit(limit).offset(offset).execute();
      return { items: await batchesOf(db, tenantId, ids), total };
    },
    async triedAfter(tenantId, filter, after, limit) {
      let rows = triedBatches(db, tenantId, filter);
      if (after) rows = rows.where(isBehind("b.attempted_at", "b.id", after));
      const page = rows.select("b.id").orderBy("b.attempted_at", "desc").orderBy("b.id", "desc");
      return batchesOf(db, tenantId, await page.limit(limit).execute());
    },
    async lastAttemptAt(tenantId, occurrenceId, exceptBatchId) {
      const row = await db
        .selectFrom("rk_batches")
        .select((eb) => eb.fn.max("attempted_at").as("at"))
        .where("tenant_id", "=", tenantId)
        .where("occurrence_id", "=", occurrenceId)
        .where("id", "<>", exceptBatchId)
        .executeTakeFirst();
      return row?.at ?? null;
    },
    async noteEnded(tenantId, batchId) {
      await noteOf(db, tenantId, batchId, 1);
    },
    async handingOn(afterId, limit) {
      const rows = batchRows(db).where("b.hands_on", "=", 1).where("b.id", ">", afterId).orderBy("b.id").limit(limit);
      return (await rows.execute()).map(toBatch);
    },
    takeEnded: (tenantId, batchId) => noteOf(db, tenantId, batchId, 0),
    async mayHandOn(tenantId, occurrenceId) {
      const row = await db
        .selectFrom("rk_batches")
        .select("id")
        .where("tenant_id", "=", tenantId)
        .where("occurrence_id", "=", occurrenceId)
        .where((eb) =>
          eb.or([
            eb("hands_on", "=", 1),
            eb.and([eb("hands_on", "=", 0), eb("state", "=", "accepted"), eb("settled", "=", 0)]),
          ]),
        )
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
    async renew(key, leaseUntil) {
      const { numUpdatedRows } = await fenced(key)
        .set({ lease_until: leaseUntil })
        .where("lease_owner", "is not", null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async countByState(tenantId, occurrenceId) {
      const counts = await db
        .selectFrom("rk_batches")
        .select((eb) => ["state", eb.fn.countAll<number>().as("n")])
        .where("tenant_id", "=", tenantId)
        .where("occurrence_id", "=", occurrenceId)
        .groupBy("state")
        .execute();
      const byState: Partial<Record<BatchState, number>> = {};
      for (const { state, n } of counts) byState[state] = n;
      return byState;
    },
  };
}

/** Says whether people of a batch ended, where it has a channel behind its own. @returns whether that is news */
async function noteOf(db: Kysely<Database>, tenantId: number, batchId: number, handsOn: 0 | 1): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("rk_batches")
    .set({ hands_on: handsOn })
    .where(isOfTenant(tenantId))
    .where("id", "=", batchId)
    .where("hands_on", "=", handsOn === 1 ? 0 : 1)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Batches of these ids, newest attempt first. */
async function batchesOf(db: Kysely<Database>, tenantId: number, ids: readonly { readonly id: number }[]) {
  if (ids.length === 0) return [];
  const found = await batchRows(db)
    .where("b.tenant_id", "=", tenantId)
    .where(
      "b.id",
      "in",
      ids.map(({ id }) => id),
    )
    .orderBy("b.attempted_at", "desc")
    .orderBy("b.id", "desc")
    .execute();
  return found.map(toBatch);
}

function triedBatches(db: Kysely<Database>, tenantId: number, { ruleId, search, from, to }: TriedFilter) {
  let rows = db
    .selectFrom("rk_batches as b")
    .innerJoin("rk_occurrences as oc", (join) =>
      join.onRef("oc.tenant_id", "=", "b.tenant_id").onRef("oc.id", "=", "b.occurrence_id"),
    )
    .where("b.tenant_id", "=", tenantId)
    .where("b.attempted_at", "is not", null)
    .where("oc.kind", "<>", "test");
  if (ruleId !== undefined) rows = rows.where("b.rule_id", "=", ruleId);
  if (from !== undefined) rows = rows.where("oc.due_at", ">=", from);
  if (to !== undefined) rows = rows.where("oc.due_at", "<", to);
  if (search) {
    rows = rows.where("b.rule_id", "in", (eb) =>
      eb
        .selectFrom("rk_rules as r")
        .select("r.id")
        .where("r.tenant_id", "=", tenantId)
        .where(holdsText(sql`r.name_search`, search)),
    );
  }
  return rows;
}

const FREE = { lease_owner: null, lease_until: null };

const FRESH = {
  state: "pending",
  size: 0,
  warnings: "[]",
  attempts: 0,
  resends: 0,
  faults: 0,
  look_ups: 0,
  polls: 0,
  settled: 0,
  lease_epoch: 0,
} as const;

/** Channels travel as rows: one condition each would be too deep for SQLite when a provider is away for a thousand tenants. */
function inScope({ except = [], only }: ClaimScope, dialect: SqlDialect): RawBuilder<unknown> {
  if (only) return sql`and b.tenant_id = ${only.tenantId} and b.channel = ${only.channel}`;
  if (except.length === 0) return sql``;
  const keys = dialect.rows(
    { tenant_id: "integer", channel: "text" },
    except.map(({ tenantId, channel }) => [tenantId, channel]),
  );
  return sql`and not exists (select 1 from ${keys} as k where k.tenant_id = b.tenant_id and k.channel = b.channel)`;
}

/** The batches `b` that wait for a kind of work and that nobody holds. */
function dueBatches(work: BatchWork, now: number): RawBuilder<unknown> {
  const due = sql`b.not_before <= ${now} and (b.lease_until is null or b.lease_until <= ${now})`;
  switch (work) {
    case "send":
      return sql`select b.id, b.state, b.lease_epoch as epoch from rk_batches as b cross join rk_occurrences as oc cross join rk_rules as r
        where b.state = 'pending' and b.settled = 0 and ${due}
        and oc.id = b.occurrence_id and oc.tenant_id = b.tenant_id and oc.state = 'running' and oc.expires_at > ${now}
        and r.id = b.rule_id and r.tenant_id = b.tenant_id and r.deleted_at is null and (r.status = 'active' or oc.kind = 'test')`;
    case "results":
      return sql`select b.id, b.state, b.lease_epoch as epoch from rk_batches as b where b.state = 'accepted' and b.settled = 0 and ${due}`;
    case "reconcile":
      return sql`select b.id, b.state, b.lease_epoch as epoch from rk_batches as b where b.state = 'unknown' and b.settled = 0 and ${due}`;
  }
}
