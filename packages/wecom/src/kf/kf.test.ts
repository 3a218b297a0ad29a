import { expect, test } from "vitest";
import { failureOf, openRig } from "../test-rig.js";

const open_kfid = "wkShop";

test("messages are read on from a cursor, and answered five times within 48 hours", async () => {
  const { client, simulator, clock } = await openRig({ simulator: { kfAccounts: [open_kfid] } });
  expect(await client.kfAccountList()).toMatchObject([{ open_kfid }]);
  simulator.control.customerWrites(open_kfid, "wm1", "在吗");
  const read = async (cursor?: string) => {
    const texts: unknown[] = [];
    let next = cursor;
    for await (const page of client.kfSyncMsg({ open_kfid, cursor })) {
      texts.push(...page.messages.map(({ text }) => text));
      next = page.cursor;
    }
    return { texts, next };
  };
  const first = await read();
  expect(first.texts).toEqual([{ content: "在吗" }]);
  simulator.control.customerWrites(open_kfid, "wm1", "还在吗");
  expect((await read(first.next)).texts).toEqual([{ content: "还在吗" }]);

  const answer = { touser: "wm1", open_kfid, msgtype: "text", text: { content: "在的" } };
  expect(await client.kfSendMsg({ ...answer, msgid: "order-7" })).toBe("order-7");
  expect(await failureOf(client.kfSendMsg({ ...answer, msgid: "order-7" }))).toMatchObject({ providerCode: "95005" });
  for (let count = 0; count < 4; count += 1) await client.kfSendMsg(answer);
  expect(await failureOf(client.kfSendMsg(answer))).toMatchObject({ effect: "RECIPIENT", providerCode: "95001" });
  simulator.control.customerWrites(open_kfid, "wm1", "好");
  clock.advance(48 * 3_600_000);
  expect(await failureOf(client.kfSendMsg(answer))).toMatchObject({ effect: "RECIPIENT", providerCode: "95002" });
  const { customer_list, invalid_external_userid } = await client.kfCustomerBatchget(["wm1", "wm2"]);
  expect([customer_list.map(({ external_userid }) => external_userid), invalid_external_userid]).toEqual([
    ["wm1"],
    ["wm2"],
  ]);
});

test("a session is handed to a member, told of once by its code, and nobody writes into it meanwhile", async () => {
  const { client, simulator } = await openRig({ simulator: { kfAccounts: [open_kfid], staff: ["anna"] } });
  simulator.control.customerWrites(open_kfid, "wm1", "在吗");
  expect(await client.kfServiceStateGet(open_kfid, "wm1")).toMatchObject({ service_state: 0 });
  const change = { open_kfid, external_userid: "wm1", service_state: 3, servicer_userid: "anna" };
  const unknown = client.kfServiceStateTrans({ ...change, servicer_userid: "nobody" });
  expect(await failureOf(unknown)).toMatchObject({ providerCode: "60111" });
  const code = await client.kfServiceStateTrans(change);
  expect(await client.kfServiceStateGet(open_kfid, "wm1")).toEqual({ service_state: 3, servicer_userid: "anna" });
  const answer = { touser: "wm1", open_kfid, msgtype: "text", text: { content: "在的" } };
  expect(await failureOf(client.kfSendMsg(answer))).toMatchObject({ providerCode: "95018" });
  const told = { code, msgtype: "text", text: { content: "安娜为您服务" } };
  expect(await client.kfSendMsgOnEvent(told)).not.toBe("");
  expect(await failureOf(client.kfSendMsgOnEvent(told))).toMatchObject({ effect: "REQUEST" });
  await client.kfServiceStateTrans({ ...change, service_state: 4 });
  expect(await failureOf(client.kfServiceStateTrans(change))).toMatchObject({ providerCode: "95013" });
});

test("1 001 messages come over two pages", async () => {
  const { client, simulator, callsOf } = await openRig({ simulator: { kfAccounts: [open_kfid] } });
  for (let count = 0; count < 1001; count += 1) simulator.control.customerWrites(open_kfid, "wm1", String(count));
  let count = 0;
  for await (const { messages } of client.kfSyncMsg({ open_kfid })) count += messages.length;
  expect([count, callsOf("sync_msg")]).toEqual([1001, 2]);
});

test("an idempotency key beyond 32 characters, and a text beyond 2048 bytes, are refused before any call", async () => {
  const { client, callsOf } = await openRig({ simulator: { kfAccounts: [open_kfid] } });
  const answer = { touser: "wm1", open_kfid, msgtype: "text", text: { content: "在的" } };
  expect((await failureOf(client.kfSendMsg({ ...answer, msgid: "a".repeat(33) }))).message).toContain("msgid");
  const long = { ...answer, text: { content: "a".repeat(2049) } };
  expect((await failureOf(client.kfSendMsg(long))).message).toContain("text.content: at most 2048 bytes");
  expect(callsOf("send_msg")).toBe(0);
});
