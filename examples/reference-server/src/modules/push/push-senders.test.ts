// A push whose customers are sent to by the member who follows each of them, over HTTP, against a strict WeCom.

import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const FOLLOWERS: readonly (readonly string[])[] = [["anna"], ["ben", "cai"], ["cai", "anna"], ["dora"]];
const PEOPLE = Array.from({ length: 400 }, (_, number) => ({
  externalUserid: `wm_${number}`,
  followers: FOLLOWERS[number % 4] ?? [],
}));
const followersOf = (id: string) => FOLLOWERS[Number(id.slice(3)) % 4] ?? [];

let simulator: WecomSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await startWecomSimulator({
    corps: [{ corpId: "ww1", secret: "corp-secret" }],
    staff: ["anna", "ben", "cai", "dora"],
    customers: PEOPLE,
    confirm: { afterMs: 0 },
  });
  server = await startTestServer({
    WECOM_CORP_ID: "ww1",
    WECOM_SECRET: "corp-secret",
    WECOM_AGENT_ID: "1000002",
    WECOM_BASE_URL: simulator.url,
    WECOM_BATCH_SIZE: "150",
    RESULTS_POLL_MS: "50",
    FREQUENCY_CAPS: "off",
  });
  const rows = PEOPLE.map(({ externalUserid }) => ({ externalKey: externalUserid, externalUserId: externalUserid }));
  await server.context.kit.customers.upsert(rows);
});
afterAll(async () => {
  await server.close();
  await simulator.close();
});

const dataOf = <T>(answer: { json: unknown }) => (answer.json as { data: T }).data;

test("everybody who is followed by one of the members gets it from one, once; the others are left out with a reason", async () => {
  const push = {
    name: "老客召回",
    startDate: "2026-01-01",
    endDate: "2099-12-31",
    weekDayPushTime: [{ week: 1, time: "10:00" }],
    content: "喵～ https://shop.example/r",
    allCustomers: true,
    messageClass: "transactional",
    senders: ["anna", "ben", "cai"],
  };
  expect((await server.post("/wechatpush/create", push)).status).toBe(200);
  const [listed] = dataOf<{ data: { id: number }[] }>(await server.post("/wechatpush/lists", {})).data;
  const run = await server.post("/wechatpush/run", { id: listed?.id ?? 0 });
  const { occurrenceId } = dataOf<{ occurrenceId: number }>(run);
  const { kit } = server.context;
  await expect
    .poll(async () => (await kit.occurrences.status(occurrenceId)).deliveries, { timeout: 60_000 })
    .toEqual({ delivered: 300, suppressed: 100 });
  const received = [...simulator.ledger.deliveries()];
  expect(received).toHaveLength(300);
  for (const { userid, externalUserid, status } of received) {
    expect(followersOf(externalUserid)).toContain(userid);
    expect([status, push.senders.includes(userid)]).toEqual([1, true]);
  }
  expect(new Set(received.map(({ externalUserid }) => externalUserid)).size).toBe(300);
  expect(simulator.ledger.tasks.every(({ failList }) => failList.length === 0)).toBe(true);
  const left = await server.get(`/api/ops/deliveries?occurrence_id=${occurrenceId}&state=suppressed&limit=200`);
  const { items } = left.json as { items: readonly { reason: string; customer_key: string }[] };
  expect(new Set(items.map(({ reason, customer_key }) => `${reason} ${followersOf(customer_key)}`))).toEqual(
    new Set(["no_sender dora"]),
  );
});
