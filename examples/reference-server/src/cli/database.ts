import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, createRecallKit, type RecallKit, type TenantKit } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { moduleMigrations, modules } from "../app.js";
import { type DatabaseSetting, databaseName, parseDatabaseUrl } from "../config/database-url.js";
import type { Environment } from "../config/environment.js";
import { personDataOf } from "../frame/server-module.js";
import { openStoresAt } from "../open-stores.js";
import type { CommandContext } from "./command.js";

/** The database that a command works on: `--db`, else `DATABASE_URL`, else the server's default file. */
export function databaseOf(db: string | undefined, env: Environment): DatabaseSetting {
  const given = db ?? (env.DATABASE_URL?.trim() || undefined);
  const setting = parseDatabaseUrl(given ?? `sqlite:${join(env.DATA_DIR?.trim() || "./data", "recallkit.db")}`);
  if (typeof setting !== "string") return setting;
  const option = db === undefined ? "DATABASE_URL" : "--db";
  throw new ConfigError("config.invalid", option, `${option}: ${setting}`);
}

/**
 * Opens the stores. An empty database gets its schema, which is told; any other must have the present one.
 *
 * @throws {StorageError} `storage.schema-outdated` with the command to run
 */
export async function openStores(
  context: CommandContext,
  setting: DatabaseSetting = context.database(),
): Promise<SqlStores> {
  const stores = await openStoresAt(setting, { sets: moduleMigrations });
  const name = databaseName(setting);
  try {
    if (await stores.isEmpty()) {
      await stores.migrate();
      context.note(context.say(`空数据库，已建立表结构：${name}`, `empty database, schema created: ${name}`));
    } else {
      await stores.assertMigrated();
    }
    return stores;
  } catch (error) {
    await stores.close();
    throw error;
  }
}

/** Works on one tenant of the command's database and closes it whatever happens. */
export async function withKit<T>(
  context: CommandContext,
  work: (kit: TenantKit, engine: RecallKit<SqlStores>) => Promise<T>,
): Promise<T> {
  const engine = createRecallKit({
    stores: await openStores(context),
    logger: context.logger,
    personData: personDataOf(modules),
  });
  try {
    const kit = engine.forTenant(context.tenantId);
    // Asked before any work, so that a wrong number is an error and not an empty answer.
    await kit.tenant();
    return await work(kit, engine);
  } finally {
    await engine.close();
  }
}

/**
 * Opens the stores of commands about what is there already: a database that is not there is told, and none is made, for it
 * is a mistake in its name.
 *
 * @throws {ConfigError} `config.invalid`: there is no such database, or an empty one
 * @throws {StorageError} `storage.schema-outdated` with the command to run
 */
export async function openExisting(context: CommandContext): Promise<SqlStores> {
  const setting = context.database();
  const missing = () => noDatabase(context, databaseName(setting));
  if (setting.engine === "sqlite" && !existsSync(setting.file)) throw missing();
  const stores = await openStoresAt(setting, { sets: moduleMigrations });
  try {
    if (await stores.isEmpty()) throw missing();
    await stores.assertMigrated();
    return stores;
  } catch (error) {
    await stores.close();
    throw error;
  }
}

/** The same as `withKit` over {@link openExisting}. */
export async function withExisting<T>(
  context: CommandContext,
  work: (kit: TenantKit, engine: RecallKit<SqlStores>) => Promise<T>,
): Promise<T> {
  const stores = await openExisting(context);
  const secretKey = await givenSecretKey(context);
  const engine = createRecallKit({
    stores,
    logger: context.logger,
    personData: personDataOf(modules),
    ...(secretKey !== undefined && { secretKey }),
  });
  try {
    const kit = engine.forTenant(context.tenantId);
    await kit.tenant();
    return await work(kit, engine);
  } finally {
    await engine.close();
  }
}

function noDatabase({ databaseUrl, say }: CommandContext, name: string): ConfigError {
  const option = databaseUrl === undefined ? "DATABASE_URL" : "--db";
  const message = say(`没有这个数据库，或其中没有表：${name}`, `there is no such database, or it is empty: ${name}`);
  return new ConfigError("config.invalid", option, message);
}

/** The server's key, if it is there: without it messages to an address are not found. None is made. */
async function givenSecretKey({ io }: CommandContext): Promise<string | undefined> {
  const given = io.env.SECRET_KEY?.trim();
  if (given) return given;
  const file = join(io.env.DATA_DIR?.trim() || "./data", "secret.key");
  return existsSync(file) ? (await readFile(file, "utf8")).trim() : undefined;
}

/** The zone of a command's days: `--tz`, else `TIME_ZONE`, else the tenant's. */
export async function timeZoneOf(context: CommandContext, kit: TenantKit, tz: string | undefined): Promise<string> {
  return tz ?? (context.io.env.TIME_ZONE?.trim() || (await kit.tenant()).timeZone);
}
