import { expect, test } from "vitest";
import { customerIds, movableClock, openSimulator, png, type Reply, type TestClient } from "./test-client.js";

const dayS = 86_400;
const rows = (reply: Reply, name: string): Record<string, unknown>[] => reply[name] as Record<string, unknown>[];

/** Follows the cursor to the last page; the rows of each page. */
async function pages(
  client: TestClient,
  path: string,
  list: string,
  body: object,
): Promise<Record<string, unknown>[][]> {
  const all: Record<string, unknown>[][] = [];
  let cursor = "";
  do {
    const reply = await client.post(path, { ...body, cursor });
    expect(reply.errcode).toBe(0);
    all.push(rows(reply, list));
    cursor = String(reply.next_cursor);
  } while (cursor !== "");
  return all;
}

test("lists tasks newest first without a creator, with create_time as text", async () => {
  const clock = movableClock();
  const { client } = await openSimulator({ clock });
  const old = await client.task(["wm1"]);
  clock.advance(1000);
  const { media_id } = await client.upload("image", png());
  const card = { title: "到店", pic_media_id: media_id, appid: "wx1", page: "/p?m=1" };
  const attachments = [
    { msgtype: "image", image: { media_id, pic_url: "https://ignored.example" } },
    { msgtype: "miniprogram", miniprogram: card },
    { msgtype: "link", link: { title: "a", url: "https://shop.example" } },
  ];
  const young = await client.task(["wm1"], { attachments });
  const now = clock.now() / 1000;
  const reply = await client.post("get_groupmsg_list_v2", { chat_type: "single", start_time: now - 1, end_time: now });
  const { pic_media_id: _, ...shownCard } = card;
  expect(reply).toEqual({
    errcode: 0,
    errmsg: "ok",
    next_cursor: "",
    group_msg_list: [
      {
        msgid: young,
        create_time: String(now),
        create_type: 0,
        text: { content: "喵～好久不见" },
        attachments: [
          { msgtype: "image", image: { media_id } },
          { msgtype: "miniprogram", miniprogram: shownCard },
          attachments[2],
        ],
      },
      { msgid: old, create_time: String(now - 1), create_type: 0, text: { content: "喵～好久不见" }, attachments: [] },
    ],
  });
});

test("pages the list by real cursors that survive new tasks, 50 by default and above 100", async () => {
  const clock = movableClock();
  const { client } = await openSimulator({ clock });
  const made: string[] = [];
  for (let number = 0; number < 120; number += 1) made.push(await client.task([`wm${number}`]));
  const now = clock.now() / 1000;
  const body = { chat_type: "single", start_time: now - dayS, end_time: now + dayS };
  const sizes = async (limit?: number) =>
    (await pages(client, "get_groupmsg_list_v2", "group_msg_list", { ...body, limit })).map((page) => page.length);
  expect(await sizes()).toEqual([50, 50, 20]);
  expect(await sizes(100)).toEqual([100, 20]);
  expect(await sizes(101)).toEqual([50, 50, 20]);
  expect(await sizes(60)).toEqual([60, 60]);

  const first = await client.post("get_groupmsg_list_v2", { ...body, limit: 100 });
  await client.task(["wm-late"]);
  const rest = await client.post("get_groupmsg_list_v2", { ...body, limit: 100, cursor: first.next_cursor });
  const seen = [...rows(first, "group_msg_list"), ...rows(rest, "group_msg_list")].map(({ msgid }) => msgid);
  expect(seen).toEqual(made.reverse());
});

test("accepts a cursor only for the query that it came from", async () => {
  const { client } = await openSimulator({ staff: ["amy", "bob"] });
  const msgid = await client.task(customerIds(40));
  const result = (body: object) => client.post("get_groupmsg_send_result", { msgid, userid: "amy", limit: 5, ...body });
  const { next_cursor } = await result({});
  expect(await result({ cursor: next_cursor, limit: 7 })).toMatchObject({ errcode: 0 });
  expect(await result({ cursor: next_cursor, userid: "bob" })).toMatchObject({ errcode: 50100 });
  expect(await result({ cursor: "5" })).toMatchObject({ errcode: 50100 });
  expect(await result({ cursor: `1${String(next_cursor)}` })).toMatchObject({ errcode: 50100 });
  const other = await client.task(customerIds(40));
  expect(await result({ cursor: next_cursor, msgid: other })).toMatchObject({ errcode: 50100 });
  expect(await client.post("get_groupmsg_task", { msgid, cursor: next_cursor })).toMatchObject({ errcode: 50100 });
});

test.each<[string, object, number]>([
  ["no chat_type", { chat_type: undefined }, 40063],
  ["no start", { start_time: undefined }, 40063],
  ["an end before the start", { end_time: 999 }, 40058],
  ["a span of 31 days", { end_time: 1000 + 31 * dayS }, 0],
  ["a span above a month", { end_time: 1001 + 31 * dayS }, 40058],
  ["a fraction of a second", { start_time: 1.5 }, 40058],
  ["an unknown filter", { filter_type: 3 }, 40058],
  ["a made-up cursor", { cursor: "made-up" }, 50100],
])("judges a list request with %s", async (_, change, errcode) => {
  const { client } = await openSimulator();
  const body = { chat_type: "single", start_time: 1000, end_time: 2000, ...change };
  expect(await client.post("get_groupmsg_list_v2", body)).toMatchObject({ errcode });
});

