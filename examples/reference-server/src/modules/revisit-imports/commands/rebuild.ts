import { open, stat } from "node:fs/promises";
import { InputError, systemClock } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";
import type { CommandContext } from "../../../cli/command.js";
import { type DatabaseSetting, databaseName } from "../../../config/database-url.js";
import { backUpFile } from "../back-up-file.js";

/** What stands at the end of a dump in plain text that is complete. */
const ENDINGS = { postgres: "PostgreSQL database dump complete", mysql: "Dump completed" } as const;
/** A backup is of now. */
const NEWEST_MS = 3_600_000;
const TAIL = 4096;

/** The name that has to be typed before a database is emptied: the last part of its address. */
export function nameToType(setting: DatabaseSetting): string {
  return databaseName(setting).split(/[\\/]/).at(-1) ?? "";
}

/**
 * Makes sure that there is a complete backup: of SQLite it is made, of a server the operator names a dump that says that it is
 * complete and is not older than an hour.
 *
 * @returns where it is
 * @throws {InputError} `rebuild.no-backup`
 */
export async function finishedBackup(
  context: CommandContext,
  stores: SqlStores,
  { dataDir, given }: { readonly dataDir: string; readonly given: string | undefined },
): Promise<string> {
  const { engine } = context.database();
  if (engine === "sqlite") return backUpFile(stores, { dataDir, now: systemClock.now() });
  const refuse = (message: string) => new InputError([{ path: "backup", code: "rebuild.no-backup", message }]);
  if (given === undefined) throw refuse(context.say("请用 --backup 指明备份文件", "--backup must name a dump"));
  const found = await stat(given).catch(() => undefined);
  if (!found?.isFile()) throw refuse(context.say("备份文件不存在", "the dump is not there"));
  if (systemClock.now() - found.mtimeMs > NEWEST_MS)
    throw refuse(context.say("备份早于一小时前", "the dump is older than an hour"));
  const file = await open(given);
  try {
    const bytes = Buffer.alloc(Math.min(TAIL, found.size));
    await file.read(bytes, 0, bytes.length, found.size - bytes.length);
    if (!bytes.toString("utf8").includes(ENDINGS[engine]))
      throw refuse(context.say("备份没有写完，或不是纯文本转储", "the dump is not complete, or is none in plain text"));
  } finally {
    await file.close();
  }
  return given;
}

/** Drops every table of this program. */
export async function dropTables(stores: SqlStores, setting: DatabaseSetting): Promise<number> {
  const schema = setting.engine === "postgres" ? setting.schema : "";
  const list = {
    sqlite: sql<{ name: string }>`select name from sqlite_master where type = 'table'`,
    postgres: sql<{ name: string }>`select tablename as name from pg_tables where schemaname = ${schema}`,
    mysql: sql<{
      name: string;
    }>`select table_name as name from information_schema.tables where table_schema = database()`,
  };
  const { rows } = await list[setting.engine].execute(stores.sql);
  const own = rows.map(({ name }) => name).filter((name) => name.startsWith("rk_"));
  for (const name of own) await sql`drop table if exists ${sql.table(name)}`.execute(stores.sql);
  return own.length;
}
