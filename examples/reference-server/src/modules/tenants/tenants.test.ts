import { keyRing } from "@recallkit/core/ports";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, TEST_PASSWORD, TEST_USERNAME, type TestServer } from "../../testing/test-server.js";
import { createUser } from "../auth/service.js";
import { openWecomAccount, rotateSecrets, setWecomAccount, unreadableAccounts } from "./service.js";

const SECRET = "planted-corp-secret-7";
let simulator: WecomSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await startWecomSimulator({
    corps: [
      { corpId: "ww-first", secret: "first-secret" },
      { corpId: "ww-second", secret: SECRET },
    ],
  });
  server = await startTestServer({
    WECOM_CORP_ID: "ww-first",
    WECOM_SECRET: "first-secret",
    WECOM_BASE_URL: simulator.url,
  });
});
afterAll(async () => {
  await server.close();
  await simulator.close();
});

async function newTenant(name: string) {
  const { json } = await server.post("/api/tenants", { name });
  const { id } = json as { id: number };
  const username = `admin of ${name}`;
  await createUser(
    server.context,
    { tenantId: id, isPlatform: true },
    { username, role: "admin", password: TEST_PASSWORD },
  );
  return { id, token: await server.logIn(username, TEST_PASSWORD) };
}

describe("tenants", () => {
  test("are made and seen by the platform; others see their own", async () => {
    const created = await server.post("/api/tenants", { name: " 二店 ", time_zone: "Asia/Tokyo", currency: "JPY" });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ name: "二店", time_zone: "Asia/Tokyo", currency: "JPY" });
    const { id, token } = await newTenant("三店");
    expect((await server.get("/api/tenants")).json).toMatchObject({ items: [{ id: 1 }, { name: "二店" }, { id }] });
    expect((await server.call("GET", "/api/tenants", { token })).json).toMatchObject({ total: 1, items: [{ id }] });
    expect((await server.call("GET", "/api/tenants/1", { token })).status).toBe(404);
    expect((await server.call("POST", "/api/tenants", { token, body: { name: "x" } })).status).toBe(403);
    const edited = await server.call("PATCH", `/api/tenants/${id}`, { token, body: { name: "三店新名" } });
    expect(edited.json).toMatchObject({ id, name: "三店新名", time_zone: "Asia/Shanghai" });
    expect((await server.call("PATCH", "/api/tenants/1", { token, body: { name: "x" } })).status).toBe(404);
  });

  test("keep their currency once they have orders", async () => {
    const { id, token } = await newTenant("六店");
    const edit = () => server.call("PATCH", `/api/tenants/${id}`, { token, body: { currency: "KWD" } });
    expect((await edit()).json).toMatchObject({ currency: "KWD" });
    const order = { externalId: "o1", externalKey: "c1", orderedAt: 0, amount: 1.234 };
    expect(await server.context.kit.forTenant(id).orders.ingest([order])).toMatchObject({ amountMinor: 1234 });
    expect((await edit()).status).toBe(200);
    const refused = await server.call("PATCH", `/api/tenants/${id}`, { token, body: { currency: "CNY" } });
    expect(refused.json).toMatchObject({
      status: 409,
      code: "tenant.currency-fixed",
      detail: "商户已有订单，不能更改币种",
    });
  });

  test("say which statuses of orders count, from then on", async () => {
    const { id, token } = await newTenant("七店");
    const path = `/api/tenants/${id}`;
    expect((await server.call("GET", path, { token })).json).toMatchObject({
      counted_statuses: ["paid", "shipped", "completed", "partially_refunded"],
    });
    const body = { counted_statuses: ["交易成功"] };
    expect((await server.call("PATCH", path, { token, body })).json).toMatchObject(body);
    expect(await server.context.kit.forTenant(id).tenant()).toMatchObject({ countedStatuses: ["交易成功"] });
  });

  test.each([
    [{ name: "x", counted_statuses: [] }, "counted_statuses"],
    [{ name: "x", counted_statuses: ["paid", " "] }, "counted_statuses.1"],
    [{}, "name"],
    [{ name: "x", time_zone: "Mars/Base" }, "time_zone"],
    [{ name: "x", currency: "yuan" }, "currency"],
    [{ name: "a\nb\u0000" }, "name"],
  ])("%j is refused at %s", async (body, path) => {
    expect((await server.post("/api/tenants", body)).json).toMatchObject({ status: 400, errors: [{ path }] });
  });
});