test("lists nothing for groups, for tasks of employees and for a creator", async () => {
  const clock = movableClock();
  const { client } = await openSimulator({ clock });
  await client.task(["wm1"]);
  const now = clock.now() / 1000;
  const count = async (change: object) => {
    const body = { chat_type: "single", start_time: now, end_time: now, ...change };
    return rows(await client.post("get_groupmsg_list_v2", body), "group_msg_list").length;
  };
  expect(await count({ filter_type: 0 })).toBe(1);
  expect(await count({ filter_type: 1 })).toBe(0);
  expect(await count({ chat_type: "group" })).toBe(0);
  expect(await count({ creator: "staff-01" })).toBe(0);
  expect(await count({ start_time: now + 1, end_time: now + 2 })).toBe(0);
});

test("shows a task in the list only after listedAfterMs", async () => {
  const clock = movableClock();
  const { client } = await openSimulator({ clock, listedAfterMs: 3000 });
  await client.task(["wm1"]);
  const now = clock.now() / 1000;
  const list = () => client.post("get_groupmsg_list_v2", { chat_type: "single", start_time: now, end_time: now });
  expect(rows(await list(), "group_msg_list")).toHaveLength(0);
  clock.advance(3000);
  expect(rows(await list(), "group_msg_list")).toHaveLength(1);
});

test("answers 41063 while a task is being dispatched", async () => {
  const clock = movableClock();
  const { client } = await openSimulator({ clock, dispatchingMs: 2000, confirm: { afterMs: 0 }, staff: ["amy"] });
  const msgid = await client.task(["wm1"]);
  clock.advance(1999);
  expect(await client.post("get_groupmsg_task", { msgid })).toMatchObject({ errcode: 41063 });
  expect(await client.post("get_groupmsg_send_result", { msgid, userid: "amy" })).toMatchObject({ errcode: 41063 });
  clock.advance(1);
  expect(await client.post("get_groupmsg_task", { msgid })).toMatchObject({
    task_list: [{ userid: "amy", status: 2 }],
  });
});

test("gives send_time only to what was sent", async () => {
  const clock = movableClock();
  const { simulator, client } = await openSimulator({ clock, staff: ["amy", "bob"], customers: [] });
  simulator.setFollowers("wm1", ["amy"]);
  simulator.setFollowers("wm2", ["amy"]);
  simulator.setFollowers("wm3", ["bob"]);
  const msgid = await client.task(["wm1", "wm2", "wm3"]);
  simulator.setFollowers("wm2", []);
  simulator.confirm(msgid, "amy");
  const send_time = clock.now() / 1000;
  const tasks = await client.post("get_groupmsg_task", { msgid });
  expect(tasks.task_list).toEqual([
    { userid: "amy", status: 2, send_time },
    { userid: "bob", status: 0 },
  ]);
  const amys = await client.post("get_groupmsg_send_result", { msgid, userid: "amy" });
  expect(amys.send_list).toEqual([
    { external_userid: "wm1", userid: "amy", status: 1, send_time },
    { external_userid: "wm2", userid: "amy", status: 2 },
  ]);
  const bobs = await client.post("get_groupmsg_send_result", { msgid, userid: "bob" });
  expect(bobs.send_list).toEqual([{ external_userid: "wm3", userid: "bob", status: 0 }]);
});

test("pages results by 500 by default and above 1000, each customer once", async () => {
  const { client } = await openSimulator({ staff: ["amy"] });
  const ids = customerIds(1200);
  const msgid = await client.task(ids);
  const read = (limit?: number) =>
    pages(client, "get_groupmsg_send_result", "send_list", { msgid, userid: "amy", limit });
  expect((await read()).map((page) => page.length)).toEqual([500, 500, 200]);
  expect((await read(1001)).map((page) => page.length)).toEqual([500, 500, 200]);
  const all = await read(1000);
  expect(all.map((page) => page.length)).toEqual([1000, 200]);
  expect(all.flat().map(({ external_userid }) => external_userid)).toEqual(ids);
});

test("pages the members of a task", async () => {
  const { client } = await openSimulator({ staff: 20 });
  const msgid = await client.task(customerIds(500));
  const all = await pages(client, "get_groupmsg_task", "task_list", { msgid, limit: 8 });
  expect(all.map((page) => page.length)).toEqual([8, 8, 4]);
  expect(new Set(all.flat().map(({ userid }) => userid)).size).toBe(20);
});

test("refuses results without a member or for one outside the task", async () => {
  const { client } = await openSimulator();
  const msgid = await client.task(["wm1"]);
  expect(await client.post("get_groupmsg_send_result", { msgid })).toMatchObject({ errcode: 41009 });
  expect(await client.post("get_groupmsg_send_result", { msgid, userid: "eve" })).toMatchObject({ errcode: 40003 });
});
