import { type SmsSimulator, startSmsSimulator } from "@recallkit/sms/simulator";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const PATIENCE = { timeout: 60_000, interval: 50 };
let simulator: SmsSimulator;
let server: TestServer;

interface Made {
  readonly status_code: string;
  readonly message: string;
  readonly data: {
    readonly recall_task_id: number | null;
    readonly accepted: number;
    readonly rejected: readonly { readonly index: number; readonly path: string; readonly message: string }[];
  };
}

const user = (user_name: string, contact: string, more: Readonly<Record<string, unknown>> = {}) => ({
  ...{ merchant_id: 1, user_name, product: "猫粮", product_type: "食品", contact, contact_type: "mobile", ...more },
});
const create = async (recall_users: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) => {
  const answer = await server.post("/recalls/create", { recall_users, ...more });
  return { status: answer.status, ...(answer.json as Made) };
};
const status = async (id: number | null) =>
  ((await server.get(`/recalls/${id}`)).json as { data: { state: string; deliveries: Record<string, number> } }).data;
const textsTo = (mobile: string) => simulator.ledger.messages.filter(({ to }) => to === mobile).map(({ text }) => text);
const customer = async (key: string) => server.context.stores.customers.findByKeys(1, [key]);

beforeAll(async () => {
  simulator = await startSmsSimulator();
  server = await startTestServer({
    YUNPIAN_API_KEY: "simulator-apikey",
    YUNPIAN_BASE_URL: simulator.url,
    YUNPIAN_PULL: "on",
    SMS_SIGNATURE: "喵星球",
    PUBLIC_URL: "https://shop.example.com",
    SHORT_URL: "https://s.example.com",
    RESULTS_POLL_MS: "500",
    SWEEP_INTERVAL_MS: "100",
    FREQUENCY_CAPS: "off",
    QUIET_HOURS: "off",
  });
});
afterAll(async () => {
  await server.close();
  await simulator.close();
});

