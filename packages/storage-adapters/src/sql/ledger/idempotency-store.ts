import type { IdempotencyKey, IdempotencyStore } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { goneMeanwhile } from "../constraint-error.js";
import type { SqlContext } from "../context.js";

/** Requests by the caller's key in SQL. */
export function idempotencyStore(context: SqlContext): IdempotencyStore {
  const { db, dialect } = context;
  return {
    begin: (key, { fingerprint, now, lockedUntil, expiresAt }) =>
      context.atomic(async (tx) => {
        await rowsOf(tx, key).where("expires_at", "<=", now).execute();
        const isNew = await dialect.insertIfAbsent(tx, "rk_idempotency", {
          ...columnsOf(key),
          fingerprint,
          locked_until: lockedUntil,
          created_at: now,
          expires_at: expiresAt,
        });
        if (isNew) return { kind: "started" };
        const row = await tx
          .selectFrom("rk_idempotency")
          .select(["fingerprint", "status", "body", "locked_until as lockedUntil"])
          .where("tenant_id", "=", key.tenantId)
          .where("route", "=", key.route)
          .where("request_key", "=", key.key)
          .executeTakeFirstOrThrow(goneMeanwhile);
        if (row.fingerprint !== fingerprint) return { kind: "mismatch" };
        if (row.status !== null) return { kind: "finished", answer: { status: row.status, body: row.body ?? "" } };
        return row.lockedUntil > now ? { kind: "running", lockedUntil: row.lockedUntil } : { kind: "abandoned" };
      }),
    async resume(key, { now, lockedUntil }) {
      const { numUpdatedRows } = await unanswered(db, key)
        .set({ locked_until: lockedUntil })
        .where("locked_until", "<=", now)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async finish(key, { status, body }) {
      const { numUpdatedRows } = await unanswered(db, key).set({ status, body }).executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async release(key) {
      await rowsOf(db, key).where("status", "is", null).execute();
    },
    async purge(now, limit) {
      const { numAffectedRows } = await sql`delete from rk_idempotency where (tenant_id, route, request_key) in
        (select tenant_id, route, request_key from (select tenant_id, route, request_key from rk_idempotency
          where expires_at <= ${now} limit ${limit}) as expired)`.execute(db);
      return Number(numAffectedRows ?? 0);
    },
  };
}

function columnsOf({ tenantId, route, key }: IdempotencyKey) {
  return { tenant_id: tenantId, route, request_key: key };
}

function rowsOf(db: Kysely<Database>, { tenantId, route, key }: IdempotencyKey) {
  return db
    .deleteFrom("rk_idempotency")
    .where("tenant_id", "=", tenantId)
    .where("route", "=", route)
    .where("request_key", "=", key);
}

function unanswered(db: Kysely<Database>, { tenantId, route, key }: IdempotencyKey) {
  return db
    .updateTable("rk_idempotency")
    .where("tenant_id", "=", tenantId)
    .where("route", "=", route)
    .where("request_key", "=", key)
    .where("status", "is", null);
}
