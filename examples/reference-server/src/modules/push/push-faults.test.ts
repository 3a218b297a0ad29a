import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { createExample } from "./examples.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    MEDIA_HOSTS: "oss.example.com",
    WECOM_MINI_PROGRAM_APP_ID: "wx0123456789abcdef",
  });
  await server.post("/wechatpush/create", { ...createExample, name: "已有" });
});
afterAll(() => server.close());

/** Paths of the faults that a body has. */
async function faultPaths(body: unknown, path = "/wechatpush/create"): Promise<readonly string[]> {
  const answer = await server.post(path, body);
  expect(answer.status).toBe(400);
  const { success, errors } = answer.json as { success: boolean; errors: { path: string; message: string }[] };
  expect(success).toBe(false);
  for (const { message } of errors) expect(message).toMatch(/[\u4e00-\u9fff]/);
  return errors.map((error) => error.path).sort();
}

const IMAGE = "https://oss.example.com/a.jpg";
const VIDEO = "https://oss.example.com/a.mp4";
const slot = { week: 1, time: "10:00" };

const WRONG_FIELDS: readonly (readonly [title: string, fields: Record<string, unknown>, paths: readonly string[]])[] = [
  ["no name", { name: undefined }, ["name"]],
  ["an empty name", { name: "  " }, ["name"]],
  ["a name that is no text", { name: 7 }, ["name"]],
  ["a name of 256 characters", { name: "长".repeat(256) }, ["name"]],
  ["a name with a line break", { name: "一\n二" }, ["name"]],
  ["a name with a control character", { name: "一\u0007二" }, ["name"]],
  ["an unknown status", { status: 2 }, ["status"]],
  ["a status as text", { status: "0" }, ["status"]],
  ["no startDate", { startDate: undefined }, ["startDate"]],
  ["a day without leading zeros", { startDate: "2024-1-5" }, ["startDate"]],
  ["a day that does not exist", { startDate: "2023-02-29" }, ["startDate"]],
  ["a day with a time", { endDate: "2024-12-31 00:00:00" }, ["endDate"]],
  [
    "days that hold none of its weekdays",
    { startDate: "2027-01-05", endDate: "2027-01-06", weekDayPushTime: [{ week: 7, time: "10:00" }] },
    ["weekDayPushTime"],
  ],
  ["an end before the start", { startDate: "2024-12-31", endDate: "2024-01-01" }, ["endDate"]],
  ["a link without a title", { link: { url: "https://shop.example" } }, ["link.title"]],
  ["a link title of 129 bytes", { link: { title: "a".repeat(129), url: "https://shop.example" } }, ["link.title"]],
  ["a link to nowhere", { link: { title: "x", url: "shop" } }, ["link.url"]],
  ["a video by http", { video: "http://oss.example.com/a.mp4" }, ["video"]],
  ["a file without a name", { file: { url: "https://oss.example.com/a.pdf" } }, ["file.name"]],
  ["an attachment of two kinds", { attachments: [{ image: IMAGE, video: VIDEO }] }, ["attachments.0"]],
  ["an attachment of no kind", { attachments: [{}] }, ["attachments.0"]],
  ["eight attachments beside image and card", { attachments: Array(8).fill({ image: IMAGE }) }, ["attachments"]],
  ["hours without a channel", { fallbackAfterHours: 4 }, ["fallbackAfterHours"]],
  ["a channel twice", { fallback: [{ channel: "sms" }, { channel: "sms" }] }, ["fallback.1.channel"]],
  ["no hours at all", { fallback: [{ channel: "sms" }], fallbackAfterHours: 0 }, ["fallbackAfterHours"]],
  ["no times", { weekDayPushTime: [] }, ["weekDayPushTime"]],
  ["times missing", { weekDayPushTime: undefined }, ["weekDayPushTime"]],
  ["times that are no list", { weekDayPushTime: slot }, ["weekDayPushTime"]],
  ["a time that is no object", { weekDayPushTime: ["10:00"] }, ["weekDayPushTime.0"]],
  ["week 0", { weekDayPushTime: [{ ...slot, week: 0 }] }, ["weekDayPushTime.0.week"]],
  ["week 8", { weekDayPushTime: [slot, { ...slot, week: 8 }] }, ["weekDayPushTime.1.week"]],
  ["a broken week", { weekDayPushTime: [{ ...slot, week: 1.5 }] }, ["weekDayPushTime.0.week"]],
  ["the hour 24", { weekDayPushTime: [{ ...slot, time: "24:00" }] }, ["weekDayPushTime.0.time"]],
  ["an hour without a zero", { weekDayPushTime: [{ ...slot, time: "9:00" }] }, ["weekDayPushTime.0.time"]],
  ["a minute 60", { weekDayPushTime: [{ ...slot, time: "09:60" }] }, ["weekDayPushTime.0.time"]],
  ["seconds", { weekDayPushTime: [{ ...slot, time: "09:00:00" }] }, ["weekDayPushTime.0.time"]],
  ["a blank after the time", { weekDayPushTime: [{ ...slot, time: "09:00 " }] }, ["weekDayPushTime.0.time"]],
  ["an unknown field of a time", { weekDayPushTime: [{ ...slot, zone: "x" }] }, ["weekDayPushTime.0.zone"]],
  ["the same time twice", { weekDayPushTime: [slot, { week: 2, time: "10:00" }, slot] }, ["weekDayPushTime.2"]],
  ["a negative lower bound", { lastOrderDay: -1 }, ["lastOrderDay"]],
  ["a broken bound", { lastOrderDayLimit: 45.5 }, ["lastOrderDayLimit"]],
  ["a bound as text", { lastOrderDay: "30" }, ["lastOrderDay"]],
  ["bounds in the wrong order", { lastOrderDay: 46 }, ["lastOrderDayLimit"]],
  ["a lower bound alone", { lastOrderDayLimit: null }, ["lastOrderDayLimit"]],
  ["an upper bound alone", { lastOrderDay: undefined }, ["lastOrderDay"]],
  ["a bound of eleven years", { lastOrderDayLimit: 4016 }, ["lastOrderDayLimit"]],
  ["labels as a list", { cityLabels: ["上海"] }, ["cityLabels"]],
  ["a label of 256 characters", { skuLabels: "x".repeat(256) }, ["skuLabels"]],
  ["1001 labels", { storeLabels: Array.from({ length: 1001 }, (_, index) => index).join() }, ["storeLabels"]],
  ["a text of 4001 bytes", { content: `${"喵".repeat(1333)}ab` }, ["content"]],
  ["a text with a control character", { content: "喵\u0000" }, ["content"]],
  ["an unknown variable", { content: "你好 {{nickname}}" }, ["content"]],
  ["an image over http", { img: "http://oss.example.com/a.jpg" }, ["img"]],
  ["an image that is no URL", { img: "a.jpg" }, ["img"]],
  ["an image URL with a password", { img: "https://a:b@oss.example.com/a.jpg" }, ["img"]],
  ["a card title of 65 bytes", { miniProgramTitle: `${"宠".repeat(21)}ab` }, ["miniProgramTitle"]],
  ["a card without a title", { miniProgramTitle: "" }, ["miniProgramTitle"]],
  [
    "a card with nothing but a page",
    { miniProgramTitle: null, miniProgramImg: "" },
    ["miniProgramImg", "miniProgramTitle"],
  ],
  ["an unknown label mode", { labelMode: "some" }, ["labelMode"]],
  ["an unknown recency mode", { recencyMode: "last-order" }, ["recencyMode"]],
  ["an unknown message class", { messageClass: "urgent" }, ["messageClass"]],
  ["allCustomers as text", { allCustomers: "true" }, ["allCustomers"]],
  ["an unknown field", { weekdayPushTime: [] }, ["weekdayPushTime"]],
  ["an id", { id: 1 }, ["id"]],
];

