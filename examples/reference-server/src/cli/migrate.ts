import { systemClock } from "@recallkit/core";
import { migrationSql, recallkitMigrations } from "@recallkit/storage-adapters/migrations";
import { moduleMigrations } from "../app.js";
import { type AddCommand, type CommandContext, wholeNumber } from "./command.js";
import { migrationPlan, type PlannedStep } from "./migration-plan.js";
import { mayExist, schemaState, withStores } from "./schema-state.js";

/** `migrate up|status|sql`. */
export const addMigrate: AddCommand = (program, { say, action }) => {
  const migrate = program.command("migrate").description(say("数据库表结构", "database schema"));
  migrate
    .command("up")
    .description(say("升级到当前版本", "bring the schema up to this version"))
    .option("--plan", say("只列出要做的修改，不执行", "show what would be done, change nothing"))
    .option(
      "--lock-timeout <ms>",
      say("等待他人持有的锁的最长时间，之后重试，共五次", "longest wait for a lock of others, five times in all"),
      wholeNumber(100, 600_000),
      5000,
    )
    .action(action((context, options: UpOptions) => (options.plan ? plan(context) : up(context, options))));
  migrate
    .command("status")
    .description(say("查看表结构状态，不做任何修改", "show how the schema stands, change nothing"))
    .action(action((context) => status(context)));
  migrate
    .command("sql")
    .description(say("与 `generate sql` 相同", "the same as `generate sql`"))
    .action(action((context) => sql(context)));
};

interface UpOptions {
  readonly plan?: boolean;
  readonly lockTimeout: number;
}

/** Shows what a migration would do. */
async function plan(context: CommandContext): Promise<void> {
  const steps = mayExist(context.database()) ? await withStores(context, migrationPlan) : [];
  context.answer({ steps }, () =>
    steps.length === 0
      ? context.say("表结构已是最新，或数据库尚不存在", "the schema is up to date, or there is no database yet")
      : steps.map((step) => planText(context, step)).join("\n"),
  );
}

function planText({ say }: CommandContext, { set, step, name, keeps_older, changes }: PlannedStep): string {
  const older = keeps_older
    ? say("旧版本可同时运行", "older versions may run beside it")
    : say("之后旧版本不能启动", "older versions do not start after it");
  const lines = changes.map(({ kind, table, rows }) => {
    const size = rows === null ? "" : say(`，现有 ${rows} 行`, `, ${rows} rows`);
    return `  ${kind} ${table ?? ""}${size}`.trimEnd();
  });
  return [`${set}/${step} ${name} (${older})`, ...lines].join("\n");
}

async function up(context: CommandContext, { lockTimeout }: UpOptions): Promise<void> {
  const options = { lockTimeoutMs: lockTimeout };
  const applied = await withStores(context, (stores) => stores.migrate(undefined, options));
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
