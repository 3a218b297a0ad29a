import { addressesFor } from "@recallkit/http";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { deliveryShape } from "./shapes.js";

const PEOPLE = 25;
const BATCH_SIZE = 10;
const PATIENCE = { timeout: 60_000, interval: 50 };

let simulator: WecomSimulator;
let server: TestServer;
let ruleId: number;
let occurrenceId: number;

interface Status {
  readonly state: string;
  readonly batches: { readonly total: number; readonly by_state: Readonly<Record<string, number>> };
  readonly deliveries: { readonly total: number; readonly by_state: Readonly<Record<string, number>> };
}

interface PageOf<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

async function status(): Promise<Status> {
  return (await server.get(`/api/ops/occurrences/${occurrenceId}`)).json as Status;
}

async function list<T = Record<string, unknown>>(path: string): Promise<PageOf<T>> {
  return (await server.get(`/api/ops/${path}`)).json as PageOf<T>;
}

// One push to 25 people through a server that speaks WeCom's protocol: 3 batches, 2 people refused at once.
beforeAll(async () => {
  simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s1" }] });
  // The batches go out side by side, in any order: whichever call brings the two people is told so.
  simulator.faults.push(
    { on: "add_msg_template", kind: "expire-token", after: 1 },
    { on: "add_msg_template", kind: "partial-fail-list", times: "always", ids: ["wm_customer_3", "wm_customer_4"] },
  );
  server = await startTestServer({
    WECOM_CORP_ID: "ww1",
    WECOM_SECRET: "s1",
    WECOM_BASE_URL: simulator.url,
    WECOM_BATCH_SIZE: String(BATCH_SIZE),
    RESULTS_POLL_MS: "50",
  });
  const people = Array.from({ length: PEOPLE }, (_, index) => ({
    externalKey: `c${index}`,
    externalUserId: `wm_customer_${index}`,
  }));
  await server.context.kit.customers.upsert(people);
  await server.post("/wechatpush/create", {
    name: "全员",
    startDate: "2024-01-01",
    endDate: "2099-12-31",
    weekDayPushTime: [{ week: 1, time: "10:00" }],
    content: "回来看看 https://shop.example.com/back",
    allCustomers: true,
  });
  const pushes = await server.post("/wechatpush/lists");
  ruleId = (pushes.json as { data: { data: { id: number }[] } }).data.data[0]?.id ?? 0;
  const run = await server.post("/wechatpush/run", { id: ruleId });
  occurrenceId = (run.json as { data: { occurrenceId: number } }).data.occurrenceId;
  await vi.waitFor(async () => expect((await status()).state).toMatch(/^completed/), PATIENCE);
  simulator.confirmAll();
  const { delivered } = simulator.ledger.figures();
  await vi.waitFor(async () => expect((await status()).deliveries.by_state.delivered).toBe(delivered), PATIENCE);
});
afterAll(async () => {
  await server.close();
  await simulator.close();
});

