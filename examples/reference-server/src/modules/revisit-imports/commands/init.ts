import { createRecallKit, InputError, systemClock } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type AddCommand, type CommandContext, commandGroup, refusal } from "../../../cli/command.js";
import { withStores } from "../../../cli/schema-state.js";
import { commandConfig } from "../../../cli/server-context.js";
import { type OuterStore, prepareStores, STORE_NAMES } from "../../projections/service.js";
import { loadSampleInstitutions } from "../sample.js";
import { LEDGER_NAMES } from "../store-lines.js";
import { dropTables, finishedBackup, nameToType } from "./rebuild.js";

interface Flags {
  readonly skipPostgres?: boolean;
  readonly skipNebula?: boolean;
  readonly skipClickhouse?: boolean;
  readonly skipQdrant?: boolean;
  readonly sampleData?: boolean;
  readonly forceRebuild?: boolean;
  readonly confirm?: string;
  readonly backup?: string;
}

/** `revisit init`: makes the ledger and what the other stores need. */
export const addInit: AddCommand = (program, { say, action }) => {
  const skip = (name: string) => say(`跳过 ${name}`, `leave ${name} alone`);
  commandGroup(program, "revisit", say("客户回访", "customer revisits"))
    .command("init")
    .description(say("初始化数据库：表结构、图谱空间、集合", "make the schema, and what the other stores need"))
    .option("--skip-postgres", skip(say("PostgreSQL（账本）", "PostgreSQL (the ledger)")))
    .option("--skip-nebula", skip("NebulaGraph"))
    .option("--skip-clickhouse", skip("ClickHouse"))
    .option("--skip-qdrant", skip("Qdrant"))
    .option("--sample-data", say("插入示例数据（仅开发环境）", "add sample data (not in production)"))
    .option("--force-rebuild", say("强制重建：删除所有现有数据", "make everything anew: all data goes"))
    .option("--confirm <name>", say("强制重建时键入数据库名", "the database's name, typed for --force-rebuild"))
    .option(
      "--backup <file>",
      say("强制重建前的完整备份（SQLite 自动备份）", "complete dump taken before (SQLite makes its own)"),
    )
    .action(action((context, flags: Flags) => init(context, flags)));
};

async function init(context: CommandContext, flags: Flags): Promise<void> {
  const config = commandConfig(context);
  const { forceRebuild: anew = false, sampleData = false } = flags;
  if (config.isProduction && (anew || sampleData)) {
    const option = anew ? "--force-rebuild" : "--sample-data";
    throw refusal("rebuild.refused", `${option} is refused with NODE_ENV=production`);
  }
  const setting = context.database();
  const ledger = LEDGER_NAMES[setting.engine];
  const name = nameToType(setting);
  if (anew && flags.confirm !== name) {
    const message = context.say(`请用 --confirm ${name} 确认`, `confirm with --confirm ${name}`);
    throw new InputError([{ path: "confirm", code: "rebuild.unconfirmed", message }]);
  }
  const transport = undiciTransport();
  try {
    await withStores(context, async (stores) => {
      const told: {
        readonly name: string;
        readonly state: "ok" | "failing" | "off" | "skipped";
        readonly detail: string;
      }[] = [];
      let backup: string | null = null;
      if (flags.skipPostgres) told.push({ name: ledger, state: "skipped", detail: "" });
      else {
        if (anew && !(await stores.isEmpty())) {
          backup = await finishedBackup(context, stores, { dataDir: config.dataDir, given: flags.backup });
          await dropTables(stores, setting);
        }
        const applied = await stores.migrate();
        told.push({ name: ledger, state: "ok", detail: String(applied.length) });
      }
      const skip = (Object.keys(STORE_NAMES) as OuterStore[]).filter((store) => flags[SKIP[store]]);
      const parts = { stores, transport, settings: config.projections };
      for (const { store, state, detail } of await prepareStores(parts, { anew, skip }))
        told.push({ name: STORE_NAMES[store], state: skip.includes(store) ? "skipped" : state, detail });
      const sample = sampleData ? await addSample(stores) : null;
      context.answer({ stores: told, backup, sample }, () =>
        [
          ...told.map((line) => lineText(context, line)),
          ...(backup ? [`${context.say("备份", "backup")}: ${backup}`] : []),
          ...(sample ? [context.say(`示例数据：${sample.rows} 条`, `sample data: ${sample.rows} rows`)] : []),
        ].join("\n"),
      );
      const failing = told.filter(({ state }) => state === "failing");
      if (failing.length > 0)
        throw refusal("doctor.missing", `not ready: ${failing.map((one) => one.name).join(", ")}`);
    });
  } finally {
    await transport.close();
  }
}

const SKIP = { nebula: "skipNebula", clickhouse: "skipClickhouse", qdrant: "skipQdrant" } as const;

async function addSample(stores: SqlStores) {
  const kit = createRecallKit({ stores });
  return loadSampleInstitutions({ stores, kit, clock: systemClock });
}

function lineText(
  { say }: CommandContext,
  { name, state, detail }: { readonly name: string; readonly state: string; readonly detail: string },
): string {
  const own = name === "Qdrant" ? say("Qdrant向量数据库", "Qdrant") : name;
  if (state === "ok") return `✅ ${own}${say("初始化完成", " is ready")}`;
  if (state === "failing") return `❌ ${own}: ${detail}`;
  return `○ ${own}: ${state === "skipped" ? say("已跳过", "left alone") : say("未启用", "not enabled")}`;
}
