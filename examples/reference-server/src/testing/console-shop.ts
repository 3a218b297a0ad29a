import { type SmsSimulator, startSmsSimulator } from "@recallkit/sms/simulator";
import { expect, vi } from "vitest";
import { startTestServer, type TestServer } from "./test-server.js";

const DAY = 86_400_000;
const SHOP_PEOPLE = 24;
/** Markup, letters that turn the line round, and more of them than fit anywhere. */
const HOSTILE_NAME = `<img src=x onerror="window.hacked=1">\u202e=cmd|' /C'!A0${"长".repeat(180)}`;

/** Ids of what stands in the shop. */
export interface Shop {
  readonly segment: number;
  readonly coupon: number;
  readonly recall: number;
  readonly template: number;
  readonly batch: number;
  readonly trace: string;
  readonly leads: number;
  readonly dialTask: number;
  readonly project: number;
  readonly ticket: number;
}

/** A server whose messages by SMS go to a simulator, with something on every page, some of it with a hostile name. */
export async function startShop(): Promise<{
  readonly server: TestServer;
  readonly simulator: SmsSimulator;
  readonly shop: Shop;
}> {
  const simulator = await startSmsSimulator();
  const server = await startTestServer({
    ...{ YUNPIAN_API_KEY: "simulator-apikey", YUNPIAN_BASE_URL: simulator.url, SMS_SIGNATURE: "喵星球" },
    ...{ PUBLIC_URL: "https://shop.example.com", SHORT_URL: "https://s.example.com", YUNPIAN_PULL: "on" },
    ...{ FREQUENCY_CAPS: "off", QUIET_HOURS: "off", RESULTS_POLL_MS: "500", SWEEP_INTERVAL_MS: "100" },
  });
  return { server, simulator, shop: await furnish(server, simulator) };
}

async function made<T>(call: ReturnType<TestServer["post"]>): Promise<T> {
  const { status, json, text } = await call;
  expect([200, 201], text).toContain(status);
  // The caller knows what it asked for.
  return json as T;
}

type Id = { readonly id: number };

async function furnish(server: TestServer, simulator: SmsSimulator): Promise<Shop> {
  const { post, context } = server;
  const { kit, clock } = context;
  const keys = Array.from({ length: SHOP_PEOPLE }, (_, at) => `c${at}`);
  await kit.customers.upsert(
    keys.map((externalKey, at) => ({
      externalKey,
      mobile: `+86138001380${String(at).padStart(2, "0")}`,
      city: at % 2 ? "上海" : "北京",
    })),
  );
  await kit.orders.ingest(
    keys.map((externalKey) => ({
      ...{ externalId: `o-${externalKey}`, externalKey, orderedAt: clock.now() - 35 * DAY, amountMinor: 9_900 },
      lines: [{ brand: "蓝氏", sku: { key: "22423", name: HOSTILE_NAME }, amountMinor: 9_900 }],
    })),
  );
  await kit.labels.put([{ kind: "city", key: "火星", name: HOSTILE_NAME }]);
  const body = { name: HOSTILE_NAME, segment: { lapse: { minDays: 30, maxDays: 45 }, labels: { city: ["上海"] } } };
  const { id: segment } = await made<Id>(post("/api/segments", body));
  await kit.segments.measure();
  await made(post("/api/suppressions", { customer_key: "c9", reason: HOSTILE_NAME }));
  await made(post("/api/suppressions", { channel: "sms", address: "+8613900139000", reason: "opt_out" }));
  await made(
    post("/api/consents", {
      customer_key: "c1",
      channel: "sms",
      status: "granted",
      source: "checkout",
      wording: "2026-05",
    }),
  );
  const valid = { valid_from: clock.now() - DAY, valid_to: clock.now() + 30 * DAY };
  const money = { value_minor: 2_000, min_spend_minor: 9_900 };
  const { id: coupon } = await made<Id>(post("/api/coupons", { name: HOSTILE_NAME, stock: 100, ...valid, ...money }));
  const recall = await recallTask(server, simulator, coupon);
  const texts = {
    content: { text: "【喵星球】订单 {{no}} 已发货" },
    variables: { no: { max_length: 40, example: "A1" } },
  };
  const template = { name: `${HOSTILE_NAME.slice(0, 200)}`, channel: "sms", ...texts, message_class: "transactional" };
  const { id: templateId } = await made<Id>(post("/api/templates", template));
  const sent = { template_id: templateId, variables: { no: "A1" } };
  const { trace_id: trace } = await made<{ trace_id: string }>(
    post("/api/messages/send", { ...sent, recipient: "13800138000" }),
  );
  const later = {
    ...sent,
    send_at: clock.now() + DAY,
    recipients: ["13800138001", "13800138002", "none", "13800138001"],
  };
  const { batch_id: batch } = await made<{ batch_id: number }>(post("/api/messages/send-batch", later));
  return { segment, coupon, recall, template: templateId, batch, trace, ...(await desk(server)) };
}

