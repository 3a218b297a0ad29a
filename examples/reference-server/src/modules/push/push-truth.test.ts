import type { KitEvent, RecallKit } from "@recallkit/core";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const PEOPLE = 25_000;
const DAY = 86_400_000;

let simulator: WecomSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startWecomSimulator({ staff: 10, confirm: { afterMs: 0, share: 0.6 } });
  server = await startTestServer({
    WECOM_CORP_ID: "ww-simulator",
    WECOM_SECRET: "simulator-secret",
    WECOM_BASE_URL: simulator.url,
    RESULTS_POLL_MS: "50",
  });
});

afterAll(async () => {
  await server.close();
  await simulator.close();
});

/** People who bought last 35 days ago, as orders with their buyers. */
function* lapsedOrders(now: number) {
  for (let n = 0; n < PEOPLE; n += 1) {
    const key = String(n).padStart(5, "0");
    yield {
      externalId: `o${key}`,
      externalKey: `c${key}`,
      orderedAt: now - 35 * DAY,
      amount: 50,
      buyer: { externalUserId: `wm_${key}`, city: "上海" },
    };
  }
}

/** Resolves at the first event that `wanted` accepts. */
function nextEvent(kit: Pick<RecallKit, "on">, wanted: (event: KitEvent) => boolean): Promise<KitEvent> {
  return new Promise((resolve) => {
    const stop = kit.on((event) => {
      if (!wanted(event)) return;
      stop();
      resolve(event);
    });
  });
}

test("the server's figures equal the provider's ledger after a push to 25 000 people with faults on the way", async () => {
  const { kit } = server.context;
  await kit.orders.ingest(lapsedOrders(Date.now()));
  // Of the calls under way at once the second one kills the token; every task loses 3 % of its people.
  simulator.faults.push(
    { on: "add_msg_template", after: 1, kind: "expire-token" },
    { on: "add_msg_template", times: "always", kind: "partial-fail-list", share: 0.03 },
  );
  await server.post("/wechatpush/create", {
    name: "45天未购买用户召回",
    status: 0,
    startDate: "2024-01-01",
    endDate: "2099-12-31",
    weekDayPushTime: [{ week: 1, time: "10:00" }],
    cityLabels: "上海",
    lastOrderDay: 30,
    lastOrderDayLimit: 45,
    content: "喵～主人，猫砂告急 https://shop.example.com/recall",
  });
  const polledOnce = new Set<number>();
  const allPolled = nextEvent(kit, (event) => event.type === "results" && polledOnce.add(event.batchId).size === 3);
  const run = await server.post("/wechatpush/run", { id: 1 }, { "idempotency-key": "truth-1" });
  const { occurrenceId } = (run.json as { data: { occurrenceId: number } }).data;
  await allPolled;

  const truth = simulator.ledger.figures();
  const { json } = await server.get(`/api/ops/occurrences/${occurrenceId}`);
  const { state, batches, deliveries } = json as {
    state: string;
    batches: { by_state: Record<string, number> };
    deliveries: { total: number; by_state: Record<string, number> };
  };
  expect(truth).toMatchObject({ tasks: 3, pushed: PEOPLE });
  expect(truth.failed).toBeGreaterThan(0);
  expect(truth.waiting).toBeGreaterThan(0);
  expect(state).toBe("completed");
  expect(batches.by_state).toEqual({ accepted: 3 });
  expect(deliveries).toEqual({
    total: PEOPLE,
    by_state: { delivered: truth.delivered, accepted: truth.waiting, failed: truth.failed },
  });
  const report = await kit.report(1);
  expect(report).toMatchObject({
    audience: PEOPLE,
    pushed: truth.pushed,
    failed: truth.failed,
    accepted: truth.accepted,
    delivered: truth.delivered,
    waiting: truth.waiting,
    unknown: 0,
  });

  // Person by person, and nobody twice.
  const failed = new Set(simulator.ledger.tasks.flatMap(({ failList }) => failList));
  const sent = simulator.ledger.sendsPerCustomer();
  expect(Math.max(...sent.values(), ...simulator.ledger.tasksPerCustomer().values())).toBe(1);
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await server.get(
      `/api/ops/deliveries?occurrence_id=${occurrenceId}&limit=200${cursor && `&cursor=${cursor}`}`,
    );
    const { items, next_cursor } = page.json as {
      items: { address: string; state: string }[];
      next_cursor: string | null;
    };
    for (const { address, state: known } of items) {
      expect(known).toBe(failed.has(address) ? "failed" : sent.has(address) ? "delivered" : "accepted");
    }
    cursor = next_cursor;
  }
  // However many calls met the dead token: one refresh, and each of them once more.
  const errcodes = (name: string) =>
    simulator.ledger.calls.filter(({ path }) => path.endsWith(name)).map(({ errcode }) => errcode);
  expect(errcodes("gettoken")).toEqual([0, 0]);
  expect(errcodes("add_msg_template").filter((code) => code === 0)).toHaveLength(3);
  expect(errcodes("add_msg_template")).toContain(42001);
}, 180_000);
