import { createHash } from "node:crypto";
import { type Clock, ConflictError, NotFoundError, StorageError, systemClock } from "@recallkit/core";
import type { MovedTable, RawRow, RawTables } from "../sql/raw-tables.js";
import type { SqlStores } from "../sql/sql-stores.js";
import { recallkitTables } from "./moved-tables.js";

/** What a copy takes. */
export interface CopyOptions {
  /** Tables of other owners with rows of tenants. @default none */
  readonly tables?: readonly MovedTable[];
  readonly onProgress?: (progress: CopyProgress) => void;
  readonly signal?: AbortSignal;
  readonly clock?: Pick<Clock, "now">;
}

/** How far a copy is. */
export interface CopyProgress {
  readonly phase: "copy" | "verify";
  readonly table: string;
  /** Rows of the table done, and all of them. */
  readonly done: number;
  readonly total: number;
}

/** What was copied, the same on both sides. */
export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
  /** SHA-256 over the rows in their order. */
  readonly sha256: string;
}

declare module "@recallkit/core" {
  interface ErrorCodes {
    readonly copy: `copy.${"ids-taken" | "not-equal" | "settings-differ" | "source-busy" | "target-not-empty"}`;
  }
}

const PAGE = 1_000;
/** Stands in the target while a copy of the tenant is not complete. */
const UNFINISHED = "copy-unfinished";

/**
 * Copies a tenant to another database, with its ids, and compares both sides afterwards.
 *
 * Nothing may work on the tenant meanwhile: whoever sends from both sides sends twice. The target holds no rows of the
 * tenant, or those of a copy that was interrupted: the same call goes on with it. Since ids are kept, all tenants of one
 * database can follow each other into one target, but not tenants of two databases.
 *
 * @returns the tables with their counts and hashes
 * @throws {NotFoundError} `tenant.not-found`
 * @throws {ConflictError} `copy.source-busy` while a lease is held; `copy.target-not-empty`; `copy.ids-taken`;
 *   `copy.settings-differ` when both installations made a secret key of their own
 * @throws {StorageError} `copy.not-equal` when the sides differ at the end, because somebody wrote meanwhile
 */
export async function copyTenant(
  from: SqlStores,
  to: SqlStores,
  tenantId: number,
  { tables: others = [], onProgress = () => {}, signal, clock = systemClock }: CopyOptions = {},
): Promise<readonly CopiedTable[]> {
  await Promise.all([from.assertMigrated(), to.assertMigrated()]);
  const tables = [...recallkitTables, ...others];
  await assertIdle(from, tenantId, clock.now());
  const isResumed = (await to.config.get(tenantId, UNFINISHED)) !== undefined;
  if (!isResumed) await assertEmpty(to, tables, tenantId);
  await to.config.put(tenantId, UNFINISHED, String(clock.now()));
  await copyInstallation(from, to);
  await copyTenantRow(from, to, tenantId);
  for (const table of tables) {
    const total = await from.rows.count(table, tenantId);
    let done = 0;
    for await (const page of pagesOf(from.rows, table, tenantId)) {
      signal?.throwIfAborted();
      const added = await to.rows.write(table, page);
      if (!isResumed && added < page.length) {
        throw new ConflictError("copy.ids-taken", `rows of ${table.name} have ids that the target gave to others`);
      }
      done += page.length;
      onProgress({ phase: "copy", table: table.name, done, total });
    }
    await to.rows.renumber(table);
  }
  const copied: CopiedTable[] = [];
  for (const table of tables) {
    signal?.throwIfAborted();
    const [source, target] = [await digestOf(from, table, tenantId), await digestOf(to, table, tenantId)];
    if (source.rows !== target.rows || source.sha256 !== target.sha256) {
      throw new StorageError(
        "copy.not-equal",
        `${table.name} is not equal on both sides: ${source.rows} and ${target.rows} rows`,
      );
    }
    copied.push(source);
    onProgress({ phase: "verify", table: table.name, done: source.rows, total: source.rows });
  }
  await forget(to, tenantId);
  return copied;
}

/** Pages of a tenant's rows in the order of the key. */
async function* pagesOf(tables: RawTables, table: MovedTable, tenantId: number): AsyncIterable<readonly RawRow[]> {
  for (let after: RawRow | undefined; ; ) {
    const page = await tables.read(table, tenantId, after, PAGE);
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1);
  }
}

async function digestOf(stores: SqlStores, table: MovedTable, tenantId: number): Promise<CopiedTable> {
  const hash = createHash("sha256");
  let count = 0;
  for await (const page of pagesOf(stores.rows, table, tenantId)) {
    const rows = page.filter(({ name }) => table.name !== "rk_config" || name !== UNFINISHED);
    for (const row of rows) hash.update(canonical(row)).update("\n");
    count += rows.length;
  }
  return { table: table.name, rows: count, sha256: hash.digest("hex") };
}

/** A row as one text that does not depend on the order of columns. */
function canonical(row: RawRow): string {
  const cells = Object.keys(row)
    .sort()
    .map((column) => [
      column,
      row[column] instanceof Uint8Array ? Buffer.from(row[column]).toString("base64") : row[column],
    ]);
  return JSON.stringify(cells);
}

async function assertIdle({ sql }: SqlStores, tenantId: number, now: number): Promise<void> {
  for (const table of ["rk_occurrences", "rk_batches"] as const) {
    const held = await sql
      .selectFrom(table)
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("lease_until", ">", now)
      .limit(1)
      .executeTakeFirst();
    if (held) {
      throw new ConflictError("copy.source-busy", "somebody works on this tenant; stop its servers and workers first");
    }
  }
}

async function assertEmpty({ rows }: SqlStores, tables: readonly MovedTable[], tenantId: number): Promise<void> {
  for (const table of tables) {
    if ((await rows.read(table, tenantId, undefined, 1)).length === 0) continue;
    throw new ConflictError("copy.target-not-empty", `the target has rows of this tenant in ${table.name}`);
  }
}

/** Settings of the whole installation, such as a secret key that was made on first use. */
async function copyInstallation(from: SqlStores, to: SqlStores): Promise<void> {
  const settings = await from.sql
    .selectFrom("rk_config")
    .select(["name", "value"])
    .where("tenant_id", "=", 0)
    .execute();
  for (const { name, value } of settings) {
    if ((await to.config.putIfAbsent(0, name, value)) === value) continue;
    throw new ConflictError("copy.settings-differ", `the installations differ in the setting ${name}`);
  }
}

async function copyTenantRow(from: SqlStores, to: SqlStores, tenantId: number): Promise<void> {
  const row = await from.sql.selectFrom("rk_tenants").selectAll().where("id", "=", tenantId).executeTakeFirst();
  if (!row) throw new NotFoundError("tenant.not-found", `there is no tenant ${tenantId}`);
  await to.transaction(async (tx) => {
    const { id, ...facts } = row;
    const { numUpdatedRows } = await tx.sql
      .updateTable("rk_tenants")
      .set(facts)
      .where("id", "=", id)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) await tx.sql.insertInto("rk_tenants").values(row).execute();
  });
  await to.rows.renumber({ name: "rk_tenants", key: ["id"], isNumbered: true });
}

async function forget({ sql }: SqlStores, tenantId: number): Promise<void> {
  await sql.deleteFrom("rk_config").where("tenant_id", "=", tenantId).where("name", "=", UNFINISHED).execute();
}
