// A batch of messages whose servers are disturbed while they send it, against an SMS provider with books of its own.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, type RecallKit, silentLogger } from "@recallkit/core";
import { type SmsSimulator, startSmsSimulator } from "@recallkit/sms/simulator";
import { expect, onTestFinished } from "vitest";
import { moduleMigrations } from "../app.js";
import { parseDatabaseUrl } from "../config/database-url.js";
import { openStoresAt } from "../open-stores.js";
import { type ServerProcess, SHORT_TIMINGS, startServerProcess } from "./sending-shop.js";

/** Numbers that the simulator takes: other endings are refused by it. */
export const mobile = (n: number) => `138${String(10_000_000 + n * 10 + 8)}`;

/** Servers that send messages of a template, and what phones received of them. */
export interface MessagingShop {
  readonly simulator: SmsSimulator;
  readonly kit: RecallKit;
  readonly folder: string;
  /** The template of the messages, of which each says an order number. */
  readonly templateId: number;
  /** Starts the built server and waits until it is ready. */
  start(environment?: Readonly<Record<string, string>>): Promise<ServerProcess>;
  /** Accepts a batch. @returns its id */
  accept(count: number): Promise<number>;
  /** Until phones have received so many. */
  untilSent(count: number): Promise<void>;
  /** Until a batch is done. */
  untilDone(batchId: number): Promise<void>;
  /** Every message arrived once, the ledger says so, and the trace of each ends with what became of it. */
  expectBooksAgree(batchId: number, count: number): Promise<void>;
}

/** Opens a shop on an empty database; everything ends with the test. */
export async function openMessagingShop(options: {
  readonly newUrl: (folder: string) => Promise<string>;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<MessagingShop> {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-messages-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const simulator = await startSmsSimulator();
  onTestFinished(() => simulator.close());
  const url = await options.newUrl(folder);
  const setting = parseDatabaseUrl(url);
  if (typeof setting === "string") throw new Error(setting);
  const stores = await openStoresAt(setting, { sets: moduleMigrations });
  onTestFinished(() => stores.close());
  await stores.migrate();
  const kit = createRecallKit({ stores, logger: silentLogger });
  const { id: templateId } = await kit.messages.templates.create({
    name: "shipped",
    channel: "sms",
    content: { text: "您的订单 {{order_no}} 已发货" },
    variables: { order_no: {} },
    messageClass: "transactional",
  });
  const common = {
    ...{ PORT: "0", DATA_DIR: folder, DATABASE_URL: url, SAMPLE_DATA: "off", SIMULATORS: "off" },
    ...{ SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8", SMS_SIGNATURE: "喵星球" },
    ...{ YUNPIAN_API_KEY: "simulator-apikey", YUNPIAN_BASE_URL: simulator.url, MESSAGES_IN_FLIGHT: "8" },
    ...SHORT_TIMINGS,
    ...options.environment,
  };
  return {
    ...{ simulator, kit, folder, templateId },
    start: (environment = {}) => startServerProcess({ ...common, ...environment }),
    async accept(count) {
      const recipients = Array.from({ length: count }, (_, n) => ({
        recipient: mobile(n),
        variables: { order_no: n },
      }));
      return (await kit.messages.sendBatch({ templateId, recipients })).id;
    },
    async untilSent(count) {
      const isSending = () => simulator.ledger.messages.length;
      await expect.poll(isSending, { timeout: 60_000, interval: 2 }).toBeGreaterThanOrEqual(count);
    },
    async untilDone(batchId) {
      // Not known while the database is away.
      const isDone = () =>
        kit.messages.batch(batchId).then(
          ({ progress }) => progress,
          () => 0,
        );
      await expect.poll(isDone, { timeout: 90_000, interval: 200 }).toBe(1);
    },
    async expectBooksAgree(batchId, count) {
      const perNumber = simulator.ledger.sentPerNumber();
      expect([...perNumber].filter(([, times]) => times > 1)).toEqual([]);
      expect(perNumber.size).toBe(count);
      const { byState } = await kit.messages.batch(batchId);
      expect((byState.accepted ?? 0) + (byState.delivered ?? 0)).toBe(count);
      let traced = 0;
      for await (const { traceId } of kit.messages.all({ batchId })) {
        const { steps } = await kit.messages.trace(traceId);
        expect(steps.map(({ node }) => node)).toEqual(expect.arrayContaining(["queue", "process", "send"]));
        traced += 1;
      }
      expect(traced).toBe(count);
    },
  };
}
