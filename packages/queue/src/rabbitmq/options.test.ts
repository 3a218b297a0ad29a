import { expect, test } from "vitest";
import { openRabbitmqQueue } from "./index.js";
import { topologyOf } from "./topology.js";

test.each([
  [{ url: "http://127.0.0.1" }, "url"],
  [{ url: "nowhere" }, "url"],
  [{ url: "amqp://127.0.0.1", prefix: "two words" }, "prefix"],
  [{ url: "amqp://127.0.0.1", deliveryLimit: 0 }, "deliveryLimit"],
])("%j is refused by what is wrong with it", async (options, option) => {
  await expect(openRabbitmqQueue(options)).rejects.toMatchObject({ code: "config.invalid", option });
});

test("every queue is durable, a quorum queue, and says where dead letters go and when", () => {
  const { queues, exchanges } = topologyOf("shop", 7);
  expect(queues.map(({ queue }) => queue)).toEqual([
    "shop.dead",
    "shop.urgent",
    "shop.high",
    "shop.normal",
    "shop.low",
  ]);
  for (const { durable, arguments: given } of queues) {
    expect([durable, given["x-queue-type"]]).toEqual([true, "quorum"]);
  }
  for (const { arguments: given } of queues.slice(1)) {
    expect(given).toMatchObject({ "x-delivery-limit": 7, "x-dead-letter-exchange": exchanges[0]?.exchange });
  }
});
