import { expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import type { Channel } from "../ports/channel.js";
import type { WorkAnnouncement, WorkQueue } from "../ports/work-queue.js";
import { virtualClock } from "../testing/virtual-clock.js";
import { memoryWorkQueue } from "../work-queue.js";

const START = Date.UTC(2026, 5, 1, 2);
const HOUR = 3_600_000;

/** A process that accepts and one that sends, which share the stores and a queue; the sender polls once in an hour. */
async function twoProcesses() {
  const clock = virtualClock(START);
  const stores = { ...memoryStores(), wakeUps: undefined };
  const told: WorkAnnouncement[] = [];
  const inner = memoryWorkQueue();
  const queue: WorkQueue = {
    ...inner,
    announce(work) {
      told.push(...work);
      return inner.announce(work);
    },
  };
  let heard: () => void;
  const sent = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const addresses: string[] = [];
  const sms: Channel = {
    name: "sms",
    specVersion: 1,
    personal: true,
    addressType: "mobile",
    maxBatchSize: 100,
    capability: () => "none",
    async send({ recipients }) {
      addresses.push(...recipients.map(({ address }) => address));
      heard();
      return recipients.map(({ address }) => ({ kind: "accepted", providerMessageId: `p${address}` }));
    },
  };
  const options = { stores, clock, queue, channels: [sms], logger: silentLogger, secretKey: "s".repeat(32) };
  const [accepting, sending] = [
    createRecallKit(options),
    createRecallKit({ ...options, timings: { pollIntervalMs: HOUR } }),
  ];
  const { id } = await accepting.messages.templates.create({
    name: "shipped",
    channel: "sms",
    content: { text: "已发货" },
    messageClass: "transactional",
  });
  return { clock, told, sent, addresses, accepting, sending, templateId: id };
}

test("a process that waits for its next look sends at once what another has accepted", async () => {
  const { told, sent, addresses, accepting, sending, templateId } = await twoProcesses();
  const stop = new AbortController();
  const running = sending.run({ signal: stop.signal, roles: ["worker"] });
  const message = await accepting.messages.send({ templateId, recipient: "13800138000", priority: 9 });
  await sent;
  stop.abort();
  await running;
  expect(addresses).toEqual(["+8613800138000"]);
  expect(told).toEqual([{ kind: "message", id: message.id, priority: 9 }]);
});

test("a batch is one word, and what is due later or comes again is none", async () => {
  const { told, accepting, templateId } = await twoProcesses();
  const recipients = ["13800138000", "13800138001"];
  const { id } = await accepting.messages.sendBatch({ templateId, recipients, idempotencyKey: "b" });
  await accepting.messages.sendBatch({ templateId, recipients, idempotencyKey: "b" });
  await accepting.messages.send({ templateId, recipient: "13800138000", sendAt: START + HOUR });
  expect(told).toEqual([{ kind: "message-batch", id, priority: 5 }]);
});
