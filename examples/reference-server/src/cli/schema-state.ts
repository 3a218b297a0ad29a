import { existsSync } from "node:fs";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { moduleMigrations } from "../app.js";
import { type DatabaseSetting, databaseName } from "../config/database-url.js";
import { openStoresAt } from "../open-stores.js";
import type { CommandContext } from "./command.js";

/** How the schema of the command's database stands. A file that does not exist is not made. */
export async function schemaState(context: CommandContext) {
  const setting = context.database();
  const file = databaseName(setting);
  if (!mayExist(setting)) return { state: "missing" as const, file, applied: 0, pending: [], newer: [] };
  return withStores(context, async (stores) => {
    const isEmpty = await stores.isEmpty();
    const { applied, pending, newer } = await stores.migrationStatus();
    const state = isEmpty ? "empty" : newer.length > 0 ? "newer" : pending.length > 0 ? "outdated" : "current";
    const names = (steps: readonly { setId: string; step: number; name: string }[]) =>
      steps.map(({ setId, step, name }) => `${setId}/${step} ${name}`);
    return {
      state: state as "empty" | "newer" | "outdated" | "current",
      file,
      applied: applied.length,
      pending: names(pending),
      newer: names(newer),
    };
  });
}

/** A file may be looked for without making it; a server is asked. */
export function mayExist(setting: DatabaseSetting): boolean {
  return setting.engine !== "sqlite" || existsSync(setting.file);
}

/** Works on the database as it stands, whatever its schema, and closes it. */
export async function withStores<T>(context: CommandContext, work: (stores: SqlStores) => Promise<T>): Promise<T> {
  const stores = await openStoresAt(context.database(), { sets: moduleMigrations });
  try {
    return await work(stores);
  } finally {
    await stores.close();
  }
}