describe("channel accounts", () => {
  const account = { corp_id: "ww-second", secret: SECRET, agent_id: 1_000_002 };

  test("keep their secret sealed and show it to nobody", async () => {
    const { id, token } = await newTenant("四店");
    const path = `/api/tenants/${id}/channel-accounts`;
    const put = await server.call("PUT", `${path}/wecom`, { token, body: account });
    expect(put.json).toMatchObject({ channel: "wecom", corp_id: "ww-second", agent_id: 1_000_002 });
    const list = await server.call("GET", path, { token });
    expect(list.json).toMatchObject({ total: 1, items: [{ corp_id: "ww-second" }] });
    const { rows } = await sql`SELECT * FROM rk_channel_accounts`.execute(server.context.stores.sql);
    expect(put.text + list.text + JSON.stringify(rows)).not.toContain(SECRET);
    expect((await server.call("GET", "/api/tenants/1/channel-accounts", { token })).status).toBe(404);
    expect((await server.call("PUT", "/api/tenants/1/channel-accounts/wecom", { token, body: account })).status).toBe(
      404,
    );
    expect((await server.call("PUT", `${path}/sms`, { token, body: account })).status).toBe(400);
    // Its end is shown, to those who may change it.
    expect(list.json).toMatchObject({ items: [{ secret_end: SECRET.slice(-4) }] });
    const staff = { username: "staff of 四店", role: "staff", password: TEST_PASSWORD };
    expect((await server.call("POST", "/api/users", { token, body: staff })).status).toBe(201);
    const theirs = await server.logIn(staff.username, TEST_PASSWORD);
    expect((await server.call("GET", path, { token: theirs })).json).toMatchObject({ items: [{ secret_end: null }] });
    expect((await server.call("POST", `${path}/wecom/test`, { token: theirs })).status).toBe(403);
    expect((await server.call("DELETE", `${path}/wecom`, { token })).json).toEqual({ removed: true });
    expect((await server.call("DELETE", `${path}/wecom`, { token })).status).toBe(404);
  });

  test("are tried without sending anything, and say of what kind a failure is", async () => {
    const { id, token } = await newTenant("四店二部");
    const path = `/api/tenants/${id}/channel-accounts/wecom`;
    const attempt = async () => server.call("POST", `${path}/test`, { token });
    expect((await attempt()).status).toBe(404);
    await server.call("PUT", path, { token, body: account });
    expect((await attempt()).json).toEqual({ ok: true, class: null, provider_code: null, code: null });
    await server.call("PUT", path, { token, body: { ...account, secret: "not-the-secret" } });
    const wrong = await attempt();
    expect(wrong.json).toMatchObject({ ok: false, class: "CONFIG", provider_code: "40001" });
    expect(wrong.text).not.toContain("not-the-secret");
    expect((await server.call("POST", "/api/tenants/1/channel-accounts/wecom/test", { token })).status).toBe(404);
    expect(simulator.ledger.figures("ww-second").tasks).toBe(0);
  });

  test("send each tenant's pushes under its own corp, from the next batch on", async () => {
    const { id, token } = await newTenant("五店");
    const kit = server.context.kit.forTenant(id);
    await kit.customers.upsert([{ externalKey: "c1", externalUserId: "wm000001" }]);
    const push = {
      name: "召回",
      startDate: "2026-01-01",
      endDate: "2099-12-31",
      weekDayPushTime: [{ week: 1, time: "10:00" }],
      content: "喵～ https://shop.example/r",
      allCustomers: true,
    };
    await server.call("POST", "/wechatpush/create", { token, body: push });
    const { items } = await kit.rules.list();
    await server.call("PUT", `/api/tenants/${id}/channel-accounts/wecom`, { token, body: account });
    await server.call("POST", "/wechatpush/run", { token, body: { id: items[0]?.id } });
    await expect.poll(() => simulator.ledger.figures("ww-second").accepted, { timeout: 60_000 }).toBe(1);
    expect(simulator.ledger.figures("ww-first").tasks).toBe(0);
  });

  test("of SMS are sealed whole, and name their providers only", async () => {
    const { id, token } = await newTenant("短信店");
    const path = `/api/tenants/${id}/channel-accounts/sms`;
    const body = {
      signature: "【六店】",
      providers: [
        { name: "yunpian", apikey: SECRET, weight: 3 },
        { name: "aliyun", access_key_id: "id", access_key_secret: SECRET },
      ],
    };
    const put = await server.call("PUT", path, { token, body });
    const providers = [
      { name: "yunpian", weight: 3 },
      { name: "aliyun", weight: 1 },
    ];
    expect(put.json).toMatchObject({ channel: "sms", signature: "六店", providers });
    const list = await server.call("GET", `/api/tenants/${id}/channel-accounts`, { token });
    const { rows } = await sql`SELECT * FROM rk_channel_accounts`.execute(server.context.stores.sql);
    expect(put.text + list.text + JSON.stringify(rows)).not.toContain(SECRET);
    expect((await server.context.smsAccount(id))?.providers[0]).toMatchObject({ name: "yunpian", apikey: SECRET });
    for (const wrong of [
      { ...body, providers: [] },
      { ...body, providers: [body.providers[0], body.providers[0]] },
      { ...body, providers: [{ ...body.providers[0], weight: 0 }] },
      { ...body, signature: "1" },
    ]) {
      expect((await server.call("PUT", path, { token, body: wrong })).status).toBe(400);
    }
    expect((await server.call("PUT", path.replace(/sms$/, "wecom"), { token, body })).status).toBe(400);
    expect((await server.call("DELETE", path, { token })).json).toEqual({ removed: true });
    expect(await server.context.smsAccount(id)).toBeUndefined();
  });

  test("open under the older key until they are sealed anew", async () => {
    const { stores, clock } = server.context;
    await sql`DELETE FROM rk_channel_accounts`.execute(stores.sql);
    const [older, newer] = ["an older key of this installation!", "the newer key of this installation"];
    const at = (secretKey: string, previous: readonly string[] = []) => ({
      stores,
      clock,
      keys: keyRing({ secretKey, previous }),
    });
    const settings = { corpId: "ww-second", agentId: null, miniProgramAppId: null };
    await setWecomAccount(at(older), 1, { ...settings, secret: SECRET });
    expect(await unreadableAccounts(at(newer))).toEqual(["1/wecom"]);
    await expect(rotateSecrets(at(newer))).rejects.toMatchObject({ code: "config.invalid", option: "secretKey" });
    expect(await rotateSecrets(at(newer, [older]))).toEqual({ rotated: 1, unchanged: 0 });
    expect(await rotateSecrets(at(newer))).toEqual({ rotated: 0, unchanged: 1 });
    expect(await openWecomAccount(at(newer), 1)).toMatchObject({ secret: SECRET, corpId: "ww-second" });
    await sql`DELETE FROM rk_channel_accounts`.execute(stores.sql);
  });
});

test("who may enter is asked before anything else", async () => {
  expect((await server.request("GET", "/api/tenants")).status).toBe(401);
  const token = await server.logIn(TEST_USERNAME, TEST_PASSWORD, 2);
  expect((await server.call("GET", "/api/me", { token })).json).toMatchObject({ role: "platform", tenant: { id: 2 } });
});
