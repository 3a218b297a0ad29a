import { existsSync } from "node:fs";
import { systemClock } from "@recallkit/core";
import { migrationSql, recallkitMigrations } from "@recallkit/storage-adapters/migrations";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { moduleMigrations } from "../app.js";
import { type DatabaseSetting, databaseName } from "../config/database-url.js";
import { openStoresAt } from "../open-stores.js";
import type { AddCommand, CommandContext } from "./command.js";

/** `migrate up|status|sql`. */
export const addMigrate: AddCommand = (program, { say, action }) => {
  const migrate = program.command("migrate").description(say("数据库表结构", "database schema"));
  migrate
    .command("up")
    .description(say("升级到当前版本", "bring the schema up to this version"))
    .action(action((context) => up(context)));
  migrate
    .command("status")
    .description(say("查看表结构状态，不做任何修改", "show how the schema stands, change nothing"))
    .action(action((context) => status(context)));
  migrate
    .command("sql")
    .description(say("打印尚未执行的 SQL，供 DBA 手工执行", "print the pending statements for a DBA"))
    .action(action((context) => sql(context)));
};

async function up(context: CommandContext): Promise<void> {
  const applied = await withStores(context, (stores) => stores.migrate());
  const steps = applied.map(({ setId, step, name }) => ({ set: setId, step, name }));
  context.answer({ applied: steps }, () =>
    steps.length === 0
      ? context.say("表结构已是最新", "the schema is up to date")
      : steps.map(({ set, step, name }) => `${set}/${step} ${name}`).join("\n"),
  );
}

async function status(context: CommandContext): Promise<void> {
  const answer = await schemaState(context);
  context.answer(answer, () =>
    `${answer.state}\n${answer.pending.map((step) => `pending ${step}`).join("\n")}`.trimEnd(),
  );
}

/** How the schema of the command's database stands. A file that does not exist is not made. */
export async function schemaState(context: CommandContext) {
  const setting = context.database();
  const file = databaseName(setting);
  if (!mayExist(setting)) return { state: "missing" as const, file, applied: 0, pending: [], newer: [] };
  return withStores(context, async (stores) => {
    const isEmpty = await stores.isEmpty();
    const { applied, pending, newer } = await stores.migrationStatus();
    const state = isEmpty ? "empty" : newer.length > 0 ? "newer" : pending.length > 0 ? "outdated" : "current";
    const names = (steps: readonly { setId: string; step: number; name: string }[]) =>
      steps.map(({ setId, step, name }) => `${setId}/${step} ${name}`);
    return {
      state: state as "empty" | "newer" | "outdated" | "current",
      file,
      applied: applied.length,
      pending: names(pending),
      newer: names(newer),
    };
  });
}

async function sql(context: CommandContext): Promise<void> {
  const sets = [recallkitMigrations, ...moduleMigrations];
  const setting = context.database();
  const pending = mayExist(setting)
    ? await withStores(context, async (stores) => (await stores.migrationStatus()).pending)
    : undefined;
  const appliedAt = systemClock.now();
  const script =
    pending?.length === 0 ? "" : migrationSql(sets, setting.engine, { appliedAt, ...(pending && { pending }) });
  context.answer({ sql: script }, () => script.trimEnd());
}

/** A file may be looked for without making it; a server is asked. */
function mayExist(setting: DatabaseSetting): boolean {
  return setting.engine !== "sqlite" || existsSync(setting.file);
}

async function withStores<T>(context: CommandContext, work: (stores: SqlStores) => Promise<T>): Promise<T> {
  const stores = await openStoresAt(context.database(), { sets: moduleMigrations });
  try {
    return await work(stores);
  } finally {
    await stores.close();
  }
}
