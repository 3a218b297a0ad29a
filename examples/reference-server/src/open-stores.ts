import type { Clock } from "@recallkit/core";
import type { MigrationSet } from "@recallkit/storage-adapters/migrations";
import { openMysqlStores } from "@recallkit/storage-adapters/mysql";
import { openPostgresStores } from "@recallkit/storage-adapters/postgres";
import { openSqliteStores, type SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { DatabaseSetting } from "./config/database-url.js";

/** Opens the stores of a database, whatever its engine and its schema's state. */
export function openStoresAt(
  setting: DatabaseSetting,
  options: {
    readonly sets: readonly MigrationSet[];
    readonly clock?: Clock;
    /** Told after each statement: its text, without values, and how long it took in ms. */
    readonly onStatement?: (sql: string, ms: number) => void;
  },
): Promise<SqlStores> {
  switch (setting.engine) {
    case "sqlite":
      return openSqliteStores({ file: setting.file, ...options });
    case "postgres":
      return openPostgresStores({ url: setting.url, schema: setting.schema, ...options });
    case "mysql":
      return openMysqlStores({ url: setting.url, ...options });
  }
}
