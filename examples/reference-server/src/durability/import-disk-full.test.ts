// The command line imports onto a disk that is full before the file ends. `ulimit -f` plays the disk.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const ORDERS = 30_000;
/** Blocks of 512 or 1 024 bytes, as the shell has it: 6 or 12 MB, less than the orders take. */
const MOST_BLOCKS = 12_000;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

test.skipIf(process.platform === "win32")(
  "a full disk ends an import with one sentence, every order is whole, and a second run does the rest",
  { timeout: 180_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "recallkit-disk-full-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "orders.csv");
    const rows = Array.from({ length: ORDERS }, (_, n) => {
      const common = `o${n},c${n % 900},2026-01-05 10:00:00`;
      return `${common},1.00,paid,s${n % 50}\n${common},2.00,paid,t${n % 50}`;
    });
    await writeFile(file, `order_no,customer_key,ordered_at,amount,status,sku\n${rows.join("\n")}\n`);
    const database = join(folder, "recall.db");
    const run = (limit: string) => {
      const command = `${limit} exec "${process.execPath}" "${cli}" --lang en --json --db "sqlite:${database}" import orders "${file}"`;
      return new Promise<Ended>((resolve) => {
        execFile("sh", ["-c", command], { maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
        );
      });
    };

    const cut = await run(`ulimit -f ${MOST_BLOCKS};`);
    expect(cut).toMatchObject({ code: 1, stdout: "" });
    const sentences = cut.stderr.split("\n").filter((line) => line.startsWith("recallkit: "));
    expect(sentences).toEqual([expect.stringMatching(/storage\.unavailable: .*disk/)]);

    const stores = await sqliteStores({ file: database });
    const { rows: counts } = await sql<{ orders: number; broken: number }>`select count(*) as orders,
      count(case when amount_minor <> (select sum(l.amount_minor) from rk_order_lines as l
        where l.tenant_id = 1 and l.order_id = o.id) or amount_minor <> 300 then 1 end) as broken
      from rk_orders as o where tenant_id = 1`.execute(stores.sql);
    await stores.close();
    const taken = counts[0]?.orders ?? 0;
    expect(counts[0]?.broken).toBe(0);
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(ORDERS);

    const second = await run("");
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({
      orders: { inserted: ORDERS - taken, updated: 0, unchanged: taken, rejected: 0 },
      revenue: ORDERS * 3,
    });
  },
);
