import { expect, vi } from "vitest";
import { type Shop, startShop } from "./console-shop.js";
import { seedDeliveries, seedPeople } from "./seeded-push.js";
import type { TestServer } from "./test-server.js";

const DAY = 86_400_000;

/** A shop with something on every page of the console, and the address of each of them. */
export interface FullShop extends Omit<Awaited<ReturnType<typeof startShop>>, "shop"> {
  /** Addresses below the console's own, by the route that they are of. */
  readonly pages: Readonly<Record<string, string>>;
}

/** Starts it. One rule has people to send to, one batch waits for a decision and one is dead. */
export async function startFullShop(): Promise<FullShop> {
  const { server, simulator, shop } = await startShop();
  return { server, simulator, pages: pagesOf(shop, await addPush(server)) };
}

interface Pushed {
  readonly rule: number;
  readonly occurrence: number;
  readonly importId: number;
}

async function addPush(server: TestServer): Promise<Pushed> {
  const { kit, stores, clock } = server.context;
  const at = clock.now() - DAY;
  const keys = ["w1", "w2", "w3"];
  await kit.customers.upsert(keys.map((externalKey) => ({ externalKey, externalUserId: `wm-${externalKey}` })));
  const times = { startDate: "2020-01-01", endDate: "2099-12-31", weekDayPushTime: [{ week: 1, time: "03:00" }] };
  const ids: number[] = [];
  // The second one means nobody, so that whatever stands in its occurrences was written there.
  for (const [name, audience] of [
    ["有人的规则", { allCustomers: true }],
    ["卡住的规则", { lastOrderDay: 3_000, lastOrderDayLimit: 3_600 }],
  ] as const) {
    const made = await server.post("/wechatpush/create", { name, ...times, ...audience, content: "喵" });
    expect(made.status, made.text).toBe(200);
    const { json } = await server.post("/wechatpush/lists", { searchText: name });
    ids.push((json as { data: { data: { id: number }[] } }).data.data[0]?.id ?? 0);
  }
  const [rule = 0, stuck = 0] = ids;
  const seeded = async () => {
    const { id: occurrence } = await kit.occurrences.runNow(stuck);
    await vi.waitFor(async () => expect((await kit.occurrences.status(occurrence)).finishedAt).not.toBeNull(), {
      ...{ timeout: 30_000, interval: 50 },
    });
    const first = await seedPeople(stores.sql, 4, at, `s${occurrence}-`);
    const people = { accepted: 1, delivered: 2, failed: 1 };
    return { occurrence, ...(await seedDeliveries(stores.sql, { occurrence, first, people, at })) };
  };
  const { occurrence } = await seeded();
  for (const [state, member] of [
    ["needs_review", "needs_review"],
    ["dead", "in_batch"],
  ] as const) {
    const { batch } = await seeded();
    await stores.sql.updateTable("rk_batches").set({ state }).where("id", "=", batch).execute();
    await stores.sql.updateTable("rk_deliveries").set({ state: member }).where("batch_id", "=", batch).execute();
  }
  const headers = { authorization: `Bearer ${server.token}`, "content-type": "application/octet-stream" };
  const body = "订单号,会员号,下单时间,实付金额,订单状态\nA1,n1,坏,12,交易成功\n";
  const uploaded = await server.request("POST", "/api/imports?kind=orders&name=orders.csv", { headers, body });
  return { rule, occurrence, importId: (uploaded.json as { id: number }).id };
}

function pagesOf(shop: Shop, { rule, occurrence, importId }: Pushed): Record<string, string> {
  return {
    "/": "",
    "/rules": "rules",
    "/rules/new": "rules/new",
    "/rules/:id/edit": `rules/${rule}/edit`,
    "/rules/:id": `rules/${rule}`,
    "/rules/:id/occurrences/:occurrence": `rules/${rule}/occurrences/${occurrence}`,
    "/occurrences": "occurrences",
    "/reviews": "reviews",
    "/customers": "customers?q=c1",
    "/customers/:id": "customers/1",
    "/imports": "imports",
    "/imports/:id": `imports/${importId}`,
    "/labels": "labels?kind=sku",
    "/segments": "segments",
    "/segments/new": "segments/new",
    "/segments/:id/edit": `segments/${shop.segment}/edit`,
    "/segments/:id": `segments/${shop.segment}`,
    "/suppressions": "suppressions",
    "/consents": "consents",
    "/coupons": "coupons",
    "/coupons/:id": `coupons/${shop.coupon}`,
    "/recalls": "recalls",
    "/recalls/:id": `recalls/${shop.recall}`,
    "/templates": "templates",
    "/templates/new": "templates/new",
    "/templates/:id/edit": `templates/${shop.template}/edit`,
    "/templates/:id": `templates/${shop.template}`,
    "/batches": "batches",
    "/batches/new": `batches/new?template=${shop.template}`,
    "/batches/:id": `batches/${shop.batch}`,
    "/traces": "traces",
    "/traces/:trace": `traces/${shop.trace}`,
    "/leads": "leads",
    "/lead-board": "lead-board",
    "/leads/:id": `leads/${shop.leads}`,
    "/dial-tasks/:id": `dial-tasks/${shop.dialTask}`,
    "/projects": "projects",
    "/projects/:id": `projects/${shop.project}`,
    "/tickets": "tickets",
    "/tickets/:id": `tickets/${shop.ticket}`,
    "/effect": "effect",
    "/monitor": "monitor",
    "/system": "system",
    "/launcher": "launcher",
    "/revisits": "revisits",
    "/settings/channels": "settings/channels",
    "/settings/policy": "settings/policy",
    "/settings/members": "settings/members",
    "/settings/keys": "settings/keys",
    "/settings/config": "settings/config",
    "/settings/config/:key": "settings/config/alert_rules",
    "/settings/jobs": "settings/jobs",
    "/settings/jobs/:name": "settings/jobs/revisit-daily",
    "/settings/audit": "settings/audit",
    "/settings/callbacks": "settings/callbacks",
    "/:rest(.*)*": "no/such/page",
  };
}
