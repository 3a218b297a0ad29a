import { access, mkdir, rename, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { FileOutcome } from "../import-file.js";
import type { Finding } from "../store.js";
import { reportJson, reportText } from "./report.js";

/**
 * Moves a file of a day away: to `processed/<date>/`, or to `failed/<date>/` with a report beside it where something was wrong.
 *
 * @returns where it is now
 */
export async function putAway(
  root: string,
  { path, date }: { readonly path: string; readonly date: string },
  outcome: FileOutcome,
  findings: readonly Finding[],
): Promise<string> {
  const isFine = outcome.state !== "failed" && outcome.rejected + outcome.dropped === 0;
  const folder = join(root, isFine ? "processed" : "failed", date);
  await mkdir(folder, { recursive: true });
  const target = await freeName(folder, basename(path, ".json"));
  if (!isFine) {
    await writeFile(`${target}.report.json`, `${JSON.stringify(reportJson(outcome, findings), null, 2)}\n`);
    await writeFile(`${target}.report.txt`, reportText(outcome, findings));
  }
  // Last, so that a file without its report is looked at again.
  await rename(path, `${target}.json`).catch(passOver("ENOENT"));
  // The day's folder goes with its last file.
  await rmdir(dirname(path)).catch(passOver("ENOTEMPTY", "EEXIST", "ENOENT"));
  return `${target}.json`;
}

/** A name that no file of the folder has: a day may bring a file again. */
async function freeName(folder: string, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const target = join(folder, number === 1 ? name : `${name}-${number}`);
    const isFree = await access(`${target}.json`).then(
      () => false,
      () => true,
    );
    if (isFree) return target;
  }
}

function passOver(...codes: readonly string[]): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (!codes.includes(error.code ?? "")) throw error;
  };
}
