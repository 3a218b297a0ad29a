import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let simulator: WecomSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s1" }] });
  server = await startTestServer({
    WECOM_CORP_ID: "ww1",
    WECOM_SECRET: "s1",
    WECOM_BASE_URL: simulator.url,
    WECOM_BATCH_SIZE: "5",
  });
});
afterAll(async () => {
  await server.close();
  await simulator.close();
});

const dataOf = <T>(answer: { json: unknown }) => (answer.json as { data: T }).data;

test("a push that is deleted after its first batch is cancelled, with its reason, and so are those who wait", async () => {
  const people = Array.from({ length: 12 }, (_, n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}` }));
  await server.context.kit.customers.upsert(people);
  await server.post("/wechatpush/create", {
    name: "分批",
    startDate: "2024-01-01",
    endDate: "2099-12-31",
    weekDayPushTime: [{ week: 1, time: "10:00" }],
    content: "回来看看 https://shop.example/back",
    allCustomers: true,
    batchPauseSeconds: 600,
  });
  const [push] = dataOf<{ data: { id: number }[] }>(await server.post("/wechatpush/lists")).data;
  const { occurrenceId } = dataOf<{ occurrenceId: number }>(await server.post("/wechatpush/run", { id: push?.id }));
  const status = async () => (await server.get(`/api/ops/occurrences/${occurrenceId}`)).json;
  const reached = { batches: { by_state: { accepted: 1, pending: 2 } } };
  await vi.waitFor(async () => expect(await status()).toMatchObject(reached), { timeout: 60_000, interval: 50 });
  expect((await server.post("/wechatpush/delete", { id: push?.id })).json).toEqual({ success: true, data: true });
  expect(await status()).toMatchObject({
    state: "cancelled",
    reason: "rule_deleted",
    batches: { by_state: { accepted: 1, cancelled: 2 } },
    deliveries: { by_state: { accepted: 5, cancelled: 7 } },
  });
  expect(simulator.ledger.figures()).toMatchObject({ tasks: 1, pushed: 5 });
});
