import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskFull, isDiskFull } from "../source/disk-full.js";
import type { Run } from "./order-rows.js";
import { textHash } from "./text-hash.js";

/** Rows on disk, by order. */
export interface Spill {
  add(key: string, run: Run): Promise<void>;
  /** All orders, part by part; within a part in the sequence of their first rows. */
  orders(): AsyncGenerator<{ readonly key: string; readonly runs: readonly Run[] }>;
  remove(): Promise<void>;
}

/** Files among which keys are spread, so that each is small enough to be gathered in memory. */
const PARTS = 128;
/** Characters that wait for being written, per part. */
const BUFFER = 64_000;

/** Opens an empty one in a folder that only this user can read. */
export async function openSpill(folder = tmpdir()): Promise<Spill> {
  const own = await mkdtemp(join(folder, "recallkit-"));
  const buffers = new Array<string>(PARTS).fill("");
  const pathOf = (part: number) => join(own, `${part}.ndjson`);
  const flush = async (part: number) => {
    const text = buffers[part] ?? "";
    buffers[part] = "";
    await appendFile(pathOf(part), text, { mode: 0o600 }).catch((error: unknown) => {
      throw isDiskFull(error) ? diskFull(`rows can't wait in ${own}`, error) : error;
    });
  };
  return {
    async add(key, { file, rows }) {
      const part = textHash(key) % PARTS;
      const slim = rows.map(({ line, cells }) => [line, cells]);
      buffers[part] += `${JSON.stringify([key, file, slim])}\n`;
      if ((buffers[part]?.length ?? 0) > BUFFER) await flush(part);
    },
    async *orders() {
      for (let part = 0; part < PARTS; part += 1) {
        await flush(part);
        const orders = new Map<string, Run[]>();
        for (const text of (await readFile(pathOf(part), "utf8")).split("\n")) {
          if (text === "") continue;
          // Written by `add`.
          const [key, file, slim] = JSON.parse(text) as [string, number, [number, string[]][]];
          const run = { file, rows: slim.map(([line, cells]) => ({ file, line, cells })) };
          const runs = orders.get(key);
          if (runs) runs.push(run);
          else orders.set(key, [run]);
        }
        for (const [key, runs] of orders) yield { key, runs };
      }
    },
    remove: () => rm(own, { recursive: true, force: true }),
  };
}
