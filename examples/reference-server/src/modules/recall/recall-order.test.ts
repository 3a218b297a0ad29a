// Tasks with an order of channels: WeCom first, a text to whom it does not reach.

import { type SmsSimulator, startSmsSimulator } from "@recallkit/sms/simulator";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const PATIENCE = { timeout: 60_000, interval: 50 };
let wecom: WecomSimulator;
let sms: SmsSimulator;
let server: TestServer;

beforeAll(async () => {
  wecom = await startWecomSimulator({
    corps: [{ corpId: "ww1", secret: "corp-secret" }],
    staff: ["anna"],
    customers: (id) => id !== "wm_gone",
    confirm: { afterMs: 0 },
  });
  sms = await startSmsSimulator();
  server = await startTestServer({
    WECOM_CORP_ID: "ww1",
    WECOM_SECRET: "corp-secret",
    WECOM_AGENT_ID: "1000002",
    WECOM_BASE_URL: wecom.url,
    YUNPIAN_API_KEY: "simulator-apikey",
    YUNPIAN_BASE_URL: sms.url,
    YUNPIAN_PULL: "on",
    SMS_SIGNATURE: "喵星球",
    PUBLIC_URL: "https://shop.example.com",
    RESULTS_POLL_MS: "100",
    SWEEP_INTERVAL_MS: "100",
    FREQUENCY_CAPS: "off",
    QUIET_HOURS: "off",
  });
  // Who of the shop's customers is a contact is known from a sync.
  await server.context.kit.customers.upsert([
    { externalKey: "张三", externalUserId: "wm_1" },
    { externalKey: "李四", externalUserId: "wm_gone" },
  ]);
});
afterAll(async () => {
  await server.close();
  await sms.close();
  await wecom.close();
});

interface Made {
  readonly status_code: string;
  readonly data: { readonly recall_task_id: number; readonly accepted: number; readonly rejected: readonly unknown[] };
}
const user = (user_name: string, contact: string, contact_type = "mobile") => ({
  ...{ user_name, contact, contact_type, product: "猫粮", product_type: "食品" },
});
const deliveriesOf = async (id: number) =>
  ((await server.get(`/recalls/${id}`)).json as { data: { deliveries: Record<string, number> } }).data.deliveries;
const textsTo = (mobile: string) => sms.ledger.messages.filter(({ to }) => to === `+86${mobile}`).length;

test("contacts get it over WeCom, whom it does not reach and whoever is none gets a text, each once", async () => {
  const recall_users = [user("张三", "13800138000"), user("李四", "13800138001"), user("王五", "13800138002")];
  const created = await server.post("/recalls/create", { recall_users, channels: ["wecom", "sms"] });
  const { data } = created.json as Made;
  expect([created.status, data]).toMatchObject([200, { accepted: 3, rejected: [] }]);
  await vi.waitFor(async () => expect(await deliveriesOf(data.recall_task_id)).toEqual({ delivered: 3 }), PATIENCE);
  const received = [...wecom.ledger.deliveries()].map(({ externalUserid, status }) => [externalUserid, status]);
  expect(received).toEqual([["wm_1", 1]]);
  expect(["13800138000", "13800138001", "13800138002"].map(textsTo)).toEqual([0, 1, 1]);
  const again = await server.post(`/recalls/${data.recall_task_id}/resend`, {});
  expect([again.status, again.json]).toMatchObject([409, {}]);
});

test("without an order a contact's own channel is the only one", async () => {
  const { json } = await server.post("/recalls/create", { recall_users: [user("张三", "13800138000")] });
  const { data } = json as Made;
  await vi.waitFor(async () => expect(await deliveriesOf(data.recall_task_id)).toEqual({ delivered: 1 }), PATIENCE);
  expect([textsTo("13800138000"), [...wecom.ledger.deliveries()].length]).toEqual([1, 1]);
});

test("a row of another channel, channels twice, unknown ones, and hours without an order are refused", async () => {
  const one = [user("赵六", "13800138003")];
  const other = await server.post("/recalls/create", { recall_users: one, channels: ["wecom"] });
  expect([other.status, other.json]).toMatchObject([400, { data: { rejected: [{ index: 0, path: "contact_type" }] } }]);
  for (const wrong of [
    { channels: ["sms", "sms"] },
    { channels: [] },
    { channels: ["mobile"] },
    { fall_back_after_hours: 3 },
    { channels: ["wecom", "sms"], fall_back_after_hours: 0 },
  ]) {
    expect((await server.post("/recalls/create", { recall_users: one, ...wrong })).status).toBe(400);
  }
  expect(await server.context.stores.customers.findByKeys(1, ["赵六"])).toEqual([]);
});

test("a list in a file takes the same order", async () => {
  await server.context.kit.customers.upsert([{ externalKey: "周八", externalUserId: "wm_8" }]);
  const list = ["用户名,手机号", "周八,13800138010", "孙七,13800138011"].join("\n");
  const post = (query: string) =>
    server.request("POST", `/recalls/create/file${query}`, {
      body: list,
      headers: { authorization: `Bearer ${server.token}`, "content-type": "text/csv" },
    });
  const before = [...wecom.ledger.deliveries()].length;
  const created = await post("?channels=wecom,sms&fall_back_after_hours=12");
  const { data } = created.json as Made;
  expect([created.status, data]).toMatchObject([200, { accepted: 2, rejected: [] }]);
  await vi.waitFor(async () => expect(await deliveriesOf(data.recall_task_id)).toEqual({ delivered: 2 }), PATIENCE);
  expect([...wecom.ledger.deliveries()].length - before).toBe(1);
  expect(["13800138010", "13800138011"].map(textsTo)).toEqual([0, 1]);
  for (const wrong of ["?channels=mobile", "?channels=sms,sms", "?channels=", "?fall_back_after_hours=3"])
    expect((await post(wrong)).status).toBe(400);
});