describe("POST /recalls/create", () => {
  test("answers at once, as the document has it, and each user gets a text with a link of their own", async () => {
    const made = await create([user("张三", "13800138000"), user("李四", "138 0013 8001")]);
    expect(made).toMatchObject({ status: 200, status_code: "200", data: { accepted: 2, rejected: [] } });
    await vi.waitFor(
      async () => expect((await status(made.data.recall_task_id)).deliveries.delivered).toBe(2),
      PATIENCE,
    );
    const [text = ""] = textsTo("+8613800138000");
    expect(text).toMatch(/^【喵星球】张三，您关注的猫粮.* https:\/\/s\.example\.com\/r\/[\w-]{22} 拒收请回复R$/);
    const token = /\/r\/([\w-]{22})/.exec(text)?.[1] ?? "";
    const claim = await server.request("POST", "/coupon/get", {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token, username: "张三" }),
    });
    expect(claim.json).toMatchObject({ status_code: "200", message: "优惠券领取成功！请前往游戏内商城使用。" });
    const report = (await server.get(`/recalls/${made.data.recall_task_id}/report`)).json;
    expect(report).toMatchObject({
      data: { people: 2, accepted: 2, delivered: 2, clicked: 1, claimed: 1, waiting: 0, failed: 0 },
    });
    expect((await server.context.kit.coupons.list()).items).toMatchObject([{ name: "老客回归礼", stock: null }]);
  });

  test("a wrong row costs no other, and each is told by its place", async () => {
    const made = await create([
      user("王五", "13800138002"),
      user("外国", "+85251234567"),
      user("座机", "010-12345678"),
      user("链接", "13800138003", { product: "https://a.example.com" }),
      user("", "13800138004"),
      user("王五二", "+8613800138002"),
      user("类型", "13800138005", { contact_type: "fax" }),
      "no row",
      user("多余", "13800138006", { colour: "red" }),
      user("券", "13800138007", { coupon_id: 999 }),
    ]);
    expect(made).toMatchObject({ status: 200, data: { accepted: 1 } });
    expect(made.data.rejected.map(({ index, path }) => [index, path])).toEqual([
      [1, "contact"],
      [2, "contact"],
      [3, "product"],
      [4, "user_name"],
      [5, "contact"],
      [6, "contact_type"],
      [7, ""],
      [8, "colour"],
      [9, "coupon_id"],
    ]);
    expect(made.data.rejected[0]?.message).toBe("应为中国大陆手机号，例如 13800138000");
    expect(JSON.stringify(made)).not.toContain("85251234567");
    // The list of what was refused can be read again, page by page, with the reasons only.
    const path = `/recalls/${made.data.recall_task_id}/rejects`;
    expect((await server.get(path)).json).toMatchObject({ data: { items: made.data.rejected, next_cursor: null } });
    const first = (await server.get(`${path}?limit=4`)).json as { data: { items: unknown[]; next_cursor: string } };
    expect(first.data.items).toEqual(made.data.rejected.slice(0, 4));
    const next = await server.get(`${path}?limit=200&cursor=${first.data.next_cursor}`);
    expect(next.json).toMatchObject({ data: { items: made.data.rejected.slice(4), next_cursor: null } });
    expect((await server.get("/recalls/999999/rejects")).status).toBe(404);
  });

  test("without a row that can be taken there is no task", async () => {
    const before = ((await server.get("/recalls")).json as { data: { items: unknown[] } }).data.items.length;
    const made = await create([user("外国", "+85251234567")]);
    expect(made).toMatchObject({ status: 400, status_code: "400", data: { recall_task_id: null, accepted: 0 } });
    expect(((await server.get("/recalls")).json as { data: { items: unknown[] } }).data.items).toHaveLength(before);
    expect(await server.post("/recalls/create", { recall_users: [] })).toMatchObject({
      status: 400,
      json: { status_code: "400" },
    });
    const many = Array.from({ length: 10_001 }, () => ({}));
    expect((await server.post("/recalls/create", { recall_users: many })).status).toBe(400);
  });

  test("another merchant's rows refuse the whole request", async () => {
    const made = await create([user("张三", "13800138000"), user("李四", "13800138001", { merchant_id: 2 })]);
    expect(made).toMatchObject({ status: 403, status_code: "403" });
    expect((await server.request("POST", "/recalls/create")).status).toBe(401);
  });

  test("a repeat under its key makes no second task, and nobody gets a second text", async () => {
    const body = { recall_users: [user("赵六", "13800138010")], content: "{{customer_name}}，老朋友专享" };
    const key = { "idempotency-key": "recall-1" };
    const first = await server.post("/recalls/create", body, key);
    const again = await server.post("/recalls/create", body, key);
    expect([again.status, again.text]).toEqual([200, first.text]);
    const { recall_task_id: id } = (first.json as Made).data;
    await vi.waitFor(async () => expect((await status(id)).state).toBe("completed"), PATIENCE);
    expect(textsTo("+8613800138010")).toEqual([
      expect.stringMatching(/^【喵星球】赵六，老朋友专享 https:\/\/s\.example\.com\/r\/[\w-]{22} 拒收请回复R$/),
    ]);
  });

  test("brings consents with their proof, for each user or for all", async () => {
    const { kit } = server.context;
    await kit.contactPolicy.set({ consent: "required" });
    try {
      const form = { source: "到店登记", wording: "v2", evidence: "F-17", at: "2026-01-05 10:00:00" };
      const tomorrow = { at: "2099-01-01 00:00:00" };
      const made = await create([
        user("同意", "13800138060", { consent: form }),
        user("也同意", "13800138061", { consent: true }),
        user("没说", "13800138062"),
        user("明天", "13800138063", { consent: tomorrow }),
      ]);
      expect(made.data).toMatchObject({ accepted: 3, rejected: [{ index: 3, path: "consent" }] });
      await vi.waitFor(async () => expect((await status(made.data.recall_task_id)).state).toBe("completed"), PATIENCE);
      expect([60, 61, 62].map((end) => textsTo(`+86138001380${end}`).length)).toEqual([1, 1, 0]);
      expect((await kit.consents.list({ externalKey: "同意" })).items).toMatchObject([
        { channel: "sms", status: "granted", source: "到店登记", wording: "v2", evidence: "F-17" },
      ]);
      const all = await create([user("没说", "13800138062")], { consent: true, content: "好消息" });
      await vi.waitFor(async () => expect((await status(all.data.recall_task_id)).state).toBe("completed"), PATIENCE);
      expect(textsTo("+8613800138062")).toHaveLength(1);
    } finally {
      await kit.contactPolicy.set({ consent: "off" });
    }
  });

  test("content that no phone would get is refused with its field", async () => {
    const answer = await server.post("/recalls/create", {
      recall_users: [user("钱七", "13800138011")],
      content: "{{nobody_knows}}",
    });
    expect([answer.status, answer.json]).toMatchObject([400, { status_code: "400" }]);
    expect(await customer("钱七")).toEqual([]);
  });
});

