// An installation as deploy/ describes it, as processes of this machine: PostgreSQL, Redis, an API behind nginx, a scheduler
// and two workers, in production. A push goes out while a worker is killed and everything is restarted in turn, and clients
// go on calling. `bash deploy/try.sh` runs it with 25 000 people.
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { openSendingShop, type ServerProcess } from "../../examples/reference-server/src/durability/sending-shop.ts";
import { freePort } from "../test-servers/free-port.ts";
import { startPostgres } from "../test-servers/postgres.ts";
import { startRedis } from "../test-servers/redis.ts";
import { startNginx } from "./nginx.ts";
import { type Calls, retryingClient } from "./retrying-client.ts";

const PEOPLE = Number(process.env.RECALLKIT_TRY_PEOPLE ?? 400);
/** Tasks of WeCom that the push is made of. */
const TASKS = 50;
const CLIENTS = 4;
/** A session may make 600 calls a minute. */
const PAUSE_MS = 120;
const PASSWORD = "nine lapsed customers of a shop";

test(`a push to ${PEOPLE} people, a worker killed, everything restarted in turn: nobody lost, nobody twice, no call failed`, {
  timeout: 300_000,
}, async ({ skip }) => {
  const begun = performance.now();
  const [postgres, redis, apiPort] = await Promise.all([startPostgres(), startRedis(), freePort()]);
  if (postgres) onTestFinished(() => postgres.stop());
  if (redis) onTestFinished(() => redis.stop());
  const nginx = postgres && redis && (await startNginx(apiPort));
  if (!postgres || !redis || !nginx) return skip("needs PostgreSQL, Redis and nginx");
  onTestFinished(() => nginx.stop());

  const shop = await openSendingShop({
    newUrl: async () => postgres.url,
    people: PEOPLE,
    environment: {
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      TRUST_PROXY: "1",
      PUBLIC_URL: nginx.url,
      REDIS_URL: redis.url,
      BOOTSTRAP_PASSWORD: PASSWORD,
      FREQUENCY_CAPS: "on",
      LOG_LEVEL: "warn",
      WECOM_BATCH_SIZE: String(Math.max(1, Math.ceil(PEOPLE / TASKS))),
    },
  });
  const running = new Map<string, ServerProcess>();
  const start = async (name: string) => {
    const role = name.replace(/-\d$/, "");
    const server = await shop.start({ PORT: role === "api" ? String(apiPort) : "0" }, ["--role", role]);
    expect(server.url).not.toBe("");
    running.set(name, server);
  };
  const restart = async (name: string) => {
    running.get(name)?.signal("SIGTERM");
    expect([name, await running.get(name)?.ended]).toEqual([name, 0]);
    await start(name);
  };
  for (const name of ["api", "scheduler", "worker-1", "worker-2"]) await start(name);

  const ca = readFileSync(nginx.certificate.certificate, "utf8");
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const login = retryingClient(nginx.url, ca);
      const { token } = await login.call("POST", "/login", { username: "admin", password: PASSWORD });
      login.close();
      return retryingClient(nginx.url, ca, String(token));
    }),
  );
  let isOver = false;
  const made: string[] = [];
  const busy = clients.map(async (client, number) => {
    for (let round = 0; !isOver; round++) {
      const name = `${number}-${round}`;
      await client.call("POST", "/api/coupons", { name, valid_from: "2026-01-01", valid_to: "2099-12-31" });
      made.push(name);
      await wait(PAUSE_MS);
      await client.call("GET", "/api/ops/occurrences?limit=20");
      await wait(PAUSE_MS);
    }
    client.close();
  });

  const id = await shop.push();
  // Somebody is in the middle of a call when the worker is killed.
  shop.simulator.faults.push({ on: "add_msg_template", kind: "late", delayMs: 500, times: 2 });
  await shop.untilTasks(Math.ceil(TASKS * 0.1));
  await running.get("worker-1")?.kill();
  await start("worker-1");
  for (const name of ["scheduler", "worker-1", "worker-2", "api"]) await restart(name);
  await shop.untilDone();
  isOver = true;
  await Promise.all(busy);

  const calls = summed(clients.map((client) => client.calls));
  const perPerson = shop.simulator.ledger.tasksPerCustomer();
  const twice = [...perPerson.values()].filter((count) => count > 1).length;
  const coupons = await namesOfCoupons(shop.kit);
  const figures = {
    people: PEOPLE,
    "tasks of WeCom": shop.simulator.ledger.tasks.length,
    "people lost": PEOPLE - perPerson.size,
    "people told twice": twice,
    "calls by clients": calls.answered,
    "of them repeated": calls.repeated,
    "calls failed": calls.failed.length,
    "longest wait of a call, s": Number((calls.longestMs / 1000).toFixed(1)),
    "changes made": made.length,
    "changes lost": made.filter((name) => !coupons.includes(name)).length,
    "changes made twice": coupons.length - new Set(coupons).size,
    "worker killed": 1,
    "processes restarted": 4,
    "seconds in all": Math.round((performance.now() - begun) / 1000),
  };
  if (process.env.RECALLKIT_TRY_PEOPLE !== undefined) process.stdout.write(table(figures));
  expect(calls.failed.slice(0, 3)).toEqual([]);
  expect(figures).toMatchObject({
    "people lost": 0,
    "people told twice": 0,
    "changes lost": 0,
    "changes made twice": 0,
  });
  expect(calls.answered).toBeGreaterThan(0);
  await shop.expectBooksAgree(id);
  // What the proxy writes down of a call is not a key to anything.
  expect(readFileSync(nginx.logFile, "utf8")).not.toMatch(/\/(r|u|landing)\/[\w-]{8,}/);
});

function summed(all: readonly Calls[]): Calls {
  return all.reduce((sum, { answered, repeated, failed, longestMs }) => ({
    answered: sum.answered + answered,
    repeated: sum.repeated + repeated,
    failed: [...sum.failed, ...failed],
    longestMs: Math.max(sum.longestMs, longestMs),
  }));
}

async function namesOfCoupons(kit: Awaited<ReturnType<typeof openSendingShop>>["kit"]): Promise<readonly string[]> {
  const names: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await kit.coupons.list({ limit: 200, ...(cursor && { cursor }) });
    names.push(...page.items.map(({ name }) => name));
    cursor = page.nextCursor;
  }
  return names;
}

function table(figures: Readonly<Record<string, number>>): string {
  const rows = Object.entries(figures).map(([name, figure]) => `  ${name.padEnd(28)}${String(figure).padStart(8)}`);
  return `\n${rows.join("\n")}\n\n`;
}
