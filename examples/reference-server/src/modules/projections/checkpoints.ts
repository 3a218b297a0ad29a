import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type ProjectionDatabase, projectionTables } from "./tables.js";

/** How far a target is with a tenant. */
export interface Checkpoint {
  readonly tenantId: number;
  readonly target: string;
  readonly phase: "people" | "orders" | "feed";
  readonly afterId: number;
  /** Facts up to here are there, once the phase is `feed`; else the feed is read from here on. */
  readonly revision: number;
  /** Facts that were handed over since the last replay. */
  readonly facts: number;
}

/** How a target is. */
export interface TargetState {
  readonly target: string;
  /** Turns in a row that failed. */
  readonly failures: number;
  /** Code of what the last turn failed with. */
  readonly lastError: string | null;
  /** When it last had everything, epoch ms. */
  readonly succeededAt: number | null;
}

/** Where a target is with each tenant. */
export async function checkpointsOf(database: ProjectionDatabase, target: string): Promise<readonly Checkpoint[]> {
  const rows = await projectionTables(database)
    .selectFrom("rk_projections")
    .selectAll()
    .where("target", "=", target)
    .execute();
  return rows.map(({ tenant_id: tenantId, phase, after_id: afterId, revision, facts }) => {
    // The column holds what this module wrote.
    return { tenantId, target, phase: phase as Checkpoint["phase"], afterId, revision, facts };
  });
}

/** Begins a tenant. @throws {ConflictError} `storage.constraint`: another process did a moment earlier */
export async function insertCheckpoint(
  database: ProjectionDatabase,
  { tenantId, target, phase, afterId, revision, facts }: Checkpoint,
  now: number,
): Promise<void> {
  await projectionTables(database)
    .insertInto("rk_projections")
    .values({ tenant_id: tenantId, target, phase, after_id: afterId, revision, facts, updated_at: now })
    .execute();
}

/** Moves a checkpoint from where it stood. @returns false when another process has moved it, or a replay has begun */
export async function moveCheckpoint(
  database: ProjectionDatabase,
  from: Checkpoint,
  to: Checkpoint,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await projectionTables(database)
    .updateTable("rk_projections")
    .set({ phase: to.phase, after_id: to.afterId, revision: to.revision, facts: to.facts, updated_at: now })
    .where("tenant_id", "=", from.tenantId)
    .where("target", "=", from.target)
    .where("phase", "=", from.phase)
    .where("after_id", "=", from.afterId)
    .where("revision", "=", from.revision)
    .where("facts", "=", from.facts)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Lets a target begin from nothing: whoever runs it next clears it first. */
export async function restartTarget(stores: SqlStores, target: string, now: number): Promise<void> {
  await stores.transaction(async (tx) => {
    const tables = projectionTables(tx);
    await tables.deleteFrom("rk_projections").where("target", "=", target).execute();
    await tables
      .updateTable("rk_projection_targets")
      .set({ is_cleared: 0, updated_at: now })
      .where("target", "=", target)
      .execute();
  });
}

/** Whether a target was cleared since its last replay was asked for; a target that is new was not. */
export async function isCleared(database: ProjectionDatabase, target: string): Promise<boolean> {
  const row = await projectionTables(database)
    .selectFrom("rk_projection_targets")
    .select("is_cleared")
    .where("target", "=", target)
    .executeTakeFirst();
  return row?.is_cleared === 1;
}

/** Notes how a turn of a target went. */
export async function noteTurn(
  stores: SqlStores,
  target: string,
  { error, cleared, now }: { readonly error: string | null; readonly cleared?: boolean; readonly now: number },
): Promise<void> {
  await stores.transaction(async (tx) => {
    const tables = projectionTables(tx);
    const known = await tables
      .selectFrom("rk_projection_targets")
      .select(["failures", "succeeded_at", "is_cleared"])
      .where("target", "=", target)
      .executeTakeFirst();
    const row = {
      failures: error === null ? 0 : (known?.failures ?? 0) + 1,
      last_error: error,
      is_cleared: cleared ? 1 : (known?.is_cleared ?? 0),
      succeeded_at: error === null && !cleared ? now : (known?.succeeded_at ?? null),
      updated_at: now,
    };
    if (known) await tables.updateTable("rk_projection_targets").set(row).where("target", "=", target).execute();
    else
      await tables
        .insertInto("rk_projection_targets")
        .values({ ...row, target })
        .execute();
  });
}

/** How targets are. */
export async function targetStates(database: ProjectionDatabase): Promise<ReadonlyMap<string, TargetState>> {
  const rows = await projectionTables(database).selectFrom("rk_projection_targets").selectAll().execute();
  return new Map(
    rows.map(({ target, failures, last_error: lastError, succeeded_at: succeededAt }) => [
      target,
      { target, failures, lastError, succeededAt },
    ]),
  );
}
