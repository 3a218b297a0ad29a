// What happens to servers that send, short of being killed: they are stopped, ended, and robbed of Redis.
import { setTimeout as wait } from "node:timers/promises";
import { createClient } from "redis";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { engines } from "../testing/engines.js";
import { openSendingShop } from "./sending-shop.js";

declare module "vitest" {
  interface ProvidedContext {
    redisUrl: string;
  }
}

/** How often each. */
const TIMES = Number(process.env.DISTURBANCES ?? 1);
const PEOPLE = 40 * TIMES;
/** Longer than a lease of the shop's servers. */
const LONG_STOP_MS = 2200;

// Once, on the embedded engine, at every change; on all of them by `npm run test:full`.
const disturbed = TIMES > 1 ? engines : engines.slice(0, 1);

describe.each(disturbed.map((engine) => [engine.name, engine] as const))("%s", (name, engine) => {
  const run = engine.missing === undefined ? test : test.skip;
  const timeout = 90_000 + TIMES * 20_000;
  const tell = (what: string) => {
    if (TIMES > 1) process.stdout.write(`${name}: ${TIMES} ${what}, ${PEOPLE} people: 0 lost, 0 twice, 0 untrue\n`);
  };
  const open = (environment?: Readonly<Record<string, string>>) =>
    openSendingShop({ newUrl: engine.newUrl, people: PEOPLE, ...(environment && { environment }) });

  run(`a server that stands still ${TIMES} times for longer than its leases, beside another`, { timeout }, async () => {
    const shop = await open();
    const id = await shop.push();
    const server = await shop.start();
    await shop.start();
    for (let n = 0; n < TIMES; n++) {
      shop.simulator.faults.push({ on: "add_msg_template", kind: "late", delayMs: 200 });
      await shop.untilTasks(2 * n + 1);
      await wait(Math.floor(((n * 0.618034) % 1) * 60));
      server.signal("SIGSTOP");
      await wait(LONG_STOP_MS);
      server.signal("SIGCONT");
    }
    await shop.untilDone();
    await shop.expectBooksAgree(id);
    tell("stops");
  });

  run(`${TIMES} servers ended by SIGTERM in the middle of calls end in good order`, { timeout }, async () => {
    const shop = await open();
    const id = await shop.push();
    for (let n = 0; n < TIMES; n++) {
      shop.simulator.faults.push({ on: "add_msg_template", kind: "late", delayMs: 400 });
      const server = await shop.start();
      await shop.untilTasks(shop.simulator.ledger.tasks.length + (n > 0 ? 0 : 1));
      await wait(Math.floor(((n * 0.618034) % 1) * 150));
      server.signal("SIGTERM");
      expect(await server.ended).toBe(0);
    }
    // Whoever ended in good order has waited for the answers of its calls.
    expect((await shop.kit.attempts.list({ limit: 200 })).items.filter(({ endedAt }) => endedAt === null)).toEqual([]);
    await shop.start();
    await shop.untilDone();
    await shop.expectBooksAgree(id);
    tell("ends");
  });

  const givenRedis = inject("redisUrl");
  test.skipIf(engine.missing !== undefined || givenRedis === "")(
    `Redis flushed ${TIMES} times under two servers (needs Redis)`,
    { timeout },
    async () => {
      // A database of its own, which no other test uses.
      const redisUrl = new URL("/15", givenRedis).href;
      const redis = createClient({ url: redisUrl });
      await redis.connect();
      onTestFinished(() => redis.close());
      const shop = await open({ REDIS_URL: redisUrl });
      const id = await shop.push();
      await Promise.all([shop.start(), shop.start()]);
      for (let n = 0; n < TIMES; n++) {
        shop.simulator.faults.push({ on: "add_msg_template", kind: "accept-then-reset" });
        await shop.untilTasks(2 * n + 1);
        await redis.flushDb();
      }
      await shop.untilDone();
      await shop.expectBooksAgree(id);
      tell("flushes");
    },
  );
});
