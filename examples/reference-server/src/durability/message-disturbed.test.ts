// What happens around servers that send messages: Redis is emptied, and the one that accepts them dies under its clients.
import { setTimeout as wait } from "node:timers/promises";
import { createClient } from "redis";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { engines } from "../testing/engines.js";
import { mobile, openMessagingShop } from "./messaging-shop.js";

/** How often each. */
const TIMES = Number(process.env.DISTURBANCES ?? 1);
const MESSAGES = 200 * TIMES;

// Once, on the embedded engine, at every change; on all of them by `npm run test:full`.
const disturbed = TIMES > 1 ? engines : engines.slice(0, 1);

describe.each(disturbed.map((engine) => [engine.name, engine] as const))("%s", (name, engine) => {
  const timeout = 90_000 + TIMES * 20_000;
  const tell = (what: string) => {
    if (TIMES > 1) process.stdout.write(`${name}: ${TIMES} ${what}, ${MESSAGES} messages: 0 lost, 0 twice\n`);
  };

  const givenRedis = inject("redisUrl");
  test.skipIf(engine.missing !== undefined || givenRedis === "")(
    `Redis flushed ${TIMES} times under two servers that send messages (needs Redis)`,
    { timeout },
    async () => {
      // A database of its own, which no other test uses.
      const redisUrl = new URL("/14", givenRedis).href;
      const redis = createClient({ url: redisUrl });
      await redis.connect();
      onTestFinished(() => redis.close());
      const shop = await openMessagingShop({ newUrl: engine.newUrl, environment: { REDIS_URL: redisUrl } });
      const batchId = await shop.accept(MESSAGES);
      await Promise.all([shop.start(), shop.start()]);
      for (let n = 0; n < TIMES; n++) {
        shop.simulator.faults.push({ on: "*", kind: "accept-then-reset" });
        await shop.untilSent(100 * (2 * n + 1));
        await redis.flushDb();
      }
      await shop.untilDone(batchId);
      await shop.expectBooksAgree(batchId, MESSAGES);
      tell("flushes");
    },
  );

  test.skipIf(engine.missing !== undefined)(
    `${TIMES} kills of the server that accepts batches, whose clients ask again with the same key`,
    { timeout },
    async () => {
      const shop = await openMessagingShop({ newUrl: engine.newUrl });
      let server = await shop.start({ BOOTSTRAP_USERNAME: "boss", BOOTSTRAP_PASSWORD: "meow-2026-meow" });
      const batches = new Set<number>();
      let token = "";
      const post = (path: string, body: object, key?: string) =>
        fetch(`${server.url}${path}`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            ...(token && { authorization: `Bearer ${token}` }),
            ...(key && { "idempotency-key": key }),
          },
          body: JSON.stringify(body),
        });
      const login = await post("/login", { username: "boss", password: "meow-2026-meow" });
      token = ((await login.json()) as { token: string }).token;
      for (let n = 0; n < TIMES; n++) {
        const recipients = Array.from({ length: 200 }, (_, m) => mobile(200 * n + m));
        const body = { template_id: shop.templateId, recipients, variables: { order_no: n } };
        const answer = post("/api/messages/send-batch", body, `key-${n}`).then(
          (response) => response.ok,
          () => false,
        );
        await wait(Math.floor(((n * 0.618034) % 1) * 40));
        await server.kill();
        await answer;
        server = await shop.start();
        let again = await post("/api/messages/send-batch", body, `key-${n}`);
        // Others may be ahead, and it is told when to ask again; a key whose owner died is taken over at once.
        for (; again.status === 429; again = await post("/api/messages/send-batch", body, `key-${n}`)) {
          await wait(1000 * Number(again.headers.get("retry-after") ?? 1));
        }
        expect([again.status, await again.clone().text()]).toEqual([
          expect.any(Number),
          expect.stringContaining("batch_id"),
        ]);
        batches.add(((await again.json()) as { batch_id: number }).batch_id);
      }
      expect(batches.size).toBe(TIMES);
      for (const batchId of batches) await shop.untilDone(batchId);
      const perNumber = shop.simulator.ledger.sentPerNumber();
      expect([perNumber.size, [...perNumber].filter(([, times]) => times > 1)]).toEqual([MESSAGES, []]);
      tell("kills");
    },
  );
});
