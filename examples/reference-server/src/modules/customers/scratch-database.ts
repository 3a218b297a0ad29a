import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite } from "@recallkit/storage-adapters/sqlite";
import { CompiledQuery } from "kysely";

/** A private database in the temporary folder, for sorting what is too much for memory. */
export interface ScratchDatabase {
  /** Runs one statement. */
  all<R>(sql: string, parameters?: readonly unknown[]): Promise<readonly R[]>;
  /** Removes it. */
  remove(): Promise<void>;
}

/** Opens an empty database in a folder that only this user can read. */
export async function openScratchDatabase(schema: string): Promise<ScratchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-"));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const database = await openSqlite<unknown>({ file: join(folder, "scratch.db") });
    const all = async <R>(sql: string, parameters: readonly unknown[] = []) => {
      // The row type is the caller's promise about its SQL.
      return (await database.kysely.executeQuery(CompiledQuery.raw(sql, [...parameters]) as CompiledQuery<R>)).rows;
    };
    await all(schema);
    return {
      all,
      async remove() {
        await database.close().finally(removeFolder);
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
