import { ConfigError } from "@recallkit/core";
import { type CopiedTable, copyTenant } from "@recallkit/storage-adapters/copy";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { moduleMigrations, modules } from "../app.js";
import { databaseName, parseDatabaseUrl } from "../config/database-url.js";
import { copyUsers } from "../modules/auth/service.js";
import { openStoresAt } from "../open-stores.js";
import type { AddCommand, CommandContext } from "./command.js";
import { openStores } from "./database.js";
import { progressDisplay } from "./progress.js";
import { alignedTable } from "./table.js";

interface CopyFlags {
  readonly from: string;
  readonly to: string;
}

/** `copy --from URL --to URL`. */
export const addCopy: AddCommand = (program, { say, action }) => {
  program
    .command("copy")
    .description(
      say(
        "把 --tenant 指定的商户复制到另一个数据库，并核对两边",
        "copy the tenant of --tenant to another database, and compare both",
      ),
    )
    .requiredOption("--from <url>", say("来源数据库", "database to copy from"))
    .requiredOption(
      "--to <url>",
      say("目标数据库；空库会自动建表", "database to copy to; an empty one gets its schema"),
    )
    .action(action((context, flags: CopyFlags) => copy(context, flags)));
};

async function copy(context: CommandContext, flags: CopyFlags): Promise<void> {
  const [source, target] = [settingOf("--from", flags.from), settingOf("--to", flags.to)];
  if (databaseName(source) === databaseName(target)) {
    throw new ConfigError("config.invalid", "--to", "--to is the database of --from");
  }
  const from = await openStoresAt(source, { sets: moduleMigrations });
  try {
    await from.assertMigrated();
    const to = await openStores(context, target);
    try {
      answer(context, await copyAll(context, from, to));
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function copyAll(context: CommandContext, from: SqlStores, to: SqlStores): Promise<readonly CopiedTable[]> {
  const progress = progressDisplay(context.io);
  try {
    const copied = await copyTenant(from, to, context.tenantId, {
      tables: modules.flatMap(({ tenantTables }) => tenantTables ?? []),
      signal: context.io.signal,
      onProgress: ({ phase, table, done, total }) => {
        const label = phase === "copy" ? context.say("复制", "copy") : context.say("核对", "compare");
        progress.show(`${label} ${table}`, done, total);
      },
    });
    progress.finish();
    await copyUsers(from, to, context.tenantId);
    return copied;
  } finally {
    progress.stop();
  }
}

function answer(context: CommandContext, copied: readonly CopiedTable[]): void {
  const rows = copied.filter(({ rows }) => rows > 0);
  context.answer({ tenant_id: context.tenantId, tables: rows }, () =>
    [
      alignedTable(rows.map(({ table, rows, sha256 }) => [table, String(rows), sha256.slice(0, 12)])),
      context.say(
        "两边一致。新服务必须使用同一个 SECRET_KEY；旧服务不要再启动，否则会重复发送。",
        "both sides are equal. The new server needs the same SECRET_KEY; do not start the old one again, it would send twice.",
      ),
    ].join("\n"),
  );
}

function settingOf(option: string, url: string) {
  const setting = parseDatabaseUrl(url);
  if (typeof setting !== "string") return setting;
  throw new ConfigError("config.invalid", option, `${option}: ${setting}`);
}
