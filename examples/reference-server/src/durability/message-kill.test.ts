// Servers are killed while a batch of messages drains; what phones received tells whether any was lost or sent twice.
import { setTimeout as wait } from "node:timers/promises";
import { describe, test } from "vitest";
import { engines } from "../testing/engines.js";
import { openMessagingShop } from "./messaging-shop.js";

const KILLS = Number(process.env.KILLS ?? 2);
/** One batch takes no more than 10 000. */
const MESSAGES = Math.min(300 * KILLS, 10_000);

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (name, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run(
    `${KILLS} kills of a server while a batch drains: no message lost, none twice, nothing untrue`,
    { timeout: 90_000 + KILLS * 20_000 },
    async () => {
      const shop = await openMessagingShop({ newUrl: engine.newUrl });
      const batchId = await shop.accept(MESSAGES);
      for (let kill = 0; kill < KILLS; kill++) {
        // An answer that does not come, of a call that was performed: the server dies while it waits.
        shop.simulator.faults.push({ on: "*", kind: "hang" });
        const before = shop.simulator.ledger.messages.length;
        const server = await shop.start();
        await shop.untilSent(before + 1);
        await wait(Math.floor(((kill * 0.618034) % 1) * 60));
        await server.kill();
      }
      shop.simulator.faults.clear();
      await shop.start();
      await shop.untilDone(batchId);
      await shop.expectBooksAgree(batchId, MESSAGES);
      if (KILLS > 5) process.stdout.write(`${name}: ${KILLS} kills, ${MESSAGES} messages: 0 lost, 0 twice\n`);
    },
  );
});
