import { startFeishuSimulator } from "@recallkit/channels/simulator";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { undiciTransport } from "@recallkit/core/http";
import { memoryStores } from "@recallkit/core/memory";
import { virtualClock } from "@recallkit/core/testing";
import { expect, onTestFinished, test } from "vitest";
import type { HotConfig } from "../../frame/config-key.js";
import { sendDailyReport } from "./daily-report.js";

/** Monday 1 June 2026, 10:00 in Shanghai. */
const START = Date.UTC(2026, 5, 1, 2);
const DAY = 86_400_000;

test("the morning tells what the messages of the day before came to", async () => {
  const clock = virtualClock(START);
  const feishu = await startFeishuSimulator({ clock });
  onTestFinished(() => feishu.close());
  const kit = createRecallKit({ stores: memoryStores(), clock, logger: silentLogger });
  const { id: templateId } = await kit.messages.templates.create({
    name: "shipped",
    channel: "sms",
    content: { text: "shipped" },
    messageClass: "transactional",
  });
  await kit.tenants.create({ name: "without messages" });
  const { id } = await kit.messages.send({ templateId, recipient: "13800138000" });
  await kit.messages.sendBatch({ templateId, recipients: ["13800138001", "13800138002"] });
  await kit.messages.cancel(id);
  const transport = undiciTransport();
  onTestFinished(() => transport.close());
  const report = (...targets: readonly object[]) => {
    const hotConfig: Pick<HotConfig, "get"> = { get: (key) => key.schema.parse(targets) };
    return sendDailyReport({ kit, clock, hotConfig, logger: silentLogger, transport });
  };
  expect(await report()).toMatchObject({ messages: 0 });
  await clock.advance(DAY);
  expect(await report()).toEqual({ tenants: 1, messages: 3, sent: 0, failed: 0, told: 0 });
  const bot = { kind: "feishu-bot", url: feishu.botUrl, secret: "simulator-bot-secret" };
  const away = { kind: "feishu-bot", url: "http://127.0.0.1:9/nobody" };
  expect(await report(bot, away)).toMatchObject({ told: 1 });
  expect(JSON.stringify(feishu.ledger.messages)).toContain("2026-06-01");
  await expect(report(away)).rejects.toMatchObject({ retryable: expect.any(Boolean) });
});
