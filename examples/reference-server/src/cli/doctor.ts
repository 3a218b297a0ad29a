import { constants } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { openRedis, redisScript } from "@recallkit/storage-adapters/redis";
import { openSqlite } from "@recallkit/storage-adapters/sqlite";
import { modules } from "../app.js";
import { openToOthers } from "../config/data-folder.js";
import { readConfig, type ServerConfig } from "../config.js";
import { type Check, checkInside, told } from "./check.js";
import { type AddCommand, type CommandContext, refusal } from "./command.js";
import { figureChecks } from "./figure-checks.js";
import type { Say } from "./io.js";
import { schemaState } from "./schema-state.js";
import { alignedTable } from "./table.js";

const LEAST_FREE_BYTES = 100 * 1024 * 1024;

/** `doctor`: what is configured, reachable, missing. */
export const addDoctor: AddCommand = (program, { say, action }) => {
  program
    .command("doctor")
    .description(say("检查环境：已配置、可连通、缺什么", "check what is configured, reachable, missing"))
    .option(
      "--deep",
      say(
        "把保存的统计数字与明细重新计算比对（读取整张表）",
        "compare kept figures with their rows, counted anew (reads whole tables)",
      ),
    )
    .action(action((context, { deep = false }: { readonly deep?: boolean }) => doctor(context, deep)));
};

async function doctor(context: CommandContext, isDeep: boolean): Promise<void> {
  const { config, check: environment } = environmentCheck(context);
  const checks = [
    nodeCheck(context.say),
    await sqliteCheck(context.say),
    environment,
    await databaseCheck(context),
    await settingsCheck(context),
    await diskCheck(context, config),
    ...(config
      ? [
          await folderCheck(config, context.say),
          secretCheck(config, context.say),
          await redisCheck(config, context.say),
          ...(await moduleChecks(context, config)),
        ]
      : []),
    ...(isDeep ? await figureChecks(context) : []),
  ];
  const missing = checks.filter(({ status, required }) => required && status !== "ok");
  context.answer({ ok: missing.length === 0, checks }, () =>
    alignedTable(
      checks.map(({ name, status, required, detail }) => [
        name,
        `${statusWord(status, context.say)}${required ? "" : context.say("（可选）", " (optional)")}`,
        detail,
      ]),
    ),
  );
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(", ");
    throw refusal("doctor.missing", context.say(`尚未就绪：${names}`, `not ready: ${names}`));
  }
}

/** What the modules look at, in their order. */
async function moduleChecks(context: CommandContext, config: ServerConfig): Promise<readonly Check[]> {
  const loaded = await Promise.all(modules.map(async ({ checks }) => (await checks?.())?.checks ?? []));
  const found: Check[] = [];
  for (const look of loaded.flat()) found.push(await look(context, config));
  return found;
}

function nodeCheck(say: Say): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isEnough = major > 20 || (major === 20 && minor >= 19);
  return {
    name: "node",
    status: isEnough ? "ok" : "missing",
    required: true,
    detail: `${process.versions.node}${say("，需要 >= 20.19", ", needs >= 20.19")}`,
  };
}

async function sqliteCheck(say: Say): Promise<Check> {
  const base = { name: "sqlite", required: true } as const;
  try {
    const database = await openSqlite({ file: ":memory:" });
    await database.close();
    return { ...base, status: "ok", detail: say("驱动可用", "a driver is there") };
  } catch (error) {
    return { ...base, status: "missing", detail: told(error) };
  }
}

function environmentCheck({ io, databaseUrl, say }: CommandContext): {
  readonly config: ServerConfig | undefined;
  readonly check: Check;
} {
  const base = { name: "environment", required: true } as const;
  try {
    const config = readConfig({ ...io.env, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) });
    return {
      config,
      check: {
        ...base,
        status: "ok",
        detail: config.isProduction ? say("生产环境", "production") : say("开发环境", "development"),
      },
    };
  } catch (error) {
    return { config: undefined, check: { ...base, status: "missing", detail: told(error) } };
  }
}

