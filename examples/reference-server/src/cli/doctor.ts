import { constants } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { BOOTSTRAP_TENANT_ID, NotFoundError, RecallKitError } from "@recallkit/core";
import { openRedis, redisScript } from "@recallkit/storage-adapters/redis";
import { openSqlite, type SqlStores } from "@recallkit/storage-adapters/sqlite";
import { wecomClient } from "@recallkit/wecom";
import { openToOthers } from "../config/data-folder.js";
import { readConfig, type ServerConfig, type WecomCredentials } from "../config.js";
import { openWecomAccount, unreadableAccounts } from "../modules/tenants/service.js";
import { type AddCommand, type CommandContext, refusal } from "./command.js";
import { openStores } from "./database.js";
import { schemaState } from "./migrate.js";
import { accountContext } from "./server-context.js";
import { alignedTable } from "./table.js";

/** One thing looked at. `not-configured` is no fault by itself; `warning` works, but should not stay so. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "warning" | "missing" | "unreachable" | "not-configured";
  /** Nothing works without it. */
  readonly required: boolean;
  readonly detail: string;
}

const WECOM_TIMEOUT_MS = 10_000;
const LEAST_FREE_BYTES = 100 * 1024 * 1024;

/** `doctor`: what is configured, reachable, missing. */
export const addDoctor: AddCommand = (program, { say, action }) => {
  program
    .command("doctor")
    .description(say("检查环境：已配置、可连通、缺什么", "check what is configured, reachable, missing"))
    .action(action((context) => doctor(context)));
};

async function doctor(context: CommandContext): Promise<void> {
  const { config, check: environment } = environmentCheck(context);
  const checks = [
    nodeCheck(),
    await sqliteCheck(),
    environment,
    await databaseCheck(context),
    await settingsCheck(context),
    await diskCheck(context, config),
    ...(config
      ? [
          await folderCheck(config),
          secretCheck(config),
          await accountsCheck(context),
          await redisCheck(config),
          await wecomCheck(context, config),
        ]
      : []),
  ];
  const missing = checks.filter(({ status, required }) => required && status !== "ok");
  context.answer({ ok: missing.length === 0, checks }, () =>
    alignedTable(
      checks.map(({ name, status, required, detail }) => [name, `${status}${required ? "" : " (optional)"}`, detail]),
    ),
  );
  if (missing.length > 0) throw refusal("doctor.missing", `not ready: ${missing.map(({ name }) => name).join(", ")}`);
}

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isEnough = major > 20 || (major === 20 && minor >= 19);
  return {
    name: "node",
    status: isEnough ? "ok" : "missing",
    required: true,
    detail: `${process.versions.node}, needs >= 20.19`,
  };
}

async function sqliteCheck(): Promise<Check> {
  const base = { name: "sqlite", required: true } as const;
  try {
    const database = await openSqlite({ file: ":memory:" });
    await database.close();
    return { ...base, status: "ok", detail: "a driver is there" };
  } catch (error) {
    return { ...base, status: "missing", detail: told(error) };
  }
}

function environmentCheck({ io, databaseUrl }: CommandContext): {
  readonly config: ServerConfig | undefined;
  readonly check: Check;
} {
  const base = { name: "environment", required: true } as const;
  try {
    const config = readConfig({ ...io.env, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) });
    return { config, check: { ...base, status: "ok", detail: config.isProduction ? "production" : "development" } };
  } catch (error) {
    return { config: undefined, check: { ...base, status: "missing", detail: told(error) } };
  }
}

