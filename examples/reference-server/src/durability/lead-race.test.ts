// 64 agents over two processes ask for the next lead at once.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { engines } from "../testing/engines.js";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const AGENTS = 64;

/** Starts the built server; it ends with the test. */
async function startProcess(environment: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, [main, "--role", "api"], {
    env: {
      PATH: process.env.PATH,
      PORT: "0",
      SAMPLE_DATA: "off",
      RATE_LIMITS: "off",
      CALLING_HOURS: "00:00-24:00",
      LEAD_LEASE_MS: "3000",
      BOOTSTRAP_USERNAME: "merchant",
      BOOTSTRAP_PASSWORD: "correct horse",
      ...environment,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let printed = "";
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    const url = /ready: (http:\S+)/.exec(printed)?.[1];
    if (url) return url;
  }
  throw new Error(`the server ended before it was ready: ${printed}`);
}

describe.each(engines)("two processes on $name", ({ missing, newUrl }) => {
  test.skipIf(missing)(
    "hand 64 agents 64 leads, and those of agents who died again",
    { timeout: 120_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "recallkit-race-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const environment = { DATA_DIR: folder, DATABASE_URL: await newUrl(folder) };
      const servers = [await startProcess(environment), await startProcess(environment)];
      const post = async (server: number, path: string, body: unknown, token?: string) => {
        const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
        const response = await fetch(servers[server] + path, { method: "POST", headers, body: JSON.stringify(body) });
        return { status: response.status, json: (await response.json()) as Record<string, unknown> };
      };
      const { json: login } = await post(0, "/login", { username: "merchant", password: "correct horse" });
      const token = String(login.token);
      await post(0, "/api/packages", { name: "包" }, token);
      await post(0, "/api/packages/1/tasks", { task_name: "任务", status: "in_progress" }, token);
      const leads = Array.from({ length: AGENTS }, (_, at) => ({ phone_number: String(13_800_138_000 + at) }));
      expect((await post(0, "/api/packages/1/leads", { leads }, token)).json).toMatchObject({ inserted: AGENTS });

      /** Asks until the database is not busy; a lead, or null when there is none. */
      const ask = async (agent: number): Promise<number | null> => {
        for (;;) {
          const { status, json } = await post(agent % 2, "/api/tasks/1/next-lead", {}, token);
          if (status === 503) continue;
          expect([status, json.status]).toEqual([200, undefined]);
          return (json.lead as { id: number } | null)?.id ?? null;
        }
      };
      const everybody = () => Promise.all(Array.from({ length: AGENTS }, (_, agent) => ask(agent)));
      const handed = await everybody();
      expect(new Set(handed).size).toBe(AGENTS);
      expect(handed).not.toContain(null);
      // Nobody says anything more: all of them come back, each once.
      const again = new Set<number>();
      const collect = async () => {
        for (const id of await everybody()) if (id !== null) again.add(id);
        return again.size;
      };
      await expect.poll(collect, { timeout: 60_000, interval: 200 }).toBe(AGENTS);
    },
  );
});