describe("people", () => {
  test("of one name and two numbers stay two; a number that is known keeps its person", async () => {
    await create([user("同名", "13800138020")]);
    const [first] = await customer("同名");
    const made = await create([user("同名", "13800138021"), user("同名", "13800138020")]);
    expect(made.data).toMatchObject({ accepted: 2, rejected: [] });
    const [same] = await customer("同名");
    expect([same?.id, same?.identities.mobile]).toEqual([first?.id, "+8613800138020"]);
    const owners = await server.context.stores.customers.findOwners(1, [{ type: "mobile", value: "+8613800138021" }]);
    expect(owners).toHaveLength(1);
    expect(owners[0]?.customerId).not.toBe(first?.id);
  });

  test("that a shop has imported are found by their number, and their orders by their name", async () => {
    await server.context.kit.customers.upsert([{ externalKey: "17850", mobile: "+8613800138030" }]);
    await create([user("周九", "13800138030")]);
    expect(await customer("周九")).toEqual([]);
    const order = { merchant_id: 1, user_name: "周九", order_amount: 88.5, order_time: "2026-01-05 12:00:00" };
    expect((await server.post("/orders/create", { orders: [order] })).json).toMatchObject({ data: { created: 1 } });
    expect(await customer("周九")).toEqual([]);
  });

  test("whoever has no contact yet gets the one that they are recalled by", async () => {
    const order = { merchant_id: 1, user_name: "吴十", order_amount: 10, order_time: "2026-01-05 12:00:00" };
    await server.post("/orders/create", { orders: [order] });
    await create([user("吴十", "13800138031")]);
    expect((await customer("吴十"))[0]?.identities.mobile).toBe("+8613800138031");
  });
});

describe("tasks", () => {
  test("wait for their time, are cancelled, and sent again to those who got nothing", async () => {
    const made = await create([user("晚点", "13800138040")], { send_at: "2099-01-01 10:00:00", name: "新年" });
    const id = made.data.recall_task_id;
    expect(await status(id)).toMatchObject({ name: "新年", state: "planned", parts: [{ channel: "sms", people: 1 }] });
    expect((await server.post(`/recalls/${id}/cancel`)).json).toMatchObject({ data: { state: "cancelled" } });
    expect((await server.post(`/recalls/${id}/cancel`)).status).toBe(409);
    expect(textsTo("+8613800138040")).toEqual([]);
  });

  test("have a part for each product on WeCom, where one text goes to all, and one for each channel", async () => {
    const wecom = (name: string, product: string) => user(name, `wm_${name}`, { contact_type: "wecom", product });
    const users = [wecom("a", "猫粮"), wecom("b", "猫砂"), wecom("c", "猫粮"), user("丁", "13800138045")];
    const made = await create([...users, user("戊", "a@shop.example", { contact_type: "email" })], {
      send_at: "2099-01-01 10:00:00",
    });
    expect(made.data).toMatchObject({ accepted: 5, rejected: [] });
    const { parts } = (await status(made.data.recall_task_id)) as unknown as {
      parts: readonly { readonly channel: string; readonly people: number }[];
    };
    expect(parts.map(({ channel, people }) => [channel, people])).toEqual([
      ["wecom", 2],
      ["wecom", 1],
      ["sms", 1],
      ["email", 1],
    ]);
  });

  test("are sent again only to those who certainly got nothing", async () => {
    await server.context.kit.suppressions.add({ channel: "sms", address: "+8613800138051", reason: "opt_out" });
    const made = await create([user("到了", "13800138050"), user("拒收", "13800138051")]);
    const id = made.data.recall_task_id;
    await vi.waitFor(async () => expect((await status(id)).state).toBe("completed"), PATIENCE);
    const [entry] = (await server.context.kit.suppressions.list({ channel: "sms" })).items;
    await server.context.kit.suppressions.remove(entry?.id ?? 0);
    const again = (await server.post(`/recalls/${id}/resend`)).json as Made;
    expect(again.data).toMatchObject({ accepted: 1, rejected: [] });
    await vi.waitFor(async () => expect((await status(again.data.recall_task_id)).state).toBe("completed"), PATIENCE);
    expect([textsTo("+8613800138050").length, textsTo("+8613800138051").length]).toEqual([1, 1]);
    expect((await server.post(`/recalls/${again.data.recall_task_id}/resend`)).status).toBe(409);
    expect((await server.get("/recalls/999")).json).toMatchObject({ status_code: "404" });
  });

  test("of 10 000 users with one wrong row take the others", { timeout: 60_000 }, async () => {
    const users = Array.from({ length: 10_000 }, (_, n) =>
      user(`客${n}`, n === 5000 ? "12345" : `139${String(10_000_000 + n)}`),
    );
    const made = await create(users, { send_at: "2099-01-01 10:00:00" });
    expect(made.data).toMatchObject({ accepted: 9999, rejected: [{ index: 5000, path: "contact" }] });
    expect((await server.post(`/recalls/${made.data.recall_task_id}/cancel`)).status).toBe(200);
  });
});

