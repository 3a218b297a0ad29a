import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { ConfigError, StorageError } from "@recallkit/core";
import { openSqlite } from "@recallkit/storage-adapters/sqlite";
import { type RawBuilder, sql } from "kysely";
import type { DatabaseSetting } from "../config/database-url.js";
import type { AddCommand, CommandContext } from "./command.js";
import { withStores } from "./schema-state.js";
import { alignedTable } from "./table.js";

/** What makes one snapshot of all tables on a server; user and password come from where the tool takes them. */
const TOOLS = {
  postgres: "pg_dump --format=custom --file=FILE DATABASE_URL",
  mysql: "mariadb-dump --single-transaction --quick --hex-blob --result-file=FILE DATABASE",
} as const;

/** `backup FILE`: an SQLite database as it is at one moment, while servers work on it. */
export const addBackup: AddCommand = (program, { say, action }) => {
  program
    .command("backup")
    .argument("<file>", say("备份文件，不能已存在", "file of the backup; it must not exist"))
    .description(
      say(
        "在服务运行时备份 SQLite 数据库，并检查备份；数据库服务器请用它自己的工具",
        "back an SQLite database up while servers work on it, and check the copy; a database server has tools of its own",
      ),
    )
    .action(action((context, file: string) => backup(context, resolve(file))));
};

async function backup(context: CommandContext, file: string): Promise<void> {
  const setting = context.database();
  assertPossible(setting, file);
  const partial = `${file}.partial`;
  // SQLite writes into an empty file, which is the owner's alone from its first byte on.
  await rm(partial, { force: true });
  try {
    await (await open(partial, "wx", 0o600)).close();
    await withStores(context, (stores) => run(stores.sql, sql`vacuum into ${sql.lit(partial)}`));
    const steps = await checked(partial);
    await onDisk(partial);
    await rename(partial, file);
    await onDisk(dirname(file));
    const answer = { file, bytes: (await stat(file)).size, sha256: await sha256Of(file), schema_steps: steps };
    context.answer(answer, () =>
      alignedTable([
        ["file", file],
        ["bytes", String(answer.bytes)],
        ["sha256", answer.sha256],
      ]),
    );
    context.note(
      context.say(
        "密钥不在其中：请另行保存 SECRET_KEY 或 secret.key。恢复后第一次启动请加 --reconcile-first。",
        "The secret key is not in it: keep SECRET_KEY or secret.key apart. After a restore, start with --reconcile-first.",
      ),
    );
  } catch (error) {
    await rm(partial, { force: true });
    throw cannotBeWritten(error);
  }
}

/** @throws {ConfigError} the database is on a server, or not there; the file is there */
function assertPossible(setting: DatabaseSetting, file: string): void {
  if (setting.engine !== "sqlite") {
    throw new ConfigError("config.invalid", "--db", "the database is on a server, whose own tool backs it up", {
      hint: TOOLS[setting.engine],
    });
  }
  if (!existsSync(setting.file)) throw new ConfigError("config.invalid", "--db", `there is no ${setting.file}`);
  if (existsSync(file)) throw new ConfigError("config.invalid", "file", `${file} is there already`);
}

async function run(db: Parameters<RawBuilder<unknown>["execute"]>[0], statement: RawBuilder<unknown>): Promise<void> {
  await statement.execute(db);
}

/** Reads the whole copy. @returns steps of the schema in it @throws {StorageError} `storage.failed`: it is damaged */
async function checked(file: string): Promise<number> {
  const copy = await openSqlite({ file, readOnly: true });
  try {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(copy.kysely);
    const found = rows.map((row) => row.integrity_check);
    if (found.join() !== "ok") throw new StorageError("storage.failed", `the backup is damaged: ${found[0]}`);
    const steps = await sql<{ n: number }>`select count(*) as n from rk_migrations`.execute(copy.kysely);
    return Number(steps.rows[0]?.n ?? 0);
  } finally {
    await copy.close();
  }
}

async function onDisk(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** A folder that is not there or is closed is a matter of the argument. */
function cannotBeWritten(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!/^E[A-Z]+$/.test(code)) return error;
  return new ConfigError("config.invalid", "file", `the backup cannot be written (${code})`, { cause: error });
}
