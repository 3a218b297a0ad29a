// A database server is restarted while servers send over it.
import { setTimeout as wait } from "node:timers/promises";
import { describe, onTestFinished, test } from "vitest";
import { openSendingShop } from "../../examples/reference-server/src/durability/sending-shop.ts";
import { startMariadb } from "./mariadb.ts";
import { startPostgres } from "./postgres.ts";

const RESTARTS = Number(process.env.RESTARTS ?? 1);
const PEOPLE = 40 * RESTARTS;
const SERVERS = [
  ["PostgreSQL", startPostgres, (url: string) => url],
  ["MariaDB", startMariadb, (url: string) => `${url}mysql`],
] as const;

describe.each(SERVERS)("%s (needs a server)", (name, startDatabase, databaseOf) => {
  test(`restarted ${RESTARTS} times under two servers that send: nobody lost, nobody twice, nothing untrue`, {
    timeout: 90_000 + RESTARTS * 20_000,
  }, async ({ skip }) => {
    const database = await startDatabase();
    if (!database) return skip("the server is not installed");
    onTestFinished(() => database.stop());
    const shop = await openSendingShop({ newUrl: async () => databaseOf(database.url), people: PEOPLE });
    const id = await shop.push();
    await Promise.all([shop.start(), shop.start()]);
    for (let n = 0; n < RESTARTS; n++) {
      shop.simulator.faults.push({ on: "add_msg_template", kind: "late", delayMs: 200 });
      await shop.untilTasks(2 * n + 1);
      await wait(Math.floor(((n * 0.618034) % 1) * 150));
      await database.restart(n % 2 === 0 ? "killed" : "orderly");
    }
    await shop.untilDone();
    await shop.expectBooksAgree(id);
    if (RESTARTS > 1)
      process.stdout.write(`${name}: ${RESTARTS} restarts, ${PEOPLE} people: 0 lost, 0 twice, 0 untrue\n`);
  });
});