describe("POST /orders/create", () => {
  const order = (user_name: string, more: Readonly<Record<string, unknown>> = {}) => ({
    ...{ merchant_id: 1, user_name, order_amount: 100.0, order_time: "2024-01-01 12:00:00", ...more },
  });
  const send = async (orders: readonly unknown[]) => (await server.post("/orders/create", { orders })).json;

  test("takes rows by themselves, and the same request again changes nothing", async () => {
    const rows = [
      order("订一"),
      order("订一"),
      order("订二", { order_no: "A1" }),
      order("订三", { order_amount: 1.234 }),
    ];
    expect(await send(rows)).toMatchObject({
      status_code: "200",
      data: { created: 3, unchanged: 0, unnumbered: 2, rejected: [{ index: 3, path: "order_amount" }] },
    });
    expect(await send(rows)).toMatchObject({ data: { created: 0, unchanged: 3 } });
    expect(await send([order("订二", { order_no: "A1", order_amount: "120.50" })])).toMatchObject({
      data: { created: 0, updated: 1 },
    });
  });

  test("refuses what holds no row that can be taken, and other merchants' orders", async () => {
    const none = await server.post("/orders/create", { orders: [order("x", { order_time: "tomorrow" })] });
    expect([none.status, none.json]).toMatchObject([400, { status_code: "400", data: { created: 0 } }]);
    expect((await server.post("/orders/create", { orders: [order("x", { merchant_id: 7 })] })).status).toBe(403);
  });
});

test("a list in a file, as bytes of any usual encoding, is the same as its rows", async () => {
  const send = (body: string | Uint8Array<ArrayBuffer>, query = "") =>
    server.request("POST", `/recalls/create/file${query}`, {
      body,
      headers: { authorization: `Bearer ${server.token}`, "content-type": "text/csv" },
    });
  const made = await send(
    "用户名,手机号,商品名称\r\n王五,13800139001,猫粮\r\n坏,123,\r\n",
    "?name=名单&send_at=2099-01-01%2010:00:00",
  );
  expect([made.status, made.json]).toMatchObject([
    200,
    { data: { accepted: 1, rejected: [{ index: 1, path: "contact" }] } },
  ]);
  const { recall_task_id } = (made.json as Made).data;
  expect(await status(recall_task_id)).toMatchObject({ state: "planned" });
  expect((await server.post(`/recalls/${recall_task_id}/cancel`)).status).toBe(200);
  expect((await send("name,colour\nA,red\n")).status).toBe(400);
  expect([(await send(new Uint8Array(64).fill(1))).status, (await send("用户名,手机号\n坏,1\n")).status]).toEqual([
    422, 400,
  ]);
});
