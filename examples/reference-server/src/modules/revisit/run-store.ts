import { NotFoundError, type Page } from "@recallkit/core";
import { cursorToId, type PageRequest, pageLimit } from "@recallkit/core/ports";
import { insertAbsent } from "./engine.js";
import { oneOf, REVISIT_MODES, type RevisitMode } from "./settings.js";
import { type RevisitDatabase, type Row, revisitTables } from "./tables.js";

export const RUN_KINDS = ["daily", "manual"] as const;
export const RUN_STATES = ["running", "completed", "failed"] as const;

/** One search for people whose birthday is near, with all that follows. */
export interface RevisitRun {
  readonly id: number;
  readonly tenantId: number;
  readonly kind: (typeof RUN_KINDS)[number];
  /** Day on which it began, in the institution's zone. */
  readonly localDay: string;
  readonly mode: RevisitMode;
  readonly daysAhead: number;
  /** Days since the daily run before on which there was none: this one makes up for them. */
  readonly caughtUp: number;
  readonly state: (typeof RUN_STATES)[number];
  /** People up to this id were looked at. */
  readonly walkedTo: number;
  /** People whose birthday is near. */
  readonly found: number;
  readonly leaseUntil: number;
  /** Who is at work: changed with every hand-over. */
  readonly leaseKey: string;
  readonly actor: string;
  /** Code of what ended it; null unless it failed. */
  readonly error: string | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

/** Adds a run, unless one has its key. @returns the run of the key, and whether it is new */
export async function addRun(
  database: RevisitDatabase,
  key: string,
  run: Omit<RevisitRun, "id" | "state" | "walkedTo" | "error" | "finishedAt">,
): Promise<{ readonly run: RevisitRun; readonly isNew: boolean }> {
  const row = {
    ...{ tenant_id: run.tenantId, run_key: key, kind: run.kind, local_day: run.localDay, mode: run.mode },
    ...{ days_ahead: run.daysAhead, caught_up: run.caughtUp, state: "running", walked_to: 0, found: run.found },
    ...{ lease_until: run.leaseUntil, lease_key: run.leaseKey, actor: run.actor, error: null },
    ...{ started_at: run.startedAt, finished_at: null },
  };
  await insertAbsent(database, "rk_revisit_runs", [row]);
  const found = await runs(database, run.tenantId).where("run_key", "=", key).executeTakeFirstOrThrow();
  return { run: read(found), isNew: found.lease_key === run.leaseKey };
}

function runs(database: RevisitDatabase, tenantId: number) {
  return revisitTables(database).selectFrom("rk_revisit_runs").selectAll().where("tenant_id", "=", tenantId);
}

/** @throws {NotFoundError} `revisit.run-not-found` */
export async function getRun(database: RevisitDatabase, tenantId: number, id: number): Promise<RevisitRun> {
  const row = await runs(database, tenantId).where("id", "=", id).executeTakeFirst();
  if (row) return read(row);
  throw new NotFoundError("revisit.run-not-found", `there is no run ${id}`);
}

/** The tenant whose run it is; undefined: nobody's. */
export async function tenantOfRun(database: RevisitDatabase, id: number): Promise<number | undefined> {
  const row = await revisitTables(database)
    .selectFrom("rk_revisit_runs")
    .select("tenant_id")
    .where("id", "=", id)
    .executeTakeFirst();
  return row?.tenant_id;
}

/** Runs of a tenant, the latest first. */
export async function listRuns(
  database: RevisitDatabase,
  tenantId: number,
  page: PageRequest,
): Promise<Page<RevisitRun>> {
  const limit = pageLimit(page);
  const rows = await runs(database, tenantId)
    .$if(page.cursor !== undefined, (query) => query.where("id", "<", cursorToId(page.cursor)))
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(read);
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
}

/** The latest daily run that came to its end. */
export async function lastDailyRun(database: RevisitDatabase, tenantId: number): Promise<RevisitRun | undefined> {
  const row = await runs(database, tenantId)
    .where("kind", "=", "daily")
    .where("state", "=", "completed")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && read(row);
}

/** Runs of all institutions that nobody is at work on any more, oldest first. At most 100. */
export async function abandonedRuns(database: RevisitDatabase, now: number): Promise<readonly RevisitRun[]> {
  const rows = await revisitTables(database)
    .selectFrom("rk_revisit_runs")
    .selectAll()
    .where("state", "=", "running")
    .where("lease_until", "<=", now)
    .orderBy("id")
    .limit(100)
    .execute();
  return rows.map(read);
}

/** Takes a run over from whoever left it. @returns false: it is at work, or over */
export async function takeOverRun(
  database: RevisitDatabase,
  { tenantId, id, leaseKey: before }: Pick<RevisitRun, "tenantId" | "id" | "leaseKey">,
  { leaseKey, leaseUntil, now }: { readonly leaseKey: string; readonly leaseUntil: number; readonly now: number },
): Promise<boolean> {
  const { numUpdatedRows } = await revisitTables(database)
    .updateTable("rk_revisit_runs")
    .set({ lease_key: leaseKey, lease_until: leaseUntil })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("state", "=", "running")
    .where("lease_key", "=", before)
    .where("lease_until", "<=", now)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** What changes of a run while it works. */
type RunPatch = Partial<Pick<RevisitRun, "walkedTo" | "leaseUntil" | "state" | "error" | "finishedAt">>;

/** Writes how far a run is, as long as it is the caller's. @returns false: somebody else has it, or it is over */
export async function advanceRun(
  database: RevisitDatabase,
  { tenantId, id, leaseKey }: Pick<RevisitRun, "tenantId" | "id" | "leaseKey">,
  patch: RunPatch,
): Promise<boolean> {
  const { numUpdatedRows } = await revisitTables(database)
    .updateTable("rk_revisit_runs")
    .set({
      ...(patch.walkedTo !== undefined && { walked_to: patch.walkedTo }),
      ...(patch.leaseUntil !== undefined && { lease_until: patch.leaseUntil }),
      ...(patch.state !== undefined && { state: patch.state }),
      ...(patch.error !== undefined && { error: patch.error }),
      ...(patch.finishedAt !== undefined && { finished_at: patch.finishedAt }),
    })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("state", "=", "running")
    .where("lease_key", "=", leaseKey)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

function read(row: Row<"rk_revisit_runs">): RevisitRun {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    kind: oneOf(RUN_KINDS, row.kind) ?? "manual",
    localDay: row.local_day,
    mode: oneOf(REVISIT_MODES, row.mode) ?? "test",
    daysAhead: row.days_ahead,
    caughtUp: row.caught_up,
    state: oneOf(RUN_STATES, row.state) ?? "failed",
    walkedTo: row.walked_to,
    found: row.found,
    leaseUntil: row.lease_until,
    leaseKey: row.lease_key,
    actor: row.actor,
    error: row.error,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