describe("a push of 25 people in batches of 10", () => {
  test("counts batches and deliveries by state", async () => {
    const { batches, deliveries } = await status();
    expect(batches).toEqual({ total: 3, by_state: { accepted: 3 } });
    expect(deliveries.total).toBe(PEOPLE);
    const sum = Object.values(deliveries.by_state).reduce((total, count) => total + count, 0);
    expect(sum).toBe(PEOPLE);
  });

  test("says of the truth at WeCom neither more nor less", async () => {
    const { by_state } = (await status()).deliveries;
    const truth = simulator.ledger.figures();
    expect(truth).toMatchObject({ tasks: 3, pushed: PEOPLE, failed: 2 });
    expect(by_state).toEqual({ delivered: truth.delivered, failed: truth.failed });
  });

  test("lists batches with the provider's ids", async () => {
    const { items, next_cursor } = await list(`batches?occurrence_id=${occurrenceId}`);
    expect(next_cursor).toBeNull();
    expect(items.map((item) => [item.number, item.size, item.state])).toEqual([
      [1, 10, "accepted"],
      [2, 10, "accepted"],
      [3, 5, "accepted"],
    ]);
    for (const item of items) expect(item.provider_message_id).toEqual(expect.any(String));
  });

  test("says how many are where for which reason, and finds the people of one", async () => {
    const { json } = await server.get(`/api/ops/deliveries/facets?occurrence_id=${occurrenceId}`);
    expect(json).toEqual({
      total: PEOPLE,
      items: [
        { state: "delivered", reason: null, people: PEOPLE - 2 },
        { state: "failed", reason: "rejected_by_provider", people: 2 },
      ],
    });
    const { items } = await list(`deliveries?occurrence_id=${occurrenceId}&reason=rejected_by_provider`);
    expect(items.map((item) => item.customer_key)).toEqual(["c3", "c4"]);
    const [batch] = (await list(`batches?occurrence_id=${occurrenceId}`)).items;
    expect((await list(`deliveries?batch_id=${batch?.id}&limit=100`)).items).toHaveLength(BATCH_SIZE);
    expect((await server.get("/api/ops/deliveries/facets?occurrence_id=999")).status).toBe(404);
  });

  test("tells which of the staff has confirmed which batch", async () => {
    const { items } = await list(`occurrences/${occurrenceId}/staff`);
    const { items: batches } = await list(`batches?occurrence_id=${occurrenceId}`);
    expect(new Set(items.map((item) => item.batch_id))).toEqual(new Set(batches.map((batch) => batch.id)));
    for (const item of items) expect(item).toMatchObject({ is_confirmed: true, confirmed_at: expect.any(Number) });
    expect((await server.get("/api/ops/occurrences/999/staff")).status).toBe(404);
  });

  test("lists attempts with their classes", async () => {
    const { items } = await list(`attempts?rule_id=${ruleId}`);
    expect(items.length).toBeGreaterThanOrEqual(3);
    expect(items.filter((item) => item.class === "OK")).toHaveLength(3);
    for (const item of items) expect(item.ended_at).toEqual(expect.any(Number));
  });

  test("walks deliveries by cursor, each once", async () => {
    const seen: unknown[] = [];
    let path = "deliveries?limit=7";
    for (;;) {
      const { items, next_cursor } = await list(path);
      seen.push(...items.map((item) => item.customer_key));
      if (next_cursor === null) break;
      path = `deliveries?limit=7&cursor=${next_cursor}`;
    }
    expect(seen).toEqual(Array.from({ length: PEOPLE }, (_, index) => `c${index}`));
  });

  test("filters by state", async () => {
    const { by_state } = (await status()).deliveries;
    const { items } = await list("deliveries?state=delivered&limit=200");
    expect(items).toHaveLength(by_state.delivered ?? 0);
    const both = await list("deliveries?state=delivered,failed&limit=200");
    expect(both.items).toHaveLength((by_state.delivered ?? 0) + (by_state.failed ?? 0));
  });

  test("filters occurrences by id, rule, state and time", async () => {
    const queries = [
      `occurrence_id=${occurrenceId}`,
      `rule_id=${ruleId}`,
      "state=completed,completed_with_errors",
      "since=0",
    ];
    for (const query of queries) expect((await list(`occurrences?${query}`)).items).toHaveLength(1);
    const none = [
      "occurrence_id=999",
      `occurrence_id=${occurrenceId}&state=planned`,
      "rule_id=999",
      "since=2999-01-01T00:00:00Z",
    ];
    for (const query of none) expect((await list(`occurrences?${query}`)).items).toEqual([]);
  });

  test("alarms are a list too", async () => {
    expect(await list("alarms")).toEqual({ items: [], next_cursor: null });
  });
});

describe("addresses", () => {
  test("are shown to an admin", async () => {
    const { items } = await list("deliveries?limit=1");
    expect(items[0]?.address).toBe("wm_customer_0");
  });

  test("are masked for anybody else", async () => {
    const [row] = (await server.context.kit.deliveries.list({ limit: 1 })).items;
    if (!row) throw new Error("no delivery");
    const masked = addressesFor({ permissions: new Set(["ops:read"]) });
    const full = addressesFor({ permissions: new Set(["addresses:read"]) });
    expect(deliveryShape(masked)(row).address).toBe("****er_0");
    expect(deliveryShape(masked)({ ...row, address: "short" }).address).toBe("****");
    expect(deliveryShape(masked)({ ...row, address: null }).address).toBeNull();
    expect(deliveryShape(full)(row).address).toBe("wm_customer_0");
  });
});

describe("bad input", () => {
  test.each([
    ["occurrences?limit=0", "limit"],
    ["occurrences?limit=201", "limit"],
    ["occurrences?limit=ten", "limit"],
    ["occurrences?cursor=x", "cursor"],
    ["occurrences?state=done", "state"],
    ["batches?state=delivered", "state"],
    ["deliveries?state=", "state"],
    ["deliveries?rule_id=-1", "rule_id"],
    ["deliveries?rule_id=1&rule_id=2", "rule_id"],
    ["deliveries?occurrence_id=99999999999999999999", "occurrence_id"],
    ["attempts?since=yesterday", "since"],
    ["alarms?colour=red", "colour"],
    ["occurrences/abc", "id"],
    ["occurrences/0", "id"],
  ])("%s names the field %s", async (path, field) => {
    const answer = await server.get(`/api/ops/${path}`);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: "input.invalid", errors: [{ path: field }] });
  });

  test("an unknown occurrence is not found", async () => {
    const answer = await server.get("/api/ops/occurrences/999");
    expect(answer.status).toBe(404);
    expect(answer.json).toMatchObject({ code: "occurrence.not-found", status: 404 });
  });

  test("a tenant sees nothing of another", async () => {
    const { kit } = server.context;
    const foreign = await server.context.stores.tenants.insert({
      name: "另一家",
      timeZone: "Asia/Shanghai",
      currency: "CNY",
      createdAt: 0,
    });
    expect((await kit.forTenant(foreign.id).occurrences.list()).items).toEqual([]);
  });
});
