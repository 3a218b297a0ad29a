import type { Clock } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { moduleMigrations } from "./app.js";
import type { ServerConfig } from "./config.js";
import { openStoresAt } from "./open-stores.js";

/** An open database of this version. */
export interface OpenDatabase {
  readonly stores: SqlStores;
  /** It held nothing before. */
  readonly wasEmpty: boolean;
  /** Steps applied while opening. */
  readonly appliedSteps: number;
}

/**
 * Opens the database and brings its schema up to date: the server is the owner of its file, so that a new version needs no
 * command beforehand. Several processes may do so at once; one migrates, the others wait.
 */
export async function openDatabase(
  config: ServerConfig,
  { clock, onStatement }: { readonly clock: Clock; readonly onStatement?: (sql: string, ms: number) => void },
): Promise<OpenDatabase> {
  const watching = onStatement ? { onStatement } : {};
  const stores = await openStoresAt(config.database, { sets: moduleMigrations, clock, ...watching });
  try {
    const wasEmpty = await stores.isEmpty();
    const applied = await stores.migrate();
    return { stores, wasEmpty, appliedSteps: applied.length };
  } catch (error) {
    await stores.close();
    throw error;
  }
}
