// A RabbitMQ of its own, which is restarted, purged and away.
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { silentLogger, systemClock } from "@recallkit/core";
import { workQueueConformance } from "@recallkit/core/conformance";
import { announceDue } from "@recallkit/core/ports";
import { openRabbitmqQueue, type RabbitmqQueue } from "@recallkit/queue/rabbitmq";
import { Connection } from "rabbitmq-client";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "./free-port.ts";
import type { PrivateServer } from "./private-server.ts";
import { startRabbitmq } from "./rabbitmq.ts";

let server: PrivateServer | undefined;
beforeAll(async () => {
  server = await startRabbitmq();
  if (!server && process.env.REQUIRE_SERVICES === "1") throw new Error("RabbitMQ is required and not installed");
}, 90_000);
afterAll(() => server?.stop());

const url = () => server?.url ?? "";
const newPrefix = () => `test_${randomBytes(5).toString("hex")}`;

async function open(prefix = newPrefix(), part: { readonly deliveryLimit?: number } = {}): Promise<RabbitmqQueue> {
  const queue = await openRabbitmqQueue({ url: url(), prefix, timeoutMs: 5000, ...part });
  onTestFinished(() => queue.close());
  return queue;
}

/** What an operator does at the broker. */
async function operator(): Promise<Connection> {
  const connection = new Connection({ url: url() });
  connection.on("error", () => {});
  onTestFinished(() => connection.unsafeDestroy());
  await connection.onConnect(10_000);
  return connection;
}

/** Rows that are due until they are done; each is done once. */
function smallLedger(rows: number) {
  const due = new Set(Array.from({ length: rows }, (_, n) => n + 1));
  const done: number[] = [];
  return {
    done,
    rows: async (after: number, limit: number) =>
      [...due]
        .filter((id) => id > after)
        .slice(0, limit)
        .map((id) => ({ kind: "row", id, priority: id % 11 })),
    async handle({ id }: { readonly id: number }) {
      await wait(1);
      if (due.delete(id)) done.push(id);
      return "done" as const;
    },
  };
}

/** A process that works on a ledger, and sweeps it. */
async function working(queue: RabbitmqQueue, ledger: ReturnType<typeof smallLedger>) {
  const stop = new AbortController();
  const taking = await queue.consume({ concurrency: 5, handle: ledger.handle });
  const options = { due: ledger.rows, clock: systemClock, logger: silentLogger, everyMs: 1000, signal: stop.signal };
  const sweeping = announceDue(queue, options);
  onTestFinished(async () => {
    stop.abort();
    await Promise.all([sweeping, taking.close()]);
  });
}

describe("RabbitMQ (needs a server)", () => {
  const facts = workQueueConformance({
    open: () => openRabbitmqQueue({ url: url(), prefix: newPrefix(), timeoutMs: 5000 }),
  });
  for (const { name, run } of facts)
    test(name, async ({ skip }) => {
      if (!server) skip();
      await run();
    });

  test("a restart of the broker loses nothing, and nothing is done twice", { timeout: 240_000 }, async ({ skip }) => {
    if (!server || process.env.BROKER_RESTARTS !== "on") skip("BROKER_RESTARTS=on; part of npm run test:full");
    const ledger = smallLedger(800);
    await working(await open(), ledger);
    await expect.poll(() => ledger.done.length, { timeout: 60_000 }).toBeGreaterThan(50);
    await server?.restart("killed");
    await expect.poll(() => ledger.done.length, { timeout: 150_000 }).toBe(800);
    expect(new Set(ledger.done).size).toBe(800);
  });

  test("a login that is refused is a matter of configuration, and no broker to wait for", async ({ skip }) => {
    if (!server) skip();
    const wrong = new URL(url());
    wrong.password = "not-the-password";
    const refused = openRabbitmqQueue({ url: wrong.href, prefix: newPrefix(), timeoutMs: 5000 });
    await expect(refused).rejects.toMatchObject({ code: "config.invalid", option: "url" });
  });

  test("a purge of every queue loses nothing", { timeout: 60_000 }, async ({ skip }) => {
    if (!server) skip();
    const [prefix, ledger] = [newPrefix(), smallLedger(1500)];
    const queue = await open(prefix);
    await queue.announce(await ledger.rows(0, 1500));
    const connection = await operator();
    for (const name of ["urgent", "high", "normal", "low"]) await connection.queuePurge(`${prefix}.${name}`);
    expect(await queue.depth()).toEqual({ urgent: 0, high: 0, normal: 0, low: 0 });
    await working(queue, ledger);
    await expect.poll(() => ledger.done.length, { timeout: 40_000 }).toBe(1500);
  });

  test("what comes back too often is a dead letter, and no more in the way", { timeout: 60_000 }, async ({ skip }) => {
    if (!server) skip();
    const prefix = newPrefix();
    const queue = await open(prefix, { deliveryLimit: 3 });
    await queue.announce([{ kind: "row", id: 1, priority: 5 }]);
    let turns = 0;
    const taking = await queue.consume({
      concurrency: 1,
      async handle() {
        turns += 1;
        return "again";
      },
    });
    const connection = await operator();
    const dead = async () => (await connection.queueDeclare({ queue: `${prefix}.dead`, passive: true })).messageCount;
    await expect.poll(dead, { timeout: 60_000 }).toBe(1);
    await taking.close();
    expect(turns).toBe(4);
  });

  test("a queue that others made with other arguments is said to be one", { timeout: 60_000 }, async ({ skip }) => {
    if (!server) skip();
    const prefix = newPrefix();
    await (await operator()).queueDeclare({ queue: `${prefix}.high`, durable: true });
    await expect(open(prefix)).rejects.toMatchObject({
      code: "queue.arguments-differ",
      hint: expect.stringContaining(`${prefix}.*`),
    });
  });
});

test("a broker that is away at the start is no error, and work is found by the ledger", {
  timeout: 60_000,
}, async () => {
  const away = `amqp://guest:guest@127.0.0.1:${await freePort()}`;
  const queue = await openRabbitmqQueue({ url: away, timeoutMs: 300 });
  expect([queue.isConnected, await queue.depth()]).toEqual([false, undefined]);
  expect(await queue.announce([{ kind: "row", id: 1, priority: 5 }])).toBe(0);
  await queue.close();
});
