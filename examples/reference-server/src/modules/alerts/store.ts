import { NotFoundError, type Page } from "@recallkit/core";
import { cursorToId, type PageRequest, pageLimit } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Generated, Selectable } from "kysely";
import type { Alert, AlertChanges, AlertKind, AlertState, Finding } from "./alert.js";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type AlertTables = {
  rk_alerts: {
    id: Generated<number>;
    kind: string;
    subject: string;
    detail: string;
    state: string;
    open_name: string | null;
    opened_at: number;
    seen_at: number;
    acknowledged_by: string | null;
    recovered_at: number | null;
    told_at: number | null;
    recovery_told: number;
  };
};

type Database = Pick<SqlStores, "sql">;
const tablesOf = ({ sql }: Database) => sql.withTables<AlertTables>();

/** Alerts that go on, and those whose end nobody was told of. */
export async function liveAlerts(database: Database): Promise<readonly Alert[]> {
  const rows = await tablesOf(database)
    .selectFrom("rk_alerts")
    .selectAll()
    .where((where) => where.or([where("state", "!=", "recovered"), where("recovery_told", "=", 0)]))
    .orderBy("id")
    .execute();
  return rows.map(alertOf);
}

/** Writes what a look changes. */
export async function writeChanges(
  stores: SqlStores,
  { opened, seen, recovered }: AlertChanges,
  now: number,
): Promise<void> {
  await stores.transaction(async (tx) => {
    const db = tablesOf(tx);
    for (const { kind, subject, detail } of opened) {
      const row = { kind, subject, detail: JSON.stringify(detail), state: "open", open_name: `${kind} ${subject}` };
      await db
        .insertInto("rk_alerts")
        .values({ ...row, opened_at: now, seen_at: now, recovery_told: 0 })
        .execute();
    }
    for (const { id, detail } of seen) {
      const fields = { detail: JSON.stringify(detail), seen_at: now };
      await db.updateTable("rk_alerts").set(fields).where("id", "=", id).execute();
    }
    for (const id of recovered) {
      const fields = { state: "recovered", open_name: null, recovered_at: now };
      await db.updateTable("rk_alerts").set(fields).where("id", "=", id).execute();
    }
    // Of what nobody was told, nobody need hear that it is over.
    await db
      .updateTable("rk_alerts")
      .set({ recovery_told: 1 })
      .where("state", "=", "recovered")
      .where("told_at", "is", null)
      .execute();
  });
}

/** Notes that somebody was told. */
export async function noteTold(database: Database, { id, state }: Alert, now: number): Promise<void> {
  const fields = state === "recovered" ? { recovery_told: 1 } : { told_at: now };
  await tablesOf(database).updateTable("rk_alerts").set(fields).where("id", "=", id).execute();
}

/** Somebody looks after it: it is told no more, except that it is over. @throws {NotFoundError} `alert.not-found`: none goes on */
export async function acknowledge(database: Database, id: number, actor: string): Promise<Alert> {
  const db = tablesOf(database);
  const { numUpdatedRows } = await db
    .updateTable("rk_alerts")
    .set({ state: "acknowledged", acknowledged_by: actor })
    .where("id", "=", id)
    .where("state", "!=", "recovered")
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new NotFoundError("alert.not-found", `no alert ${id} goes on`);
  return alertOf(await db.selectFrom("rk_alerts").selectAll().where("id", "=", id).executeTakeFirstOrThrow());
}

/** Newest first. */
export async function listAlerts(
  database: Database,
  { states, ...page }: PageRequest & { readonly states?: readonly AlertState[] },
): Promise<Page<Alert>> {
  const limit = pageLimit(page);
  let query = tablesOf(database)
    .selectFrom("rk_alerts")
    .selectAll()
    .orderBy("id", "desc")
    .limit(limit + 1);
  if (states) query = query.where("state", "in", [...states]);
  if (page.cursor != null) query = query.where("id", "<", cursorToId(page.cursor));
  const rows = await query.execute();
  const items = rows.slice(0, limit).map(alertOf);
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
}

function alertOf(row: Selectable<AlertTables["rk_alerts"]>): Alert {
  return {
    id: row.id,
    // Written by this file and by nobody else.
    kind: row.kind as AlertKind,
    subject: row.subject,
    detail: JSON.parse(row.detail) as Finding["detail"],
    state: row.state as AlertState,
    openedAt: row.opened_at,
    seenAt: row.seen_at,
    acknowledgedBy: row.acknowledged_by,
    recoveredAt: row.recovered_at,
    toldAt: row.told_at,
    isRecoveryTold: row.recovery_told === 1,
  };
}
