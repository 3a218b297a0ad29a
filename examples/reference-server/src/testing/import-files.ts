import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, type RecallKit, silentLogger } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import { parse } from "csv-parse/sync";
import { onTestFinished } from "vitest";

/** A kit in memory that logs nothing. */
export function memoryKit(): RecallKit {
  return createRecallKit({ stores: memoryStores(), logger: silentLogger });
}

/** Writes a file into a folder of its own, removed at the end of the test. */
export async function fileOf(content: string | Uint8Array, name = "orders.csv"): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

/** The rows of a rejects file, by its own header. */
export async function rejectsOf(answer: {
  readonly rejects_file: string | null;
}): Promise<readonly Record<string, string>[]> {
  const text = await readFile(answer.rejects_file ?? "", "utf8");
  return parse(text, { columns: true });
}
