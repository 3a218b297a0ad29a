// What servers that send messages stand on is restarted under them: the database, and the broker.
import { setTimeout as wait } from "node:timers/promises";
import { Connection } from "rabbitmq-client";
import { describe, onTestFinished, test } from "vitest";
import { openMessagingShop } from "../../examples/reference-server/src/durability/messaging-shop.ts";
import { startMariadb } from "./mariadb.ts";
import { startPostgres } from "./postgres.ts";
import { startRabbitmq } from "./rabbitmq.ts";

const RESTARTS = Number(process.env.RESTARTS ?? 1);
const MESSAGES = 200 * RESTARTS;
const SERVERS = [
  ["PostgreSQL", startPostgres, (url: string) => url],
  ["MariaDB", startMariadb, (url: string) => `${url}mysql`],
] as const;
const timeout = 120_000 + RESTARTS * 30_000;
const tell = (what: string) => {
  if (RESTARTS > 1) process.stdout.write(`${what}: ${RESTARTS} times, ${MESSAGES} messages: 0 lost, 0 twice\n`);
};

describe.each(SERVERS)("%s (needs a server)", (name, startDatabase, databaseOf) => {
  test(`restarted ${RESTARTS} times under two servers that send messages: none lost, none twice`, {
    timeout,
  }, async ({ skip }) => {
    const database = await startDatabase();
    if (!database) return skip("the server is not installed");
    onTestFinished(() => database.stop());
    const shop = await openMessagingShop({ newUrl: async () => databaseOf(database.url) });
    const batchId = await shop.accept(MESSAGES);
    await Promise.all([shop.start(), shop.start()]);
    for (let n = 0; n < RESTARTS; n++) {
      shop.simulator.faults.push({ on: "*", kind: "accept-then-reset" });
      await shop.untilSent(100 * (2 * n + 1));
      await wait(Math.floor(((n * 0.618034) % 1) * 150));
      await database.restart(n % 2 === 0 ? "killed" : "orderly");
    }
    await shop.untilDone(batchId);
    await shop.expectBooksAgree(batchId, MESSAGES);
    tell(name);
  });
});

test(`RabbitMQ purged and killed ${RESTARTS} times under two servers that send messages (needs a server)`, {
  timeout: timeout + RESTARTS * 60_000,
}, async ({ skip }) => {
  if (process.env.BROKER_RESTARTS !== "on") return skip("BROKER_RESTARTS=on; part of npm run test:full");
  const broker = await startRabbitmq();
  if (!broker) return skip("the server is not installed");
  onTestFinished(() => broker.stop());
  const shop = await openMessagingShop({
    newUrl: async (folder) => `sqlite:${folder}/recallkit.db`,
    environment: { RABBITMQ_URL: broker.url },
  });
  const batchId = await shop.accept(MESSAGES);
  await Promise.all([shop.start(), shop.start()]);
  for (let n = 0; n < RESTARTS; n++) {
    await shop.untilSent(100 * (2 * n + 1));
    const connection = new Connection({ url: broker.url });
    connection.on("error", () => {});
    await connection.onConnect(30_000);
    for (const lane of ["urgent", "high", "normal", "low"]) await connection.queuePurge(`recallkit.${lane}`);
    await connection.close();
    await broker.restart("killed");
  }
  await shop.untilDone(batchId);
  await shop.expectBooksAgree(batchId, MESSAGES);
  tell("RabbitMQ");
});
