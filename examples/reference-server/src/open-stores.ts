import type { Clock } from "@recallkit/core";
import type { MigrationSet } from "@recallkit/storage-adapters/migrations";
import { openPostgresStores } from "@recallkit/storage-adapters/postgres";
import { openSqliteStores, type SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { DatabaseSetting } from "./config/database-url.js";

/** Opens the stores of a database, whatever its engine and its schema's state. */
export function openStoresAt(
  setting: DatabaseSetting,
  options: { readonly sets: readonly MigrationSet[]; readonly clock?: Clock },
): Promise<SqlStores> {
  if (setting.engine === "sqlite") return openSqliteStores({ file: setting.file, ...options });
  return openPostgresStores({ url: setting.url, schema: setting.schema, ...options });
}