/** A recall of three people, of whom one claims the coupon and uses it. */
async function recallTask(
  { post, get, request }: TestServer,
  { ledger }: SmsSimulator,
  coupon: number,
): Promise<number> {
  const user = (user_name: string, contact: string) => ({
    user_name,
    contact,
    contact_type: "mobile",
    product: "猫粮",
  });
  const users = [
    user("张三", "13800138000"),
    user("李四", "13800138001"),
    user("座机", "010-12345678"),
    user("张三", "13800138000"),
  ];
  const body = { recall_users: users, name: HOSTILE_NAME, coupon_id: coupon };
  const { data } = await made<{ data: { recall_task_id: number } }>(post("/recalls/create", body));
  const textOf = () => ledger.messages.find(({ to }) => to === "+8613800138000")?.text ?? "";
  await vi.waitFor(() => expect(textOf()).toMatch(/\/r\//), { timeout: 60_000, interval: 50 });
  const token = /\/r\/([\w-]{22})/.exec(textOf())?.[1] ?? "";
  const headers = { "content-type": "application/json" };
  await made(request("POST", "/coupon/get", { headers, body: JSON.stringify({ token, username: "张三" }) }));
  const { items } = await made<{ items: { code: string }[] }>(get(`/api/coupons/${coupon}/claims`));
  await made(post(`/api/coupon-codes/${items[0]?.code}/redeem`, { order_no: "N-1", amount_minor: 12_000 }));
  return data.recall_task_id;
}

/** Leads with a task, a project and a ticket. */
async function desk({ post, get }: TestServer): Promise<Pick<Shop, "leads" | "dialTask" | "project" | "ticket">> {
  const { id: leads } = await made<Id>(
    post("/api/packages", { name: HOSTILE_NAME, source: "展会", cost_per_lead: 2.5 }),
  );
  const lead = (phone_number: string, name: string) => ({ phone_number, name, company: "某公司", region: "上海" });
  await made(
    post(`/api/packages/${leads}/leads`, { leads: [lead("13700137000", HOSTILE_NAME), lead("13700137001", "李四")] }),
  );
  const { id: dialTask } = await made<Id>(post(`/api/packages/${leads}/tasks`, { task_name: HOSTILE_NAME }));
  const me = (await get("/api/me")).json as { id: number };
  await made(post("/api/desk/staff", { name: "王客服", user_id: me.id, role: "admin", presence: "offline" }));
  await made(post("/api/desk/staff", { name: "赵客服", role: "staff", presence: "offline" }));
  const of = { customer_id: 1, name: HOSTILE_NAME, value: 12_000, source: "展会" };
  const { id: project } = await made<Id>(post("/api/projects", of));
  const about = { kind: "complaint", subject: HOSTILE_NAME, body: `${HOSTILE_NAME}\n${"长".repeat(10_000)}` };
  const { ticket } = await made<{ ticket: Id }>(
    post("/api/tickets", { ...about, customer_id: 1, project_id: project }),
  );
  return { leads, dialTask, project, ticket: ticket.id };
}
