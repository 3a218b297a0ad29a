import { describe, expect, test } from "vitest";
import { failureOf, openRig } from "../test-rig.js";

const AGENT = 1_000_002;
const text = (content: string, touser = "staff-01") => ({ touser, agentid: AGENT, msgtype: "text", text: { content } });

describe("createWecomClient: messages to members", () => {
  test("tell whom they did not reach, and can be withdrawn for a day", async () => {
    const { client, simulator, clock } = await openRig();
    const sent = await client.messageSend(text("任务", "staff-01|NoBody"));
    expect(sent.invaliduser).toEqual(["nobody"]);
    clock.advance(86_399_000);
    await client.messageRecall(sent.msgid ?? "");
    expect(simulator.ledger.staffMessages[0]?.recalledAt).toBe(clock.now());
    clock.advance(1000);
    expect(await failureOf(client.messageRecall(sent.msgid ?? ""))).toMatchObject({ providerCode: "42052" });
  });

  test("nobody reached is a refusal of the recipients, another app's id one of the settings", async () => {
    const { client } = await openRig();
    expect(await failureOf(client.messageSend(text("a", "nobody")))).toMatchObject({
      effect: "RECIPIENT",
      providerCode: "81013",
    });
    expect(await failureOf(client.messageSend({ ...text("a"), agentid: 5 }))).toMatchObject({
      effect: "CONFIG",
      providerCode: "40056",
    });
  });

  test("a repeat within the interval of the duplicate check reaches nobody", async () => {
    const { client, simulator, clock } = await openRig();
    const message = { ...text("一次"), enable_duplicate_check: 1 };
    await client.messageSend(message);
    await client.messageSend(message);
    expect(simulator.ledger.staffMessages).toHaveLength(1);
    clock.advance(1_800_000);
    await client.messageSend(message);
    expect(simulator.ledger.staffMessages).toHaveLength(2);
  });

  test("the simulator drops what a member would get beyond 30 in a minute, and says nothing", async () => {
    const { client, simulator } = await openRig();
    for (let count = 0; count < 31; count += 1) await client.messageSend(text(`第${count}条`));
    expect(simulator.ledger.staffMessages).toHaveLength(30);
  });

  test.each([
    ["touser", { ...text("a"), touser: Array.from({ length: 1001 }, (_, index) => `u${index}`).join("|") }],
    ["text.content", text("a".repeat(2049))],
    [
      "textcard.url",
      { ...text("a"), msgtype: "textcard", textcard: { title: "t", description: "d", url: "u".repeat(2049) } },
    ],
    ["textcard.btntxt", { ...text("a"), textcard: { title: "t", description: "d", url: "u", btntxt: "12345" } }],
    ["news.articles", { ...text("a"), msgtype: "news", news: { articles: Array(9).fill({ title: "t", url: "u" }) } }],
    ["msgtype", { touser: "staff-01", agentid: AGENT, msgtype: "image" }],
  ])("a %s beyond its limit is refused before any call", async (field, message) => {
    const { client, callsOf } = await openRig();
    const error = await failureOf(client.messageSend(message));
    expect(error).toMatchObject({ effect: "REQUEST", message: expect.stringContaining(`message/send: ${field}: `) });
    expect(callsOf("send")).toBe(0);
  });
});
