import { expect, test } from "vitest";
import { CARD, failureOf, openRig, sendOptions } from "./test-rig.js";

const message = (content: typeof CARD, staff: readonly string[]) => ({ tenantId: 1, content, staff });
const show = async (rig: Awaited<ReturnType<typeof openRig>>, content: typeof CARD, staff: readonly string[]) =>
  rig.channel.showToStaff?.(message(content, staff), sendOptions());

test("text, picture and card reach the members named, and nobody else", async () => {
  const rig = await openRig({ channel: { agentId: 1_000_002 } });
  expect(await show(rig, CARD, ["staff-01", "staff-02"])).toEqual([]);
  const sent = rig.simulator.ledger.staffMessages;
  expect(sent.map(({ userids, type }) => [userids, type])).toEqual([
    [["staff-01", "staff-02"], "text"],
    [["staff-01", "staff-02"], "image"],
    [["staff-01", "staff-02"], "image"],
    [["staff-01", "staff-02"], "text"],
  ]);
  expect(sent.map(({ text }) => text)).toEqual(["喵～", undefined, undefined, "[小程序] 回来看看\npages/home?x=1"]);
  expect(rig.simulator.ledger.figures()).toMatchObject({ tasks: 0, pushed: 0 });
});

test("a text longer than one message comes in pieces that lose no character", async () => {
  const rig = await openRig({ channel: { agentId: 1_000_002 } });
  const text = "喵😺".repeat(500);
  await show(rig, { text }, ["staff-01"]);
  const sent = rig.simulator.ledger.staffMessages;
  expect(sent).toHaveLength(2);
  expect(sent.map((one) => one.text).join("")).toBe(text);
});

test("members who do not exist are told by the names given", async () => {
  const rig = await openRig({ channel: { agentId: 1_000_002 }, simulator: { staff: ["Amy"] } });
  expect(await show(rig, { text: "喵" }, ["Amy", "Nobody"])).toEqual(["Nobody"]);
  expect(await show(rig, { text: "喵" }, ["Nobody"])).toEqual(["Nobody"]);
});

test("without an agent id nothing is called, and a wrong one is a fault of the account", async () => {
  const without = await openRig();
  const error = await failureOf(Promise.resolve(show(without, { text: "喵" }, ["staff-01"])));
  expect(error).toMatchObject({ code: "channel.misconfigured", effect: "CONFIG" });
  expect(without.simulator.ledger.calls).toEqual([]);
  const wrong = await openRig({ channel: { agentId: 7 } });
  expect(await failureOf(Promise.resolve(show(wrong, { text: "喵" }, ["staff-01"])))).toMatchObject({
    code: "channel.misconfigured",
    providerCode: "40056",
  });
});

test("a lost answer is not taken for a success or a failure", async () => {
  const rig = await openRig({ channel: { agentId: 1_000_002 } });
  rig.simulator.faults.push({ on: "message/send", kind: "accept-then-reset" });
  const error = await failureOf(Promise.resolve(show(rig, { text: "喵" }, ["staff-01"])));
  expect(error).toMatchObject({ effect: "UNKNOWN" });
  expect(rig.simulator.ledger.staffMessages).toHaveLength(1);
});
