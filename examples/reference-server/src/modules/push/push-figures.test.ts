import { createHash } from "node:crypto";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { createExample } from "./examples.js";

let simulator: WecomSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await startWecomSimulator({
    corps: [{ corpId: "ww1", secret: "corp-secret" }],
    staff: ["zhangsan", "lisi"],
    customers: (id) => !id.startsWith("wm_bad"),
  });
  server = await startTestServer({
    WECOM_CORP_ID: "ww1",
    WECOM_SECRET: "corp-secret",
    WECOM_AGENT_ID: "1000002",
    WECOM_BASE_URL: simulator.url,
    RESULTS_POLL_MS: "50",
    FREQUENCY_CAPS: "off",
  });
});
afterAll(async () => {
  await server.close();
  await simulator.close();
});

const everybody = {
  name: "召回",
  startDate: "2026-01-01",
  endDate: "2099-12-31",
  weekDayPushTime: [{ week: 1, time: "10:00" }],
  content: "喵～ https://shop.example/r",
  allCustomers: true,
  messageClass: "transactional",
};

const dataOf = <T>(answer: { json: unknown }) => (answer.json as { data: T }).data;

async function idOf(name: string): Promise<number> {
  const list = dataOf<{ data: { id: number }[] }>(await server.post("/wechatpush/lists", { searchText: name }));
  return list.data[0]?.id ?? 0;
}

async function people(prefix: string, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => {
    return { externalKey: `${prefix}${index}`, externalUserId: `wm_${prefix}${index}` };
  });
  await server.context.kit.customers.upsert(rows);
}

