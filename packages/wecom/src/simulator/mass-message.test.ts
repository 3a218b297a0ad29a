import { expect, test } from "vitest";
import { customerIds, movableClock, openSimulator } from "./test-client.js";

const text = { content: "喵～好久不见" };
const hourMs = 3_600_000;

test("puts strangers into fail_list of a successful reply and keeps the rest", async () => {
  const { simulator, client } = await openSimulator({ customers: ["wm1", "wm2"] });
  const body = { external_userid: ["wm1", "wm9", "wm2", ""], text };
  const reply = await client.post("add_msg_template", body);
  expect(reply).toMatchObject({ errcode: 0, errmsg: "ok", fail_list: ["wm9", ""] });
  expect(reply.msgid).toMatch(/^msg[\w-]{30}$/);
  expect(simulator.ledger.figures()).toMatchObject({
    tasks: 1,
    pushed: 4,
    failed: 2,
    accepted: 2,
    waiting: 2,
    delivered: 0,
  });
});

test("makes no task when nobody can be sent to", async () => {
  const { simulator, client } = await openSimulator({ customers: (id) => id === "wm1" });
  expect(await client.post("add_msg_template", { external_userid: ["wm2"], text })).toMatchObject({ errcode: 41048 });
  expect(simulator.ledger.tasks).toEqual([]);
});

test("takes every id of the provider's shape for a customer by default, and no other", async () => {
  const { client } = await openSimulator();
  const body = { external_userid: ["wm_17850", "woAJ2GCAAA", "customer-1"], text };
  expect(await client.post("add_msg_template", body)).toMatchObject({ errcode: 0, fail_list: ["customer-1"] });
});

test("counts a repeated id once and remembers that it was repeated", async () => {
  const { simulator, client } = await openSimulator();
  await client.task(["wm1", "wm1", "wm2"]);
  expect(simulator.ledger.tasks[0]).toMatchObject({ recipients: 2, duplicates: 1 });
});

test("gives each customer to the member who follows, the last one to chat when there are several", async () => {
  const { simulator, client } = await openSimulator({ staff: ["amy", "bob"], customers: [] });
  simulator.setFollowers("wm1", ["amy"]);
  simulator.setFollowers("wm2", ["amy", "bob"]);
  simulator.setFollowers("wm3", ["amy", "somebody-outside-the-visible-range"]);
  const reply = await client.post("add_msg_template", { external_userid: ["wm1", "wm2", "wm3"], text });
  expect(reply).toMatchObject({ fail_list: ["wm3"] });
  const pairs = [...simulator.ledger.deliveries()].map(({ externalUserid, userid }) => [externalUserid, userid]);
  expect(pairs).toEqual([
    ["wm1", "amy"],
    ["wm2", "bob"],
  ]);
});

test("sends only to the given sender's own customers", async () => {
  const { simulator, client } = await openSimulator({ staff: ["amy", "bob"], customers: [] });
  simulator.setFollowers("wm1", ["amy", "bob"]);
  simulator.setFollowers("wm2", ["bob"]);
  const reply = await client.post("add_msg_template", { external_userid: ["wm1", "wm2"], sender: "amy", text });
  expect(reply).toMatchObject({ errcode: 0, fail_list: ["wm2"] });
  expect(simulator.ledger.tasks[0]?.staff).toEqual([{ userid: "amy", recipients: 1, confirmedAt: undefined }]);
  expect(await client.post("add_msg_template", { external_userid: ["wm1"], sender: "eve", text })).toMatchObject({
    errcode: 40003,
  });
});

test("reads a sender alone as all customers of that member", async () => {
  const { simulator, client } = await openSimulator({ staff: ["amy", "bob"], customers: customerIds(40) });
  await client.post("add_msg_template", { sender: "amy", text });
  await client.post("add_msg_template", { sender: "bob", text });
  const [amys = 0, bobs = 0] = simulator.ledger.tasks.map(({ recipients }) => recipients);
  expect(amys + bobs).toBe(40);
  expect(amys).toBeGreaterThan(0);
  expect(bobs).toBeGreaterThan(0);
});

test("finds nobody for a group task or a tag filter, which it does not model", async () => {
  const { client } = await openSimulator();
  const group = { chat_type: "group", sender: "staff-01", chat_id_list: ["wr1"], text };
  expect(await client.post("add_msg_template", group)).toMatchObject({ errcode: 41048 });
  const tags = { tag_filter: { group_list: [{ tag_list: ["et1"] }] }, text };
  expect(await client.post("add_msg_template", tags)).toMatchObject({ errcode: 41048 });
});

test("freezes what is unsent when a task is cancelled and keeps what was sent", async () => {
  const { simulator, client } = await openSimulator({ staff: ["amy", "bob"] });
  const msgid = await client.task(customerIds(20));
  const sent = simulator.confirm(msgid, "amy");
  expect(await client.post("cancel_groupmsg_send", { msgid })).toEqual({ errcode: 0, errmsg: "ok" });
  expect(() => simulator.confirm(msgid, "bob")).toThrow("cancelled");
  expect(simulator.confirmAll()).toBe(0);
  expect(simulator.ledger.figures()).toMatchObject({ delivered: sent, cancelled: 20 - sent, waiting: 0 });
  expect(await client.post("cancel_groupmsg_send", { msgid })).toMatchObject({ errcode: 41093 });
  expect(await client.post("remind_groupmsg_send", { msgid })).toMatchObject({ errcode: 41093 });
});

test("reminds three times in 24 hours", async () => {
  const clock = movableClock();
  const { simulator, client } = await openSimulator({ clock, tokenTtlSeconds: 864_000 });
  const msgid = await client.task(["wm1"]);
  const remind = async () => (await client.post("remind_groupmsg_send", { msgid })).errcode;
  expect([await remind(), await remind()]).toEqual([0, 0]);
  clock.advance(hourMs);
  expect([await remind(), await remind()]).toEqual([0, 41094]);
  clock.advance(23 * hourMs);
  expect([await remind(), await remind(), await remind()]).toEqual([0, 0, 41094]);
  expect(simulator.ledger.tasks[0]?.remindedAt).toHaveLength(5);
});

test.each(["cancel_groupmsg_send", "remind_groupmsg_send", "get_groupmsg_task", "get_groupmsg_send_result"])(
  "refuses %s for a missing or unknown msgid",
  async (path) => {
    const { client } = await openSimulator();
    expect(await client.post(path, {})).toMatchObject({ errcode: 41046 });
    expect(await client.post(path, { msgid: "msgUnknown" })).toMatchObject({ errcode: 41047 });
  },
);
