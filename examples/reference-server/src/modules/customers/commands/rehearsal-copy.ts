import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import type { CommandContext } from "../../../cli/command.js";

/**
 * Runs a rehearsal on a copy of a SQLite file, taken at one instant and removed afterwards, because the transaction of a
 * rehearsal would keep everybody else from writing. Databases on servers are rehearsed in themselves.
 */
export async function onCopy<T>(context: CommandContext, work: (context: CommandContext) => Promise<T>): Promise<T> {
  const setting = context.database();
  if (setting.engine !== "sqlite" || setting.file === ":memory:") return work(context);
  const folder = await mkdtemp(join(tmpdir(), "recallkit-"));
  const file = join(folder, "rehearsal.db");
  try {
    if (existsSync(setting.file)) copy(setting.file, file);
    return await work({ ...context, database: () => ({ engine: "sqlite", file }) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function copy(from: string, to: string): void {
  const database = new Libsql(from);
  try {
    database.prepare("VACUUM INTO ?").run(to);
  } finally {
    database.close();
  }
}
