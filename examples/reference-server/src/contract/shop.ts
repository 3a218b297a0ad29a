import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { expect, vi } from "vitest";
import { modules } from "../app.js";
import type { ServerRoute } from "../frame/server-module.js";
import { putInstitution } from "../modules/institutions/service.js";
import { startTestServer, type TestServer } from "../testing/test-server.js";

/** Every documented route that asks for a session. */
export const sessionRoutes: readonly ServerRoute[] = modules
  .flatMap((module) => module.routes ?? [])
  .filter((route) => route.auth !== "public" && !route.isHidden);

export const PASSWORD = "a long phrase 7";

/** A server with a WeCom simulator behind it, and a merchant that has one of everything. */
export interface Shop {
  readonly server: TestServer;
  /** Ids of things of the first tenant, by what they are. */
  readonly ids: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export const PUSH = {
  name: "召回",
  startDate: "2026-01-01",
  endDate: "2099-12-31",
  weekDayPushTime: [{ week: 1, time: "10:00" }],
  content: "喵～ https://shop.example/r",
  allCustomers: true,
};

/** Code of the shop as an institution. */
const PLANTED_INSTITUTION = "planted-institution";

/** Opens the shop: a push that ran, a suppression, a user, an API key and a channel account. */
export async function openShop(options: Parameters<typeof startTestServer>[1] = {}): Promise<Shop> {
  const simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "corp-secret" }] });
  const server = await startTestServer(
    { WECOM_CORP_ID: "ww1", WECOM_SECRET: "corp-secret", WECOM_BASE_URL: simulator.url, RESULTS_POLL_MS: "3600000" },
    options,
  );
  const { kit } = server.context;
  await kit.customers.upsert([
    { externalKey: "planted-customer-key", name: "planted-customer-name", externalUserId: "wm_planted" },
  ]);
  await server.post("/api/labels", { labels: [{ kind: "store", key: "planted-store", name: "planted-store" }] });
  await server.post("/wechatpush/create", PUSH);
  const rule = (await kit.rules.list()).items[0]?.id ?? 0;
  const run = (await server.post("/wechatpush/run", { id: rule })).json as { data: { occurrenceId: number } };
  const occurrence = run.data.occurrenceId;
  const isSent = async () => expect((await kit.occurrences.status(occurrence)).deliveries).toEqual({ accepted: 1 });
  await vi.waitFor(isSent, { timeout: 10_000 });
  const idOf = async (path: string, body: object) => ((await server.post(path, body)).json as { id: number }).id;
  const user = await idOf("/api/users", { username: "planted-user", password: PASSWORD, role: "staff" });
  const apiKey = await idOf("/api/api-keys", { name: "planted-key", scopes: ["push:read"] });
  const suppression = await idOf("/api/suppressions", { address: "wm_planted_address", reason: "planted-reason" });
  const leads = await plantLeads(idOf);
  const facts = { type: "诊所", address: "", phone: "", email: "", status: "active" as const, rowHash: null };
  const planted = { tenantId: kit.tenantId, code: PLANTED_INSTITUTION, name: "planted-name", ...facts };
  await putInstitution(server.context.stores, planted, server.context.clock.now());
  const scripts = await plantScripts(idOf);
  const desk = await plantDesk(server, idOf);
  await server.logIn("planted-user", PASSWORD);
  return {
    server,
    ids: { rule, occurrence, user, apiKey, suppression, ...leads, ...scripts, ...desk, session: 1, tenant: 1 },
    async close() {
      await server.close();
      await simulator.close();
    },
  };
}

/** A package with a task and a call in it. */
async function plantLeads(idOf: (path: string, body: object) => Promise<number>) {
  const leadPackage = await idOf("/api/packages", { name: "planted-package", source: "planted-source" });
  const task = await idOf(`/api/packages/${leadPackage}/tasks`, { task_name: "planted-task" });
  const call = await idOf(`/api/tasks/${task}/calls`, {
    phone_number: "+8613912345678",
    result: "connected",
    customer_name: "planted-person",
    tags: [{ tag_name: "interest_level", tag_value: "high" }],
  });
  await idOf(`/api/packages/${leadPackage}/leads`, {
    leads: [{ phone_number: "+8613912345678", name: "planted-person" }],
  });
  return { leadPackage, task, call, lead: 1 };
}

/** A text, a template and a word of its own. */
async function plantScripts(idOf: (path: string, body: object) => Promise<number>) {
  const template = await idOf("/api/v1/scripts/templates", { name: "planted-template", text: "祝您生日快乐。" });
  const word = await idOf("/api/v1/scripts/lexicon", { kind: "add", word: "planted-word", reason: "planted-reason" });
  const person = { surname: "张", title: "女士", days_to_birthday: 7, salon_name: "小院", channel: "sms" };
  return { template, word, script: await idOf("/api/v1/scripts/try", person) };
}

/** A project, equipment, an employee and a ticket of the planted customer. */
async function plantDesk(server: TestServer, idOf: (path: string, body: object) => Promise<number>) {
  const deskStaff = await idOf("/api/desk/staff", {
    name: "planted-employee",
    role: "staff",
    wecom_user_id: "planted-userid",
  });
  const project = await idOf("/api/projects", { customer_id: 1, name: "planted-project", source: "planted-source" });
  const equipment = await idOf("/api/equipment", { customer_id: 1, serial: "planted-serial", model: "planted-model" });
  const opened = await server.post("/api/tickets", { customer_id: 1, kind: "other", subject: "planted-subject" });
  const { ticket } = opened.json as { ticket: { id: number } };
  return { deskStaff, project, equipment, ticket: ticket.id, customer: 1 };
}

/** The path of a route with an id in it. */
export function pathWith({ path }: ServerRoute, id: number | string): string {
  return path.replace(":channel", "wecom").replace(":code", PLANTED_INSTITUTION).replace(/:\w+/, String(id));
}
