import { describe, expect, test } from "vitest";
import { createTestClient, customerIds, openSimulator } from "./test-client.js";

const post = (url: string, body: object) =>
  fetch(url, { method: "POST", body: JSON.stringify(body) }).then(async (answer) => [
    answer.status,
    await answer.json(),
  ]);

describe("admin API: members and customers", () => {
  test("a customer adds a member, and one deletes the other", async () => {
    const { simulator, client } = await openSimulator({ customers: [] });
    const admin = `${simulator.url}/__simulator`;
    const who = { userid: "staff-01", externalUserid: "wm1" };
    const [, added] = await post(`${admin}/customers`, { ...who, name: "咪咪", state: "spring" });
    expect(added).toMatchObject({ welcome_code: expect.any(String) });
    expect(await client.post("batch/get_by_user", { userid_list: ["staff-01"] })).toMatchObject({
      external_contact_list: [{ external_contact: { name: "咪咪" }, follow_info: { state: "spring" } }],
    });
    expect((await post(`${admin}/customers/delete`, { ...who, by: "customer" }))[0]).toBe(200);
    expect((await post(`${admin}/customers/delete`, { ...who, by: "employee" }))[0]).toBe(400);
  });

  test("a customer writes to a service account", async () => {
    const { simulator } = await openSimulator({ kfAccounts: ["wk1"] });
    const admin = `${simulator.url}/__simulator/kf/messages`;
    expect((await post(admin, { openKfid: "wk1", externalUserid: "wm1", text: "在吗" }))[0]).toBe(200);
    expect((await post(admin, { openKfid: "wk2", externalUserid: "wm1", text: "在吗" }))[0]).toBe(400);
  });
});

describe("mass messages by tag and to groups", () => {
  test("tags of a list are any of, lists are all of", async () => {
    const { simulator, client } = await openSimulator({ staff: ["a"], customers: customerIds(4) });
    const { tag_group } = await client.post("add_corp_tag", {
      group_name: "g",
      tag: [{ name: "x" }, { name: "y" }, { name: "z" }],
    });
    // The answer's shape is asserted by the tests of the client.
    const [x, y, z] = (tag_group as { tag: { id: string }[] }).tag.map(({ id }) => id);
    const mark = (id: string, tags: unknown[]) =>
      client.post("mark_tag", { userid: "a", external_userid: id, add_tag: tags });
    await mark("wm00000", [x, z]);
    await mark("wm00001", [y, z]);
    await mark("wm00002", [x]);
    const tag_filter = { group_list: [{ tag_list: [x, y] }, { tag_list: [z] }] };
    await client.post("add_msg_template", { sender: "a", tag_filter, text: { content: "喵" } });
    expect([...simulator.ledger.deliveries()].map(({ externalUserid }) => externalUserid)).toEqual([
      "wm00000",
      "wm00001",
    ]);
  });

  test("a group gets what its owner sends; before that results are silent about it", async () => {
    const groups = [
      { chatId: "wr1", owner: "a" },
      { chatId: "wr2", owner: "b" },
    ];
    const { simulator, client } = await openSimulator({ staff: ["a", "b"], groups });
    const request = { chat_type: "group", sender: "a", chat_id_list: ["wr1", "wr2", "wr3"], text: { content: "喵" } };
    const made = await client.post("add_msg_template", request);
    expect(made).toMatchObject({ errcode: 0, fail_list: ["wr2", "wr3"] });
    const { msgid } = made;
    const results = () => client.post("get_groupmsg_send_result", { msgid, userid: "a" });
    expect(await results()).toMatchObject({ send_list: [] });
    simulator.confirmAll();
    expect(await results()).toMatchObject({ send_list: [{ chat_id: "wr1", status: 1 }] });
    const now = Math.floor(Date.now() / 1000);
    const list = (chat_type: string) =>
      client.post("get_groupmsg_list_v2", { chat_type, start_time: now - 60, end_time: now + 60 });
    expect((await list("group")).group_msg_list).toHaveLength(1);
    expect((await list("single")).group_msg_list).toHaveLength(0);
    expect(await client.post("add_msg_template", { ...request, sender: undefined })).toMatchObject({ errcode: 40063 });
  });
});

describe("quota of calls", () => {
  test("a breach shuts the path of that corp for a minute", async () => {
    let now = Date.UTC(2026, 4, 20, 2);
    const corps = [
      { corpId: "ww1", secret: "s" },
      { corpId: "ww2", secret: "s" },
    ];
    const { simulator } = await openSimulator({ corps, clock: { now: () => now }, callQuota: { perMinute: 2 } });
    const [one, two] = ["ww1", "ww2"].map((corpId) => createTestClient(simulator.url, corpId, "s"));
    const ask = async (client = one) => (await client?.post("get_corp_tag_list", {}))?.errcode;
    expect([await ask(), await ask(), await ask(), await ask(two)]).toEqual([0, 0, 45009, 0]);
    now += 59_999;
    expect(await ask()).toBe(45009);
    now += 1;
    expect(await ask()).toBe(0);
  });
});
