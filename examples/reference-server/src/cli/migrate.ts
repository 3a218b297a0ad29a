import { systemClock } from "@recallkit/core";
import { migrationSql, recallkitMigrations } from "@recallkit/storage-adapters/migrations";
import { moduleMigrations } from "../app.js";
import type { AddCommand, CommandContext } from "./command.js";
import { mayExist, schemaState, withStores } from "./schema-state.js";

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
    .description(say("与 `generate sql` 相同", "the same as `generate sql`"))
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

/** Prints the statements that the database still lacks. */
export async function sql(context: CommandContext): Promise<void> {
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
