import { HttpError } from "@recallkit/http";
import { migrationPlan } from "../../cli/migration-plan.js";
import { databaseName } from "../../config/database-url.js";
import type { ServerContext } from "../../frame/context.js";
import { serverRoute } from "../../frame/server-module.js";
import { type OuterStore, prepareStores, STORE_NAMES } from "../projections/service.js";
import { backUpFile, loadSampleInstitutions, storeLines, storeText } from "../revisit-imports/service.js";
import { backupSchema, doctorSchema, migratedSchema, migrationsSchema, prepareBody, preparedSchema } from "./schema.js";

const facts = { tags: ["启动台 / Launcher"] } as const;
const reads = { ...facts, method: "get", auth: "launcher:read" } as const;
const writes = { ...facts, method: "post", auth: "launcher:write", effects: "outside" } as const;
const line = { name: "PostgreSQL", state: "ok", detail: "Connected" } as const;
const step = { set: "recallkit", step: 12, name: "rules" };

const partsOf = ({ stores, transport, config }: ServerContext) => ({ stores, transport, settings: config.projections });

/** `/api/ops/doctor`, `/api/ops/migrations`, `/api/ops/stores`, `/api/ops/backups`: what the launcher looks at and prepares. */
export const launcherRoutes = [
  serverRoute({
    ...reads,
    path: "/api/ops/doctor",
    summary: "系统检查 / System check",
    description: "四个存储各自的状态；off 为可选且未启用，由账本代替。",
    response: doctorSchema,
    example: {
      response: {
        ...{ ok: true, environment: "development", role: "all" },
        database: { engine: "sqlite", name: "recall.db" },
        checks: [line],
      },
    },
    async handler({ context, language }) {
      const { config, role } = context;
      const say = (zh: string, en: string) => (language === "en" ? en : zh);
      const lines = await storeLines(config.database.engine, partsOf(context));
      const weak = (await context.stores.checkSettings()).filter(({ isMet }) => !isMet);
      const settings = weak.map(({ setting, value, needed }) => ({
        name: setting,
        state: "failing" as const,
        detail: say(`为 ${value}，需要 ${needed}`, `is ${value}, needed: ${needed}`),
      }));
      const checks = [
        ...lines.map((one) => ({ ...one, detail: one.state === "ok" ? storeText(one, say) : one.detail })),
        ...settings,
        { name: "Node.js", state: "ok" as const, detail: process.versions.node },
      ];
      return {
        ok: checks.every(({ state }) => state !== "failing"),
        environment: config.isProduction ? ("production" as const) : ("development" as const),
        role,
        database: { engine: config.database.engine, name: nameOf(context) },
        checks,
      };
    },
  }),
  serverRoute({
    ...reads,
    path: "/api/ops/migrations",
    summary: "待执行的结构修改 / Migrations that wait",
    description: "只列出，不执行；rows 为现有行数。",
    response: migrationsSchema,
    example: {
      response: {
        applied: 120,
        pending: [{ ...step, keeps_older: true, changes: [{ kind: "create-table", table: "rk_rules", rows: null }] }],
      },
    },
    async handler({ context: { stores } }) {
      const { applied } = await stores.migrationStatus();
      const pending = await migrationPlan(stores);
      return {
        applied: applied.length,
        pending: pending.map(({ changes, ...one }) => ({ ...one, changes: changes.map((change) => ({ ...change })) })),
      };
    },
  }),
  serverRoute({
    ...writes,
    path: "/api/ops/migrations",
    summary: "执行结构修改 / Run the migrations that wait",
    response: migratedSchema,
    example: { response: { applied: [step] } },
    async handler({ context: { stores } }) {
      const applied = await stores.migrate();
      return { applied: applied.map(({ setId, step, name }) => ({ set: setId, step, name })) };
    },
  }),
  serverRoute({
    ...writes,
    path: "/api/ops/stores",
    summary: "初始化数据库 / Prepare the stores",
    description: "账本的表结构，以及已配置的图谱空间、集合；skip 中的不动。示例数据仅开发环境。",
    request: { body: prepareBody },
    response: preparedSchema,
    errors: { 403: { description: "生产环境不允许示例数据 / no sample data in production" } },
    example: { request: { skip: ["nebula"] }, response: { stores: [line], sample_rows: null } },
    async handler({ body: { skip = [], sample_data: hasSample = false }, context }) {
      const { stores, kit, clock, config } = context;
      if (hasSample && config.isProduction) throw new HttpError(403, "rebuild.refused");
      const applied = await stores.migrate();
      const [ledger] = await storeLines(config.database.engine, partsOf(context));
      const outer = await prepareStores(partsOf(context), { anew: false, skip });
      const sample = hasSample ? await loadSampleInstitutions({ stores, kit, clock }) : undefined;
      return {
        stores: [
          ...(ledger ? [{ ...ledger, detail: String(applied.length) }] : []),
          ...outer.map(({ store, state, detail }) => ({
            name: STORE_NAMES[store],
            state: skip.includes(store satisfies OuterStore) ? ("skipped" as const) : state,
            detail,
          })),
        ],
        sample_rows: sample?.rows ?? null,
      };
    },
  }),
  serverRoute({
    ...writes,
    path: "/api/ops/backups",
    summary: "备份数据库 / Back the database up",
    description: "SQLite 完整复制到数据目录的 backups 中；服务器数据库用其自带工具。",
    response: backupSchema,
    errors: { 409: { description: "服务器数据库 / a database on a server" } },
    example: { response: { file: "data/backups/202601010900.db" } },
    async handler({ context: { stores, config, clock } }) {
      if (config.database.engine !== "sqlite") throw new HttpError(409, "rebuild.no-backup");
      return { file: await backUpFile(stores, { dataDir: config.dataDir, now: clock.now() }) };
    },
  }),
];

/** The last part of the database's address, as the command asks for it. */
function nameOf({ config }: Pick<ServerContext, "config">): string {
  return databaseName(config.database).split(/[\\/]/).at(-1) ?? "";
}
