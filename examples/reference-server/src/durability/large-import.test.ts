// The command line takes a file over that is far larger than the memory it has.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const MEGABYTES = Number(process.env.LARGE_IMPORT_MB ?? 2);
/** Of the whole process, the runtime included. */
const MOST_RSS_MB = 300;
/** Rows of an order; the text of each makes the file large without making the database so. */
const ROWS = 20;
const FILLER = "x".repeat(230);

test(`a file of ${MEGABYTES} MB is imported in ${MOST_RSS_MB} MB of memory`, {
  timeout: 120_000 + MEGABYTES * 4_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-large-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "orders.csv");
  const orders = await writeOrders(path, MEGABYTES * 1024 * 1024);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cli, "--db", `sqlite:${join(folder, "shop.db")}`, "import", "orders", path, "--amount", "order"],
    { env: { PATH: process.env.PATH }, maxBuffer: 64 * 1024 * 1024 },
  );
  const answer = JSON.parse(stdout) as { orders: { inserted: number }; lines: number; peak_rss_mb: number };
  expect([answer.orders.inserted, answer.lines]).toEqual([orders, orders * ROWS]);
  expect(answer.peak_rss_mb).toBeLessThanOrEqual(MOST_RSS_MB);
  if (MEGABYTES > 100) process.stdout.write(`${MEGABYTES} MB, ${orders} orders: ${answer.peak_rss_mb} MB\n`);
});

/** @returns how many orders it holds */
async function writeOrders(path: string, bytes: number): Promise<number> {
  const file = createWriteStream(path);
  file.write("order_no,customer_key,ordered_at,amount,status,note\n");
  let [orders, written] = [0, 0];
  for (; written < bytes; orders++) {
    const row = `SO${orders},k${orders % 9_973},2026-01-05 09:00:00,${orders % 500}.50,paid,${FILLER}`;
    const text = Array.from({ length: ROWS }, (_, n) => `${row}${n}\n`).join("");
    written += text.length;
    if (!file.write(text)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
  return orders;
}