const NO_CONTENT = { content: "", img: "", miniProgramTitle: "", miniProgramImg: "", miniProgramUrl: "" };
const NO_LABELS = { cityLabels: "", storeLabels: "", brandLabels: "", cateLabels: "", skuLabels: " , " };
const NO_WINDOW = { lastOrderDay: null, lastOrderDayLimit: null };

describe("create", () => {
  test.each(WRONG_FIELDS)("refuses %s", async (_, fields, paths) => {
    expect(await faultPaths({ ...createExample, ...fields })).toEqual([...paths].sort());
  });

  test("refuses a push that says nothing", async () => {
    expect(await faultPaths({ ...createExample, ...NO_CONTENT })).toEqual(["content"]);
  });

  test("refuses a push to nobody in particular", async () => {
    expect(await faultPaths({ ...createExample, ...NO_LABELS, ...NO_WINDOW })).toEqual(["lastOrderDay"]);
  });

  test("takes everybody when asked for", async () => {
    const body = { ...createExample, ...NO_LABELS, ...NO_WINDOW, name: "全部", allCustomers: true };
    expect((await server.post("/wechatpush/create", body)).json).toEqual({ success: true, data: true });
  });

  test("takes a text of exactly 4000 bytes and a title of exactly 64", async () => {
    const body = {
      ...createExample,
      name: "边界",
      content: `${"喵".repeat(1333)}a`,
      miniProgramTitle: `${"宠".repeat(21)}a`,
    };
    expect((await server.post("/wechatpush/create", body)).status).toBe(200);
  });

  test("lists all faults of all fields at once, those across fields included", async () => {
    const paths = await faultPaths({
      name: "",
      status: 9,
      startDate: "2024-12-31",
      endDate: "2024-01-01",
      weekDayPushTime: [slot, slot, { week: 9, time: "25:00" }],
      lastOrderDay: 50,
      lastOrderDayLimit: 45,
      miniProgramTitle: "只有标题",
      colour: "red",
    });
    expect(paths).toEqual(
      [
        "name",
        "status",
        "endDate",
        "weekDayPushTime.1",
        "weekDayPushTime.2.week",
        "weekDayPushTime.2.time",
        "lastOrderDayLimit",
        "miniProgramImg",
        "miniProgramUrl",
        "colour",
      ].sort(),
    );
  });

  test("an empty body names every required field", async () => {
    const paths = ["content", "endDate", "lastOrderDay", "name", "startDate", "weekDayPushTime"];
    expect(await faultPaths({})).toEqual(paths);
  });

  test.each([[[]], ["text"], [7], [null], [true]])("refuses the body %j as a whole", async (body) => {
    expect(await faultPaths(body)).toEqual([""]);
  });

  test("a name that is taken is a conflict", async () => {
    const answer = await server.post("/wechatpush/create", { ...createExample, name: " 已有 " });
    expect(answer.status).toBe(409);
    expect(answer.json).toEqual({
      success: false,
      message: "推送名称已存在",
      errors: [{ path: "name", message: "推送名称已存在" }],
    });
  });

  test("messages are English for those who prefer it", async () => {
    const answer = await server.post("/wechatpush/create", {}, { "accept-language": "en-GB, zh;q=0.5" });
    expect(answer.json).toMatchObject({ errors: expect.arrayContaining([{ path: "name", message: "is required" }]) });
  });
});

