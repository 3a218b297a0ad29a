// Two servers, each a process of its own, go by a pool and limits that are changed at one of them.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { engines } from "../testing/engines.js";
import { startServerProcess } from "./sending-shop.js";

/** `CONFIG_CHANGES=20` prints how long the slowest change took to be in force in both. */
const CHANGES = Number(process.env.CONFIG_CHANGES ?? 3);
const POOL = { max_pool_size: 100, scale_up_threshold: 0.8, scale_down_threshold: 0.2 };

interface Limits {
  readonly pool: { readonly size: number; readonly core_pool_size: number };
  readonly limits: { readonly qps: number };
}

describe.each(engines)("two processes on $name", ({ name, missing, newUrl }) => {
  test.skipIf(missing)("go by what is changed at either of them", { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "recallkit-config-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const environment = {
      ...{ PORT: "0", DATA_DIR: folder, DATABASE_URL: await newUrl(folder), SAMPLE_DATA: "off", RATE_LIMITS: "off" },
      ...{ SECRET_KEY: "for-this-test-only-0123456789abcdef", SIMULATORS: "off" },
      ...{ BOOTSTRAP_USERNAME: "merchant", BOOTSTRAP_PASSWORD: "correct horse" },
    };
    const urls: string[] = [];
    for (let n = 0; n < 2; n++) {
      const { url, kill } = await startServerProcess(environment);
      onTestFinished(kill);
      urls.push(url);
    }
    const call = async (url: string | undefined, path: string, body?: unknown, token?: string) => {
      const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
      const method = body === undefined ? "GET" : "POST";
      const answer = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
      return { status: answer.status, json: (await answer.json()) as unknown };
    };
    const login = await call(urls[0], "/login", { username: "merchant", password: "correct horse" });
    const { token } = login.json as { token: string };
    const inForce = (url: string) => async () => {
      const { pool, limits } = (await call(url, "/api/ops/concurrency", undefined, token)).json as Limits;
      return [pool.size, pool.core_pool_size, limits.qps];
    };
    let slowest = 0;
    for (let change = 0; change < CHANGES; change++) {
      const [core, qps] = [20 + change, 100 + change];
      const config = { message_sender: { ...POOL, core_pool_size: core }, api_send_message: { qps, concurrent: 50 } };
      const path = "/api/admin/config";
      expect((await call(urls[change % 2], path, { config }, token)).status).toBe(200);
      const changedAt = performance.now();
      await Promise.all(
        urls.map((url) => expect.poll(inForce(url), { timeout: 30_000, interval: 20 }).toEqual([core, core, qps])),
      );
      slowest = Math.max(slowest, performance.now() - changedAt);
    }
    if (CHANGES > 5)
      process.stdout.write(`${name}: ${CHANGES} changes in force in both within ${Math.round(slowest)} ms\n`);
  });
});
