// Servers are killed while they import a file that came over HTTP; the next one goes on where it ended.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { engines } from "../testing/engines.js";
import { startServerProcess } from "./sending-shop.js";

const KILLS = Number(process.env.KILLS ?? 1);
/** Chunks are of 2 000 orders. */
const ORDERS = 4_000 + KILLS * 2_000;
const PEOPLE = 700;
const PASSWORD = "correct horse battery";

const FILE = [
  "order_no,customer_key,ordered_at,amount,status,sku",
  ...Array.from(
    { length: ORDERS },
    (_, n) => `o${n},c${n % PEOPLE},2026-01-05 10:00:00,${n % 1000 === 999 ? "x" : "2.50"},paid,s${n % 7}`,
  ),
].join("\n");
const WRONG = Math.floor(ORDERS / 1000);

interface Job {
  readonly id: number;
  readonly state: string;
  readonly done_rows: number;
  readonly result: Readonly<Record<string, number>> | null;
}

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  (engine.missing === undefined ? test : test.skip)(
    `${KILLS} kills of a server that imports: the import goes on, with the figures of one that was not cut off`,
    { timeout: 90_000 + KILLS * 20_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "recallkit-import-kill-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const environment = {
        PORT: "0",
        DATA_DIR: folder,
        DATABASE_URL: await engine.newUrl(folder),
        SAMPLE_DATA: "off",
        RATE_LIMITS: "off",
        SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8",
        BOOTSTRAP_USERNAME: "shop",
        BOOTSTRAP_PASSWORD: PASSWORD,
        LEASE_MS: "1500",
        HEARTBEAT_MS: "500",
      };
      let server = await startServerProcess(environment);
      const { token } = await asked<{ token: string }>(`${server.url}/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ username: "shop", password: PASSWORD }),
      });
      const call = <T>(path: string, method = "GET", body?: string) =>
        asked<T>(server.url + path, {
          method,
          headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "text/csv" }) },
          ...(body !== undefined && { body }),
        });
      const started = async () => {
        const { id } = await call<Job>("/api/imports", "POST", FILE);
        await call(`/api/imports/${id}/start`, "POST");
        return id;
      };
      const job = (id: number) => call<Job>(`/api/imports/${id}`);
      const untilDone = async (id: number) => {
        const isOver = async () => !["queued", "running"].includes((await job(id)).state);
        await expect.poll(isOver, { timeout: 80_000, interval: 200 }).toBe(true);
        return job(id);
      };

      const id = await started();
      for (let kill = 1; kill <= KILLS; kill++) {
        const doneRows = async () => (await job(id)).done_rows;
        await expect.poll(doneRows, { timeout: 60_000, interval: 5 }).toBeGreaterThan((kill - 1) * 2_000);
        await server.kill();
        server = await startServerProcess(environment);
        expect((await job(id)).state).not.toBe("done");
      }
      const figures = { rows: ORDERS, rejected_rows: WRONG, new_labels: 7, amount_minor: (ORDERS - WRONG) * 250 };
      expect(await untilDone(id)).toMatchObject({
        state: "done",
        result: { ...figures, inserted: ORDERS - WRONG, unchanged: 0, new_customers: PEOPLE },
      });
      const again = { rows: ORDERS, inserted: 0, updated: 0, unchanged: ORDERS - WRONG };
      expect(await untilDone(await started())).toMatchObject({ state: "done", result: again });
    },
  );
});

async function asked<T>(url: string, init: RequestInit): Promise<T> {
  const answer = await fetch(url, init);
  expect(answer.ok, `${url} answered ${answer.status}`).toBe(true);
  // The shapes of answers are held against their schemas elsewhere.
  return (await answer.json()) as T;
}