describe("S4's worked example", () => {
  test("1000 pushed, 50 failed, 950 succeeded, 120 orders: 12.6 %", async () => {
    await people("", 950);
    await people("bad", 50);
    await server.post("/wechatpush/create", everybody);
    const id = await idOf("召回");
    const { occurrenceId } = dataOf<{ occurrenceId: number }>(await server.post("/wechatpush/run", { id }));
    const { kit } = server.context;
    await expect
      .poll(async () => (await kit.occurrences.status(occurrenceId)).deliveries, { timeout: 60_000 })
      .toEqual({ accepted: 950, failed: 50 });
    const at = server.context.clock.now();
    const orders = Array.from({ length: 120 }, (_, index) => ({
      externalId: `o${index}`,
      externalKey: `${index % 100}`,
      orderedAt: at + 1,
      amount: 10,
      lines: [{ sku: "SKU001", name: "猫粮", quantity: 1, amount: 10 }],
    }));
    const strangers = [{ externalId: "x", externalKey: "bad1", orderedAt: at + 1, amount: 99 }];
    await expect.poll(() => server.context.clock.now() > at + 1).toBe(true);
    await kit.orders.ingest([...orders, ...strangers], { source: "shop" });

    const figures = dataOf<Record<string, unknown>>(
      await server.post("/wechatpush/statistics", { searchText: "召回" }),
    );
    expect(figures).toMatchObject({
      推送人数: 1000,
      推送成功人数: 950,
      推送失败人数: 50,
      推送成功率: 0.95,
      产生订单数: 120,
      订单转化率: 120 / 950,
      购买用户数: 100,
      用户转化率: 100 / 950,
      已送达人数: 0,
      待成员确认人数: 950,
      送达率: 0,
      accepted: 950,
      revenueMinor: 120_000,
      currency: "CNY",
      products: [{ sku: "SKU001", quantity: 120, orders: 120, buyers: 100, amountMinor: 120_000 }],
      byDay: [{ pushed: 1000, failed: 50, orders: 120, buyers: 100 }],
    });
    expect((Number(figures.订单转化率) * 100).toFixed(1)).toBe("12.6");
  });

  test("results give the documented JSON of every task, failures included", async () => {
    const page = dataOf<{
      data: { result: { external_userid: string[]; add: { fail_list: string[]; msgid: string } } }[];
    }>(await server.post("/wechatpush/results", { searchText: "召回", page: 1, pagesize: 10 }));
    const [task] = simulator.ledger.tasks;
    expect(page).toMatchObject({ total: 1, page: 1, pagesize: 10, pages: 1 });
    const [only] = page.data;
    expect(only).toMatchObject({
      name: "召回",
      result: {
        content: "喵～ https://shop.example/r",
        attachments: [],
        add: { errcode: 0, errmsg: "ok", msgid: task?.msgid },
      },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
    expect(only?.result.external_userid).toHaveLength(1000);
    expect(new Set(only?.result.add.fail_list)).toEqual(new Set(task?.failList));
  });

  test("a period takes both ends in, by day and by second", async () => {
    const { kit } = server.context;
    const { items } = await kit.occurrences.list();
    const day = (offset: number) => new Date((items[0]?.dueAt ?? 0) + 8 * 3_600_000 + offset).toISOString();
    const [date, second] = [day(0).slice(0, 10), day(0).slice(0, 19).replace("T", " ")];
    const before = day(-1000).slice(0, 19).replace("T", " ");
    const pushed = async (period: object) =>
      dataOf<{ 推送人数: number }>(await server.post("/wechatpush/statistics", period)).推送人数;
    expect(await pushed({ startTime: date, endTime: date })).toBe(1000);
    expect(await pushed({ startTime: second, endTime: second })).toBe(1000);
    expect(await pushed({ endTime: before })).toBe(0);
    expect(await pushed({ id: await idOf("召回"), startTime: "", endTime: null })).toBe(1000);
    expect(await pushed({ searchText: "别的" })).toBe(0);
    const wrong = await server.post("/wechatpush/statistics", { startTime: "2026-02-30 10:00:00", endTime: "soon" });
    expect(wrong.json).toMatchObject({ errors: [{ path: "startTime" }, { path: "endTime" }] });
  });

  test("remind and cancel act on the waiting task", async () => {
    const { items } = await server.context.kit.occurrences.list();
    const path = `/api/ops/occurrences/${items[0]?.id}`;
    expect((await server.post(`${path}/remind`)).json).toEqual({ tasks: { done: 1, failed: [] } });
    expect(simulator.ledger.tasks[0]?.remindedAt).toHaveLength(1);
    expect((await server.post(`${path}/cancel`)).json).toMatchObject({ tasks: { done: 1, failed: [] } });
    expect(simulator.ledger.tasks[0]?.cancelledAt).toBeDefined();
    expect((await server.post(`${path}/cancel`)).json).toMatchObject({ status: 409, code: "occurrence.finished" });
    expect((await server.post(`${path}/remind`)).json).toMatchObject({ code: "occurrence.nothing-waiting" });
    expect((await server.post("/api/ops/occurrences/999/cancel")).status).toBe(404);
  });
});

describe("preview", () => {
  test("tells steps, sample and warnings of a push to be made, and of one that is", async () => {
    const { name: _, ...rest } = everybody;
    const body = { ...rest, name: "未建", content: "喵～", cityLabels: "火星" };
    const preview = await server.post("/wechatpush/preview", body);
    expect(preview.json).toMatchObject({
      success: true,
      data: {
        count: 0,
        batches: 0,
        segments: null,
        sample: [],
        warnings: [
          { code: "label.unknown", message: "标签库中没有：city=火星；未知标签不匹配任何人" },
          { code: "audience.empty" },
          { code: "content.no-marker" },
        ],
      },
    });
    const made = await server.post("/wechatpush/preview", { id: await idOf("召回") });
    expect(made.json).toMatchObject({
      data: { count: 1000, batches: 1, steps: [{ name: "customers" }, { name: "reachable" }], asked: 1000 },
    });
    const { contacted, reasons } = (made.json as { data: { contacted: number; reasons: Record<string, number> } }).data;
    expect(Object.values(reasons).reduce((sum, people) => sum + people, contacted)).toBe(1000);
    expect((await server.post("/wechatpush/preview", { id: 999 })).status).toBe(404);
    const { total } = await server.context.kit.rules.page();
    expect(total).toBe(1);
  });

  test("warns of a push that is over, which may be written all the same", async () => {
    const over = { ...everybody, name: "旧推送", startDate: "2024-01-01", endDate: "2024-12-31" };
    const told = async (body: object) =>
      dataOf<{ warnings: object[] }>(await server.post("/wechatpush/preview", body)).warnings;
    const message = "有效期（至 2024-12-31）已结束，或剩余有效期内没有设定的星期和时间，推送不会再触发";
    expect(await told(over)).toEqual([{ code: "rule.never-fires", message }]);
    expect((await server.post("/wechatpush/create", over)).json).toEqual({ success: true, data: true });
    const id = await idOf("旧推送");
    expect(await told({ id })).toEqual([{ code: "rule.never-fires", message }]);
    await server.post("/wechatpush/delete", { id });
  });

  test.each([
    [{}, ["id"]],
    [{ id: "1" }, ["id"]],
    [{ id: 1, page: 2 }, ["page"]],
    [{ ...everybody, endDate: "2025-01-01" }, ["endDate"]],
    [{ ...everybody, weekDayPushTime: [{ week: 8, time: "10:00" }] }, ["weekDayPushTime.0.week"]],
  ])("%j is refused at %j", async (body, paths) => {
    const { json } = await server.post("/wechatpush/preview", body);
    expect((json as { errors: { path: string }[] }).errors.map(({ path }) => path)).toEqual(paths);
  });
});

describe("test", () => {
  test("reaches the customers and members named, outside of all figures", async () => {
    const id = await idOf("召回");
    const before = (await server.post("/wechatpush/statistics", {})).json;
    const answer = await server.post("/wechatpush/test", {
      id,
      externalUserids: ["wm_1"],
      staffUserids: ["zhangsan", "nobody"],
    });
    expect(answer.json).toEqual({
      success: true,
      data: { occurrenceId: expect.any(Number), unreachedStaff: ["nobody"] },
    });
    expect(simulator.ledger.staffMessages.map(({ userids }) => userids)).toEqual([["zhangsan"]]);
    const { occurrenceId } = dataOf<{ occurrenceId: number }>(answer);
    const { kit } = server.context;
    await expect
      .poll(async () => (await kit.occurrences.status(occurrenceId)).deliveries, { timeout: 60_000 })
      .toEqual({ accepted: 1 });
    expect((await server.post("/wechatpush/statistics", {})).json).toEqual(before);
  });

  test.each([
    [{}, "id"],
    [{ id: 1 }, "externalUserids"],
    [{ id: 1, externalUserids: [] }, "externalUserids"],
    [{ id: 1, externalUserids: ["wm_stranger"] }, "externalUserids.0"],
  ])("%j is refused at %s", async (body, path) => {
    expect((await server.post("/wechatpush/test", body)).json).toMatchObject({ success: false, errors: [{ path }] });
  });

  test("the same key sends once", async () => {
    const id = await idOf("召回");
    const sent = simulator.ledger.staffMessages.length;
    const body = { id, staffUserids: ["lisi"] };
    for (let count = 0; count < 3; count++) await server.post("/wechatpush/test", body, { "idempotency-key": "t1" });
    expect(simulator.ledger.staffMessages.length).toBe(sent + 1);
  });

  test("a provider that refuses is no error of ours", async () => {
    simulator.faults.push({ on: "message/send", kind: "error", errcode: 60020 });
    const answer = await server.post("/wechatpush/test", { id: await idOf("召回"), staffUserids: ["lisi"] });
    expect(answer.status).toBe(502);
  });
});

describe("the rest of a push", () => {
  test("keeps a version per edit, with pause and alarm", async () => {
    const id = await idOf("召回");
    const body = { id, ...everybody, batchPauseSeconds: 30, alertFailureRate: null };
    await server.post("/wechatpush/edit", body);
    expect(dataOf(await server.post("/wechatpush/info", { id }))).toMatchObject({
      version: 2,
      batchPauseSeconds: 30,
      alertFailureRate: null,
    });
    expect(dataOf(await server.post("/wechatpush/versions", { id }))).toMatchObject([
      { version: 2, batchPauseSeconds: 30, alertFailureRate: null },
      { version: 1, batchPauseSeconds: 0, alertFailureRate: 0.2 },
    ]);
    await server.post("/wechatpush/edit", { id, ...everybody, alertFailureRate: 0.5 });
    const { definition } = await server.context.kit.rules.get(id);
    expect(definition).toMatchObject({ batchPauseMs: 30_000, alert: { failureRate: 0.5 } });
    expect((await server.post("/wechatpush/edit", { id, ...everybody, alertFailureRate: 2 })).status).toBe(400);
  });

  test("images are kept by their content and used by reference", async () => {
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
    const upload = (body: Uint8Array<ArrayBuffer>, type: string) =>
      server.request("POST", "/api/media", {
        body,
        headers: { authorization: `Bearer ${server.token}`, "content-type": type },
      });
    const reference = `media:${createHash("sha256").update(png).digest("hex")}`;
    const answer = await upload(png, "image/png");
    expect([answer.status, answer.json]).toEqual([201, { reference, media_type: "image/png", bytes: png.length }]);
    expect((await upload(png, "application/octet-stream")).json).toMatchObject({ reference });
    expect((await upload(Uint8Array.from([1, 2, 3]), "image/png")).json).toMatchObject({
      status: 400,
      code: "input.invalid",
    });
    expect((await upload(png, "text/plain")).status).toBe(415);
    expect((await upload(new Uint8Array(10 * 1024 * 1024 + 1), "image/png")).status).toBe(413);
    const { img: _, ...rest } = { ...createExample, name: "带图" };
    expect((await server.post("/wechatpush/create", { ...rest, img: reference })).status).toBe(200);
  });
});

describe("labels and suppressions", () => {
  test("labels are added, renamed and paged", async () => {
    const put = (labels: object[]) => server.post("/api/labels", { labels });
    expect(
      (
        await put([
          { kind: "store", key: "1001", name: "上海仓" },
          { kind: "store", key: "1002" },
        ])
      ).json,
    ).toMatchObject({
      inserted: 2,
    });
    expect(
      (
        await put([
          { kind: "store", key: "1001", name: "上海二仓" },
          { kind: "store", key: "1002" },
        ])
      ).json,
    ).toMatchObject({
      updated: 1,
      unchanged: 1,
    });
    const first = await server.get("/api/labels?kind=store&limit=1");
    expect(first.json).toEqual({ items: [{ kind: "store", key: "1001", name: "上海二仓" }], next_cursor: "1001" });
    expect((await server.get("/api/labels?kind=store&limit=1&cursor=1001")).json).toEqual({
      items: [{ kind: "store", key: "1002", name: "1002" }],
      next_cursor: null,
    });
    expect((await put([{ kind: "planet", key: "x" }])).json).toMatchObject({ errors: [{ path: "labels.0.kind" }] });
    expect((await server.get("/api/labels")).json).toMatchObject({ errors: [{ path: "kind" }] });
  });

  test("suppressed people are left out, until the entry is lifted", async () => {
    const added = await server.post("/api/suppressions", { customer_key: "3", reason: "opt_out" });
    expect([added.status, added.json]).toMatchObject([201, { channel: "*", address: null, customer_key: "3" }]);
    const { id } = added.json as { id: number };
    const byAddress = await server.post("/api/suppressions", {
      channel: "wecom",
      address: "wm_4",
      reason: "complaint",
    });
    expect(byAddress.json).toMatchObject({ address: "wm_4", customer_key: null });
    expect((await server.get("/api/suppressions?channel=wecom")).json).toMatchObject({ items: [{ address: "wm_4" }] });
    const { occurrenceId } = dataOf<{ occurrenceId: number }>(
      await server.post("/wechatpush/run", { id: await idOf("召回") }),
    );
    const { kit } = server.context;
    await expect
      .poll(async () => (await kit.occurrences.status(occurrenceId)).deliveries, { timeout: 60_000 })
      .toEqual({ accepted: 948, failed: 50, suppressed: 2 });
    expect((await server.call("DELETE", `/api/suppressions/${id}`)).json).toEqual({ removed: true });
    expect((await server.call("DELETE", `/api/suppressions/${id}`)).status).toBe(404);
  });

  test.each([
    [{ reason: "x" }, 400, "address"],
    [{ reason: "x", address: "a", customer_key: "b" }, 400, "address"],
    [{ address: "a" }, 400, "reason"],
    [{ channel: "WeCom", address: "a", reason: "x" }, 400, "channel"],
  ])("%j answers %i", async (body, status, path) => {
    const answer = await server.post("/api/suppressions", body);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ errors: [{ path }] });
  });

  test("an opt-out of somebody unknown waits, and a list is taken row by row", async () => {
    const alone = await server.post("/api/suppressions", { customer_key: "nobody", reason: "x" });
    expect([alone.status, alone.json]).toMatchObject([201, { customer_key: "nobody", waiting: true }]);
    const list = [{ customer_key: "nobody", reason: "y" }, { customer_key: "9999", reason: "x" }, { address: "a" }];
    expect((await server.post("/api/suppressions", list)).json).toMatchObject({
      ...{ inserted: 1, updated: 1, unchanged: 0 },
      rejected: [{ index: 2, path: "reason" }],
    });
    const { items } = (await server.get("/api/suppressions?limit=200")).json as { items: { id: number }[] };
    for (const { id } of items.slice(-2)) await server.call("DELETE", `/api/suppressions/${id}`);
  });

  test("a label is taken from a customer, and two customers become one", async () => {
    const { kit } = server.context;
    await kit.customers.upsert([{ externalKey: "twin", city: "某城" }, { externalKey: "twin-old" }]);
    const removal = { customer_key: "twin", kind: "city", key: "某城" };
    const removed = await server.post("/api/labels/unassign", {
      labels: [removal, { ...removal, customer_key: "no" }],
    });
    expect(removed.json).toMatchObject({ updated: 1, rejected: [{ index: 1, path: "customer_key" }] });
    const merged = await server.post("/api/customers/merge", { into: "twin", from: "twin-old" });
    expect([merged.status, merged.json]).toMatchObject([200, { orders: 0, apart: 0 }]);
    expect((await kit.customers.export("twin-old")).customer.externalKey).toBe("twin");
    expect((await server.post("/api/customers/merge", { into: "twin", from: "nobody-known" })).status).toBe(404);
  });
});

test("results list people who left the batch before the call apart, with the reason", async () => {
  const { kit } = server.context;
  await kit.suppressions.add({ externalKey: "1", reason: "opt_out" });
  const { occurrenceId } = dataOf<{ occurrenceId: number }>(
    await server.post("/wechatpush/run", { id: await idOf("召回") }),
  );
  await expect
    .poll(async () => (await kit.occurrences.status(occurrenceId)).deliveries, { timeout: 60_000 })
    .toMatchObject({ suppressed: expect.any(Number), failed: 50 });
  const { data } = dataOf<{
    data: { occurrenceId: number; result: { external_userid: string[]; left_out: object[] } }[];
  }>(await server.post("/wechatpush/results", { searchText: "召回" }));
  const pushed = data.find((one) => one.occurrenceId === occurrenceId);
  expect(pushed?.result.external_userid).toContain("wm_2");
  expect(pushed?.result.external_userid).not.toContain("wm_1");
  expect(pushed?.result.left_out).toContainEqual({
    external_userid: "wm_1",
    state: "suppressed",
    reason: "opt_out",
  });
});
