import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { formatLocal } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";

/** Writes a SQLite database whole into the folder of backups, beside whoever works on it. @returns the file */
export async function backUpFile(
  stores: Pick<SqlStores, "sql">,
  { dataDir, now }: { readonly dataDir: string; readonly now: number },
): Promise<string> {
  const folder = join(dataDir, "backups");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stamp = formatLocal(now, "UTC").replace(/\D/g, "");
  const file = join(folder, `${stamp}.db`);
  // Whole or not there: the statement ends after the file is written.
  await sql`vacuum into ${sql.lit(file)}`.execute(stores.sql);
  return file;
}
