import { BOOTSTRAP_TENANT_ID, type Clock } from "@recallkit/core";
import { openSqliteStores, type SqlStores } from "@recallkit/storage-adapters/sqlite";
import { moduleMigrations } from "./app.js";
import type { ServerConfig } from "./config.js";

/** An open database of this version. */
export interface OpenDatabase {
  readonly stores: SqlStores;
  /** It held nothing before. */
  readonly wasEmpty: boolean;
  /** Steps applied while opening. */
  readonly appliedSteps: number;
}

/** Name that the schema gives to the first tenant. */
const UNNAMED = "default";
const FIRST_MERCHANT = "默认商户";

/**
 * Opens the database and brings its schema up to date: the server is the owner of its file, so that a new version needs no
 * command beforehand. Several processes may do so at once; one migrates, the others wait.
 */
export async function openDatabase(config: ServerConfig, clock: Clock): Promise<OpenDatabase> {
  const stores = await openSqliteStores({ file: config.database.file, sets: moduleMigrations, clock });
  try {
    const wasEmpty = await stores.isEmpty();
    const applied = await stores.migrate();
    await prepareFirstTenant(stores, config.timeZone);
    return { stores, wasEmpty, appliedSteps: applied.length };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

async function prepareFirstTenant(stores: SqlStores, timeZone: string | undefined): Promise<void> {
  const tenant = await stores.tenants.get(BOOTSTRAP_TENANT_ID);
  const patch = {
    ...(tenant?.name === UNNAMED && { name: FIRST_MERCHANT }),
    ...(timeZone !== undefined && tenant?.timeZone !== timeZone && { timeZone }),
  };
  if (Object.keys(patch).length > 0) await stores.tenants.update(BOOTSTRAP_TENANT_ID, patch);
}
