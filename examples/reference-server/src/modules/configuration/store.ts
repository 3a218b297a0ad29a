import { ConflictError, NotFoundError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Generated, Selectable } from "kysely";
import { repeatIfTaken } from "../../frame/repeat-if-taken.js";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type ConfigTables = {
  rk_config_entries: {
    id: Generated<number>;
    name: string;
    value: string;
    version: number;
    description: string;
    created_at: number;
    updated_at: number;
    updated_by: string;
  };
  rk_config_versions: { entry_id: number; version: number; value: string; action: string; actor: string; at: number };
};

/** How a version came to be. */
export const CONFIG_ACTIONS = ["create", "update", "rollback"] as const;
export type ConfigAction = (typeof CONFIG_ACTIONS)[number];

/** A value as it is kept: JSON, sealed where it is a secret. */
export interface StoredEntry {
  readonly id: number;
  readonly name: string;
  readonly value: string;
  readonly version: number;
  readonly description: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** What a value was. */
export interface StoredVersion {
  readonly version: number;
  readonly value: string;
  readonly action: ConfigAction;
  readonly actor: string;
  readonly at: number;
}

/** Who changes something, and when. */
export interface Change {
  readonly action: ConfigAction;
  readonly actor: string;
  readonly at: number;
}

type Database = Pick<SqlStores, "sql">;
const tablesOf = ({ sql }: Database) => sql.withTables<ConfigTables>();

/** Every entry, by name. */
export async function listEntries(database: Database): Promise<readonly StoredEntry[]> {
  return (await tablesOf(database).selectFrom("rk_config_entries").selectAll().orderBy("name").execute()).map(entryOf);
}

/** @throws {NotFoundError} `config.not-found` */
export async function getEntry(database: Database, id: number): Promise<StoredEntry> {
  const rows = tablesOf(database).selectFrom("rk_config_entries").selectAll().where("id", "=", id);
  const row = await rows.executeTakeFirst();
  if (!row) throw new NotFoundError("config.not-found", `there is no entry ${id}`);
  return entryOf(row);
}

/** The entry of a key. */
export async function findEntry(database: Database, name: string): Promise<StoredEntry | undefined> {
  const rows = tablesOf(database).selectFrom("rk_config_entries").selectAll().where("name", "=", name);
  const row = await rows.executeTakeFirst();
  return row && entryOf(row);
}

/** Adds the entry of a key. @throws {ConflictError} `config.exists` */
export async function insertEntry(
  database: Database,
  { name, value, description }: Pick<StoredEntry, "name" | "value" | "description">,
  change: Change,
): Promise<StoredEntry> {
  if (await findEntry(database, name)) throw new ConflictError("config.exists", `${name} is there already`);
  const by = { created_at: change.at, updated_at: change.at, updated_by: change.actor };
  const row = { name, value, description, version: 1, ...by };
  await repeatIfTaken(() => tablesOf(database).insertInto("rk_config_entries").values(row).execute());
  const entry = await findEntry(database, name);
  if (!entry) throw new NotFoundError("config.not-found", `${name} is gone`);
  await noteVersion(database, entry, change);
  return entry;
}

/** Writes the next version. @throws {ConflictError} `config.stale-version`: it is another one by now */
export async function updateEntry(
  database: Database,
  { id, version }: Pick<StoredEntry, "id" | "version">,
  { value, description }: Partial<Pick<StoredEntry, "description">> & Pick<StoredEntry, "value">,
  change: Change,
): Promise<StoredEntry> {
  const by = { version: version + 1, updated_at: change.at, updated_by: change.actor };
  const { numUpdatedRows } = await tablesOf(database)
    .updateTable("rk_config_entries")
    .set({ value, ...by, ...(description !== undefined && { description }) })
    .where("id", "=", id)
    .where("version", "=", version)
    .executeTakeFirst();
  if (numUpdatedRows === 0n)
    throw new ConflictError("config.stale-version", `version ${version} is not the present one`);
  const entry = await getEntry(database, id);
  await noteVersion(database, entry, change);
  return entry;
}

async function noteVersion(database: Database, { id, version, value }: StoredEntry, change: Change): Promise<void> {
  const row = { entry_id: id, version, value, ...change };
  await tablesOf(database).insertInto("rk_config_versions").values(row).execute();
}

/** Versions of an entry, newest first. */
export async function listVersions(database: Database, id: number, limit: number): Promise<readonly StoredVersion[]> {
  const rows = await tablesOf(database)
    .selectFrom("rk_config_versions")
    .select(["version", "value", "action", "actor", "at"])
    .where("entry_id", "=", id)
    .orderBy("version", "desc")
    .limit(limit)
    .execute();
  // Written by this file and by nobody else.
  return rows.map((row) => ({ ...row, action: row.action as ConfigAction }));
}

/** @throws {NotFoundError} `config.not-found` */
export async function getVersion(database: Database, id: number, version: number): Promise<string> {
  const row = await tablesOf(database)
    .selectFrom("rk_config_versions")
    .select("value")
    .where("entry_id", "=", id)
    .where("version", "=", version)
    .executeTakeFirst();
  if (!row) throw new NotFoundError("config.not-found", `there is no version ${version}`);
  return row.value;
}

function entryOf(row: Selectable<ConfigTables["rk_config_entries"]>): StoredEntry {
  const { id, name, value, version, description } = row;
  return {
    id,
    name,
    value,
    version,
    description,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}