async function databaseCheck(context: CommandContext): Promise<Check> {
  const base = { name: "database", required: true } as const;
  try {
    const { state, file, pending } = await schemaState(context);
    const detail = `${file}: ${stateWord(state, context.say)}`;
    if (state === "missing")
      return { ...base, status: "ok", detail: `${detail}${context.say("，首次使用时建立", "; made on first use")}` };
    if (state === "outdated") {
      return {
        ...base,
        status: "missing",
        detail: `${detail}${context.say(`，缺 ${pending.length} 步，请运行 recallkit migrate up`, `, lacks ${pending.length} steps; run \`recallkit migrate up\``)}`,
      };
    }
    return { ...base, status: state === "newer" ? "missing" : "ok", detail };
  } catch (error) {
    return { ...base, status: "unreachable", detail: told(error) };
  }
}

async function diskCheck(context: CommandContext, config: ServerConfig | undefined): Promise<Check> {
  const base = { name: "disk", required: true } as const;
  try {
    const database = context.database();
    const besideFile = database.engine === "sqlite" ? dirname(database.file) : ".";
    const folder = await nearestFolder(resolve(config?.dataDir ?? besideFile));
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = Number(bavail) * Number(bsize);
    const megabytes = Math.floor(free / 1024 / 1024);
    const detail = context.say(`${folder}：剩余 ${megabytes} MB`, `${folder}: ${megabytes} MB free`);
    return { ...base, status: free < LEAST_FREE_BYTES ? "missing" : "ok", detail };
  } catch (error) {
    return { ...base, status: "unreachable", detail: told(error) };
  }
}

/** The folder itself, or the first one above it that exists. */
async function nearestFolder(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  return isThere || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

/** Whether the database server keeps what was committed. */
function settingsCheck(context: CommandContext): Promise<Check> {
  return checkInside(context, "database-settings", async (stores) => {
    const weak = (await stores.checkSettings()).filter(({ isMet }) => !isMet);
    if (weak.length === 0) return { status: "ok", detail: context.say("已提交的不会丢失", "what was committed stays") };
    const faults = weak.map(({ setting, value, needed }) =>
      context.say(`${setting} 为 ${value}，需要 ${needed}`, `${setting} is ${value}, needed: ${needed}`),
    );
    return { status: "missing", detail: faults.join("; ") };
  });
}

/** Whether others can read what the server keeps; it takes their rights away when it starts. */
async function folderCheck({ dataDir }: ServerConfig, say: Say): Promise<Check> {
  const base = { name: "data-folder", required: false } as const;
  const open = await openToOthers(dataDir);
  if (open.length === 0)
    return { ...base, status: "ok", detail: say(`${dataDir}：仅所有者可读`, `${dataDir}: its owner's only`) };
  const names = open.map(({ path }) => path).join(", ");
  return {
    ...base,
    status: "warning",
    detail: say(
      `其他用户可读 ${names}：请对目录 chmod 700，对文件 chmod 600`,
      `others may read ${names}: chmod 700 the folder, 600 its files`,
    ),
  };
}

function secretCheck({ secretKey, dataDir }: ServerConfig, say: Say): Check {
  const detail =
    secretKey === undefined ? say(`保存在 ${dataDir}/secret.key`, `kept in ${dataDir}/secret.key`) : "SECRET_KEY";
  return { name: "secret-key", status: "ok", required: true, detail };
}

async function redisCheck({ redisUrl }: ServerConfig, say: Say): Promise<Check> {
  const base = { name: "redis", required: false } as const;
  if (redisUrl === undefined) {
    return {
      ...base,
      status: "not-configured",
      detail: say(
        "未设置 REDIS_URL：各进程各自保存访问凭证",
        "REDIS_URL is not set: each process keeps its own access tokens",
      ),
    };
  }
  const redis = await openRedis({ url: redisUrl });
  try {
    await redis.run(redisScript("return 1"), "doctor", []);
    return { ...base, status: "ok", detail: say("有应答", "it answers") };
  } catch (error) {
    return { ...base, status: "unreachable", detail: told(error) };
  } finally {
    await redis.close();
  }
}

const STATUS_WORDS: Readonly<Record<Check["status"], string>> = {
  ok: "正常",
  warning: "警告",
  missing: "缺失",
  unreachable: "无法连接",
  "not-configured": "未配置",
};

function statusWord(status: Check["status"], say: Say): string {
  return say(STATUS_WORDS[status], status);
}

const STATE_WORDS: Readonly<Record<string, string>> = {
  current: "表结构为最新",
  missing: "不存在",
  outdated: "表结构过旧",
  newer: "表结构比程序新",
  empty: "空数据库",
};

/** How the schema stands, in the language of the command. */
export function stateWord(state: string, say: Say): string {
  return say(STATE_WORDS[state] ?? state, state);
}
