import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const english = { "accept-language": "en" };

function sendLines(path: string, rows: readonly unknown[], headers: Readonly<Record<string, string>> = {}) {
  return server.request("POST", path, {
    body: rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/x-ndjson", ...headers },
  });
}

describe("customers and orders of another program", () => {
  test("are taken as a list and as lines; the same again changes nothing", async () => {
    const people = [
      { customer_key: "p1", name: "王女士", mobile: "+8613800138001", birthday: "1990-02-03", external_userid: "wm1" },
      { customer_key: "p2", city: "上海", openid: "o2", unionid: null },
    ];
    expect((await server.post("/api/customers", people)).json).toMatchObject({ inserted: 2, rejected: [] });
    expect((await sendLines("/api/customers", people)).json).toMatchObject({ inserted: 0, unchanged: 2 });
    const { kit } = server.context;
    expect(await kit.customers.export("p1")).toMatchObject({ customer: { name: "王女士", bornOn: "1990-02-03" } });

    const orders = [
      {
        order_no: "A1",
        customer_key: "p1",
        ordered_at: "2026-01-05 10:30:00",
        status: "paid",
        lines: [
          { sku: { key: "s1", name: "猫粮" }, quantity: 2, amount: "10.50", brand: "B", category: "C", store: "1001" },
          { sku: "s2", amount: 3 },
        ],
      },
      { order_no: "A2", customer_key: "p3", ordered_at: 1_767_225_600_000, amount: "5", customer: { city: "北京" } },
    ];
    const taken = { customers: { inserted: 1, updated: 0, unchanged: 1 }, amount_minor: 1850, rejected: [] };
    expect((await server.post("/api/orders?source=erp", orders)).json).toMatchObject({ inserted: 2, ...taken });
    expect((await sendLines("/api/orders?source=erp", orders)).json).toMatchObject({ inserted: 0, unchanged: 2 });
    expect((await sendLines("/api/orders", orders)).json).toMatchObject({ inserted: 2 });
  });

  test("people have attributes of the shop's own", async () => {
    const rows = [
      { customer_key: "at1", attributes: { level: "金卡", points: 12, vip: true } },
      { customer_key: "at2", attributes: { points: "many", name: "小" } },
    ];
    const { json } = await server.post("/api/customers", rows);
    expect(json).toMatchObject({
      inserted: 2,
      dropped: [{ index: 1, path: "attributes.points", code: "attribute.type", message: "与该属性的类型不符" }],
    });
    await server.post("/api/customers", [{ customer_key: "at1", attributes: { level: null } }]);
    const { kit } = server.context;
    expect((await kit.customers.export("at1")).attributes).toEqual({ points: 12, vip: true });
    const orders = [{ order_no: "AT1", customer_key: "at1", ordered_at: "2026-01-05", customer: { attributes: {} } }];
    expect((await server.post("/api/orders", orders)).json).toMatchObject({
      rejected: [{ path: "customer.attributes" }],
    });
  });

  test("each row has its own outcome, by the name that the caller used, in the caller's language", async () => {
    const rows = [
      { customer_key: "r1", externalKey: "x" },
      { customer_key: "r2", name: "ok" },
      { customer_key: 7 },
      "nothing",
      { name: "nobody" },
    ];
    const zh = await server.post("/api/customers", rows);
    expect(zh.json).toMatchObject({
      inserted: 1,
      rejected: [
        { index: 0, path: "externalKey", code: "unrecognized_keys", message: "未知字段" },
        { index: 2, path: "customer_key", code: "invalid_type", message: "必填，1-255 个字符，不含控制字符" },
        { index: 3, path: "" },
        { index: 4, path: "customer_key" },
      ],
    });
    const orders = [
      { order_no: "B1", customer_key: "r2", ordered_at: "2026-02-30", amount: 1 },
      { order_no: "B2", customer_key: "r2", ordered_at: "2026-02-03", amount: "1.234" },
      { order_no: "B3", customer_key: "r2", ordered_at: "2026-02-03", lines: [{ amount: 1, price: 2 }] },
      { order_no: "B4", customer_key: "r2", ordered_at: "2026-02-03", amount: 1, customer: { customer_key: "x" } },
      { order_no: "B5", customer_key: "r2", ordered_at: "2026-02-03", amount: 1 },
    ];
    const en = await server.post("/api/orders", orders, english);
    expect(en.json).toMatchObject({
      inserted: 1,
      rejected: [
        { index: 0, path: "ordered_at", code: "time.invalid", message: expect.stringContaining("must be YYYY-MM-DD") },
        { index: 1, path: "amount", code: "amount.invalid" },
        { index: 2, path: "lines.0.price", message: "unknown field" },
        { index: 3, path: "customer.customer_key", message: "unknown field" },
      ],
    });
  });

  test("a wrong optional value costs the value, unless told otherwise", async () => {
    const rows = [{ customer_key: "d1", name: "王", mobile: "138****8000" }];
    const dropped = { index: 0, path: "mobile", message: "应为 E.164 格式的手机号，例如 +8613800138000" };
    expect((await server.post("/api/customers?strict=true", rows)).json).toMatchObject({
      inserted: 0,
      rejected: [dropped],
      dropped: [],
    });
    expect((await server.post("/api/customers", rows)).json).toMatchObject({
      inserted: 1,
      rejected: [],
      dropped: [dropped],
      moved: 0,
    });
  });

  test("a key makes a repeat harmless, and its own tenant is all that a caller reaches", async () => {
    const rows = [{ customer_key: "k1", name: "once" }];
    const key = { "idempotency-key": "rows-1" };
    expect((await server.post("/api/customers", rows, key)).json).toMatchObject({ inserted: 1 });
    const again = await sendLines("/api/customers", rows, key);
    expect([again.json, again.headers.get("idempotent-replayed")]).toEqual([
      expect.objectContaining({ inserted: 1 }),
      "true",
    ]);
    expect((await sendLines("/api/customers", [{ customer_key: "k2" }], key)).status).toBe(422);
    const { id } = await server.context.kit.tenants.create({ name: "另一家" });
    await expect(server.context.kit.forTenant(id).customers.export("k1")).rejects.toMatchObject({
      code: "customer.not-found",
    });
  });

  test("10 000 rows are one request, 10 001 are refused and nothing of them is taken", async () => {
    const many = Array.from({ length: 10_001 }, (_, at) => ({ customer_key: `m${at}`, name: "某人", city: "上海" }));
    expect(await sendLines("/api/customers", many, english)).toMatchObject({
      status: 413,
      json: { code: "http.too-many-rows", errors: [{ path: "10000", message: expect.stringContaining("10000 rows") }] },
    });
    expect((await sendLines("/api/customers", many.slice(1))).json).toMatchObject({ inserted: 10_000, rejected: [] });
  });

  test("a key of the shop's program needs the scope for it", async () => {
    const keyOf = async (scopes: string[]) =>
      ((await server.post("/api/api-keys", { name: scopes.join(), scopes })).json as { token: string }).token;
    const rows = [{ customer_key: "s1" }];
    const may = await keyOf(["customers:write"]);
    const mayNot = await keyOf(["customers:read"]);
    expect((await server.call("POST", "/api/customers", { body: rows, token: may })).status).toBe(200);
    expect((await server.call("POST", "/api/orders", { body: rows, token: mayNot })).status).toBe(403);
  });
});
