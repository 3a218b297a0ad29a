// Servers are killed while they send; the provider's own books tell whether anybody was lost or sent to twice.
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { engines } from "../testing/engines.js";
import { openSendingShop } from "./sending-shop.js";

const KILLS = Number(process.env.KILLS ?? 3);
const PEOPLE = 60 * KILLS;

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (name, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run(
    `${KILLS} kills of a server that sends: nobody lost, nobody twice, nothing untrue`,
    { timeout: 60_000 + KILLS * 20_000 },
    async () => {
      const shop = await openSendingShop({ newUrl: engine.newUrl, people: PEOPLE });
      const { simulator, kit } = shop;
      const id = await shop.push();
      for (let kill = 0; kill < KILLS; kill++) {
        // Some answers are lost on top of it, and some calls take their time.
        simulator.faults.push({ on: "add_msg_template", kind: "accept-then-reset" });
        simulator.faults.push({ on: "add_msg_template", kind: "late", delayMs: 300 });
        const server = await shop.start();
        await shop.untilTasks(simulator.ledger.tasks.length + (kill > 1 ? 0 : 1));
        await wait(Math.floor(((kill * 0.618034) % 1) * 250));
        await server.kill();
      }
      // The provider works from here on.
      simulator.faults.clear();
      await shop.start();
      await shop.untilDone();
      await shop.expectBooksAgree(id);
      // It was in the middle of calls that the servers ended.
      const { items } = await kit.attempts.list({ limit: 200 });
      expect(items.filter((attempt) => attempt.class === "UNKNOWN").length).toBeGreaterThan(0);
      if (KILLS > 5) process.stdout.write(`${name}: ${KILLS} kills, ${PEOPLE} people: 0 lost, 0 twice, 0 untrue\n`);
    },
  );
});