async function databaseCheck(context: CommandContext): Promise<Check> {
  const base = { name: "database", required: true } as const;
  try {
    const { state, file, pending } = await schemaState(context);
    const detail = `${file}: ${state}`;
    if (state === "missing") return { ...base, status: "ok", detail: `${detail}; made on first use` };
    if (state === "outdated") {
      return {
        ...base,
        status: "missing",
        detail: `${detail}, lacks ${pending.length} steps; run \`recallkit migrate up\``,
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
    const detail = `${folder}: ${Math.floor(free / 1024 / 1024)} MB free`;
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
    if (weak.length === 0) return { status: "ok", detail: "what was committed stays" };
    const faults = weak.map(({ setting, value, needed }) => `${setting} is ${value}, needed: ${needed}`);
    return { status: "missing", detail: faults.join("; ") };
  });
}

/** Looks at something in the database; one that is not there yet, or not up to date, has a line of its own. */
async function checkInside(
  context: CommandContext,
  name: string,
  look: (stores: SqlStores) => Promise<Pick<Check, "status" | "detail">>,
): Promise<Check> {
  try {
    if ((await schemaState(context)).state !== "current") {
      const detail = "looked at once the database is up to date";
      return { name, required: false, status: "not-configured", detail };
    }
    const stores = await openStores(context);
    try {
      return { name, required: true, ...(await look(stores)) };
    } finally {
      await stores.close();
    }
  } catch (error) {
    return { name, required: true, status: "unreachable", detail: told(error) };
  }
}

/** Whether others can read what the server keeps; it takes their rights away when it starts. */
async function folderCheck({ dataDir }: ServerConfig): Promise<Check> {
  const base = { name: "data-folder", required: false } as const;
  const open = await openToOthers(dataDir);
  if (open.length === 0) return { ...base, status: "ok", detail: `${dataDir}: its owner's only` };
  const names = open.map(({ path }) => path).join(", ");
  return { ...base, status: "warning", detail: `others may read ${names}: chmod 700 the folder, 600 its files` };
}

function secretCheck({ secretKey, dataDir }: ServerConfig): Check {
  const detail = secretKey === undefined ? `kept in ${dataDir}/secret.key` : "SECRET_KEY";
  return { name: "secret-key", status: "ok", required: true, detail };
}

/** Whether the secrets of all tenants' accounts can be opened. */
function accountsCheck(context: CommandContext): Promise<Check> {
  return checkInside(context, "channel-accounts", async (stores) => {
    const unreadable = await unreadableAccounts(await accountContext(context, stores));
    if (unreadable.length === 0) return { status: "ok", detail: "every sealed secret opens" };
    const detail = `sealed under another key: ${unreadable.join(", ")}; put it into SECRET_KEY_PREVIOUS`;
    return { status: "missing", detail };
  });
}

async function redisCheck({ redisUrl }: ServerConfig): Promise<Check> {
  const base = { name: "redis", required: false } as const;
  if (redisUrl === undefined) {
    return {
      ...base,
      status: "not-configured",
      detail: "REDIS_URL is not set: each process keeps its own access tokens",
    };
  }
  const redis = await openRedis({ url: redisUrl });
  try {
    await redis.run(redisScript("return 1"), "doctor", []);
    return { ...base, status: "ok", detail: "it answers" };
  } catch (error) {
    return { ...base, status: "unreachable", detail: told(error) };
  } finally {
    await redis.close();
  }
}

/** Tries the account that the tenant's batches go out with. */
async function wecomCheck(context: CommandContext, config: ServerConfig): Promise<Check> {
  const name = "wecom";
  try {
    const account = await accountOf(context, config);
    const required = config.isProduction || account !== undefined;
    if (!account) return { name, required, status: "not-configured", detail: withoutAccount(context, config) };
    await wecomClient({ ...account, timeoutMs: WECOM_TIMEOUT_MS }).accessToken({
      signal: AbortSignal.timeout(2 * WECOM_TIMEOUT_MS),
    });
    return { name, required, status: "ok", detail: `tenant ${context.tenantId}: an access token was obtained` };
  } catch (error) {
    return { name, required: true, status: "unreachable", detail: `tenant ${context.tenantId}: ${told(error)}` };
  }
}

/** The account kept for the tenant; else, for the first tenant, that of the environment. */
async function accountOf(
  context: CommandContext,
  config: ServerConfig,
): Promise<Pick<WecomCredentials, "corpId" | "secret" | "baseUrl"> | undefined> {
  const { tenantId } = context;
  if ((await schemaState(context)).state === "current") {
    const stores = await openStores(context);
    try {
      if (!(await stores.tenants.get(tenantId))) throw new NotFoundError("tenant.not-found", `no tenant ${tenantId}`);
      const kept = await openWecomAccount(await accountContext(context, stores), tenantId);
      if (kept) return { corpId: kept.corpId, secret: kept.secret, baseUrl: config.wecom?.baseUrl };
    } finally {
      await stores.close();
    }
  }
  return tenantId === BOOTSTRAP_TENANT_ID ? config.wecom : undefined;
}

function withoutAccount({ tenantId }: CommandContext, { usesSimulators }: ServerConfig): string {
  if (tenantId !== BOOTSTRAP_TENANT_ID)
    return `tenant ${tenantId} has no account; run \`recallkit channels set-wecom\``;
  if (usesSimulators) return "no WECOM_CORP_ID and WECOM_SECRET: the simulator is used";
  return "WECOM_CORP_ID and WECOM_SECRET are not set";
}

function told(error: unknown): string {
  if (!RecallKitError.is(error)) return error instanceof Error ? error.message : "unknown";
  return `${error.code}: ${error.message.replace(/\s*\n\s*/g, "; ")}${error.hint === undefined ? "" : ` (${error.hint})`}`;
}