describe("the other routes", () => {
  test.each(["edit", "editstatus", "info", "run", "delete"])("%s knows no foreign id", async (action) => {
    const body =
      action === "edit"
        ? { id: 999, ...createExample, name: "不存在" }
        : { id: 999, ...(action === "editstatus" && { status: 1 }) };
    const answer = await server.post(`/wechatpush/${action}`, body);
    expect(answer.status).toBe(404);
    expect(answer.json).toEqual({
      success: false,
      message: "推送不存在",
      errors: [{ path: "id", message: "推送不存在" }],
    });
  });

  test.each(["edit", "editstatus", "info", "run", "delete"])("%s needs an id that is one", async (action) => {
    for (const id of [undefined, 0, -1, 1.5, "1", null]) {
      expect(await faultPaths({ id }, `/wechatpush/${action}`)).toContain("id");
    }
  });

  test("an edit to a taken name is a conflict", async () => {
    await server.post("/wechatpush/create", { ...createExample, name: "第二" });
    const list = await server.post("/wechatpush/lists", { searchText: "第二" });
    const { id } = (list.json as { data: { data: { id: number }[] } }).data.data[0] ?? { id: 0 };
    expect((await server.post("/wechatpush/edit", { id, ...createExample, name: "已有" })).status).toBe(409);
    expect((await server.post("/wechatpush/edit", { id, ...createExample, name: "第二" })).status).toBe(200);
  });

  test("a paused push does not run", async () => {
    await server.post("/wechatpush/create", { ...createExample, name: "停用", status: 1 });
    const list = await server.post("/wechatpush/lists", { searchText: "停用" });
    const { id } = (list.json as { data: { data: { id: number }[] } }).data.data[0] ?? { id: 0 };
    expect((await server.post("/wechatpush/run", { id })).status).toBe(409);
  });

  test.each([
    ["", 200],
    ["x".repeat(255), 200],
    ["x".repeat(256), 400],
  ])("an idempotency key %#", async (key, status) => {
    const list = await server.post("/wechatpush/lists", { searchText: "已有" });
    const { id } = (list.json as { data: { data: { id: number }[] } }).data.data[0] ?? { id: 0 };
    const headers = key === "" ? {} : { "idempotency-key": key };
    expect((await server.post("/wechatpush/run", { id, force: true }, headers)).status).toBe(status);
  });

  test.each([
    [{ page: "1" }, ["page"]],
    [{ pagesize: 1.5 }, ["pagesize"]],
    [{ startTime: "2024-13-01" }, ["startTime"]],
    [{ startTime: "2024-02-01", endTime: "2024-01-01" }, ["endTime"]],
    [{ searchText: 1, colour: "red" }, ["colour", "searchText"]],
  ])("lists refuses %j", async (body, paths) => {
    expect(await faultPaths(body, "/wechatpush/lists")).toEqual(paths);
  });
});
