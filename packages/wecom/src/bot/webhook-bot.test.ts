import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { failureOf, openRig, testTransport } from "../test-rig.js";
import { createWebhookBot } from "./webhook-bot.js";

async function openBot(key = "bot-key") {
  const rig = await openRig({ simulator: { bots: ["bot-key"] } });
  const bot = createWebhookBot({ key, baseUrl: rig.simulator.url, transport: testTransport(), clock: rig.clock });
  return { ...rig, bot };
}

test("a bot posts texts, pictures and files", async () => {
  const { bot, simulator } = await openBot();
  await bot.send({ msgtype: "text", text: { content: "有 3 个任务待确认", mentioned_list: ["@all"] } });
  const picture = Buffer.from([1, 2, 3]);
  const md5 = createHash("md5").update(picture).digest("hex");
  await bot.send({ msgtype: "image", image: { base64: picture.toString("base64"), md5 } });
  const bytes = Buffer.from("编号,姓名\n1,咪咪\n");
  const media_id = await bot.uploadMedia({ type: "file", filename: "名单.csv", contentType: "text/csv", bytes });
  await bot.send({ msgtype: "file", file: { media_id } });
  expect(simulator.ledger.botMessages("bot-key").map(({ type }) => type)).toEqual(["text", "image", "file"]);
});

test("the 21st message in a minute is not asked for", async () => {
  const { bot, simulator, callsOf } = await openBot();
  const message = { msgtype: "text", text: { content: "a" } };
  for (let count = 0; count < 20; count += 1) await bot.send(message);
  const error = await failureOf(bot.send(message));
  expect(error).toMatchObject({ effect: "RATE_LIMITED", retryAfterMs: expect.any(Number) });
  expect(callsOf("send")).toBe(20);
  expect(simulator.ledger.botMessages("bot-key")).toHaveLength(20);
});

test("a wrong key is a fault of the settings, and no error holds it", async () => {
  const { bot } = await openBot("wrong-key");
  const error = await failureOf(bot.send({ msgtype: "text", text: { content: "a" } }));
  expect(error).toMatchObject({ effect: "CONFIG", providerCode: "93000" });
  expect(JSON.stringify(error) + error.message + error.stack).not.toContain("wrong-key");
});

test.each([
  ["text.content", { msgtype: "text", text: { content: "a".repeat(2049) } }],
  ["markdown.content", { msgtype: "markdown", markdown: { content: "a".repeat(4097) } }],
  ["news.articles", { msgtype: "news", news: { articles: Array(9).fill({ title: "t", url: "u" }) } }],
])("a %s beyond its limit is refused before any call", async (field, message) => {
  const { bot, callsOf } = await openBot();
  expect((await failureOf(bot.send(message))).message).toContain(`webhook/send: ${field}: `);
  expect(callsOf("send")).toBe(0);
});
