// Who goes first when very many messages wait.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import type { Channel, Recipient } from "@recallkit/core/ports";
import { expect, onTestFinished, test } from "vitest";
import { sqliteStores } from "./index.js";

/** 100 000 in `npm run test:full`. */
const QUEUED = Number(process.env.QUEUED_MESSAGES ?? 3_000);
const IN_FLIGHT = 100;
const mobile = (n: number) => `138${String(n).padStart(8, "0")}`;

/** A kit over a file, with a provider that does something at each message. */
async function sending(onSent: (recipient: Recipient, tenantId: number) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-lanes-"));
  const channel: Channel = {
    name: "sms",
    specVersion: 1,
    personal: true,
    addressType: "mobile",
    maxBatchSize: 1,
    capability: () => "keyed",
    async send({ recipients, tenantId }) {
      for (const recipient of recipients) await onSent(recipient, tenantId);
      return recipients.map(({ marker }) => ({ kind: "accepted", providerMessageId: marker }));
    },
  };
  const stores = await sqliteStores({ file: join(folder, "lanes.db"), migrate: true });
  const options = { stores, channels: [channel], messagesInFlight: IN_FLIGHT, logger: silentLogger };
  const kit = createRecallKit(options);
  onTestFinished(async () => {
    await kit.close();
    await rm(folder, { recursive: true, force: true });
  });
  const fill = async (tenantId: number, count: number, priority: number) => {
    const { messages } = kit.forTenant(tenantId);
    const { id: templateId } = await messages.templates.create({
      name: `${priority}`,
      channel: "sms",
      content: { text: "您的订单已发货" },
      messageClass: "transactional",
    });
    for (let from = 0; from < count; from += 10_000) {
      const size = Math.min(10_000, count - from);
      const recipients = Array.from({ length: size }, (_, n) => mobile(from + n));
      await messages.sendBatch({ templateId, recipients, priority });
    }
    return templateId;
  };
  return { kit, fill };
}

test(`of ${QUEUED} messages of low priority that wait, at most ${IN_FLIGHT} leave before an urgent one`, {
  timeout: 60_000 + QUEUED * 3,
}, async () => {
  const stop = new AbortController();
  const urgent = "13900000000";
  let [sent, acceptedAfter, sentAfter] = [0, 0, 0];
  let templateId = 0;
  const { kit, fill } = await sending(async ({ address }) => {
    if (address.endsWith(urgent)) {
      sentAfter = sent;
      stop.abort();
      return;
    }
    sent += 1;
    if (sent !== 1000) return;
    await kit.messages.send({ templateId, recipient: urgent, priority: 10 });
    acceptedAfter = sent;
  });
  templateId = await fill(1, QUEUED, 0);
  await kit.run({ signal: stop.signal });
  expect(acceptedAfter).toBeGreaterThanOrEqual(1000);
  expect(sentAfter - acceptedAfter).toBeLessThanOrEqual(IN_FLIGHT);
});

test(`a merchant with ${QUEUED} messages and one with 300 take turns`, { timeout: 60_000 + QUEUED * 3 }, async () => {
  const stop = new AbortController();
  const ofTenant = new Map<number, number>();
  let small = 0;
  const { kit, fill } = await sending(async (_, tenantId) => {
    ofTenant.set(tenantId, (ofTenant.get(tenantId) ?? 0) + 1);
    if (ofTenant.get(small) === 300) stop.abort();
  });
  small = (await kit.tenants.create({ name: "small" })).id;
  await fill(1, QUEUED, 5);
  await fill(small, 300, 5);
  await kit.run({ signal: stop.signal });
  // What is under way when the last one of the small merchant leaves goes out as well.
  expect(ofTenant.get(1)).toBeLessThanOrEqual(300 + 3 * IN_FLIGHT);
});
