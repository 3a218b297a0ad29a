import { afterEach, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../../testing/test-server.js";
import { type DialerSimulator, startDialerSimulator } from "./simulator.js";

const secret = "a-secret-of-the-call-centre-0123456789";
let server: TestServer | undefined;
let simulator: DialerSimulator | undefined;
afterEach(async () => {
  await server?.close();
  await simulator?.close();
  [server, simulator] = [undefined, undefined];
});

/** A server beside a call centre, a lead in somebody's hand, and what dials it. */
async function callCentre() {
  simulator = await startDialerSimulator({ secret });
  server = await startTestServer({
    DIALER_WEBHOOK_URL: simulator.url,
    DIALER_WEBHOOK_SECRET: secret,
    CALLING_HOURS: "00:00-24:00",
  });
  const { post } = server;
  await post("/api/packages", { name: "包" });
  await post("/api/packages/1/tasks", { task_name: "任务" });
  const dial = async () => {
    const next = (await post("/api/tasks/1/next-lead")).json as { lead: { id: number }; lease: number };
    const path = `/api/leads/${next.lead.id}/dial`;
    const ask = async () => (await post(path, { lease: next.lease, task_id: 1 })).json as { id: number; state: string };
    return { ask, next };
  };
  const load = (phone: string) => post("/api/packages/1/leads", { leads: [{ phone_number: phone }] });
  return { simulator, post, dial, load };
}

test("a click rings once per lease, however often it is repeated", async () => {
  const { simulator, dial, load } = await callCentre();
  await load("13800138000");
  const { ask } = await dial();
  const first = await ask();
  expect(first).toMatchObject({ state: "ringing", provider_call_id: expect.stringMatching(/^sim-/) });
  expect(await ask()).toEqual(first);
  expect(simulator.rung).toEqual([{ dialId: expect.any(String), phone: "+8613800138000", agent: "merchant_username" }]);
  expect(simulator.requests()).toBe(1);
});

test.each(["fail-after-ringing", "reset-after-ringing", "html"] as const)(
  "after %s nobody knows, and nobody dials again by himself",
  async (fault) => {
    const { simulator, dial, load } = await callCentre();
    await load("13800138000");
    simulator.faults.push(fault);
    const { ask } = await dial();
    expect(await ask()).toMatchObject({ state: "unknown" });
    expect(await ask()).toMatchObject({ state: "unknown" });
    expect([simulator.rung.length, simulator.requests()]).toEqual([1, 1]);
  },
);

test("a refusal rings nobody, and is told", async () => {
  const { simulator, dial, load } = await callCentre();
  await load("13800138000");
  simulator.faults.push("refuse");
  const { ask } = await dial();
  expect(await ask()).toMatchObject({ state: "refused", reason: "HTTP 422" });
  expect(simulator.rung).toEqual([]);
});

test("who does not have the lead can't dial it, and without a call centre nobody can", async () => {
  const { simulator, post, dial, load } = await callCentre();
  await load("13800138000");
  const { next } = await dial();
  const stale = await post(`/api/leads/${next.lead.id}/dial`, { lease: next.lease + 1, task_id: 1 });
  expect([stale.status, (stale.json as { code: string }).code]).toEqual([409, "lead.leased"]);
  expect(simulator.requests()).toBe(0);
  await server?.close();
  server = await startTestServer({ CALLING_HOURS: "00:00-24:00" });
  await server.post("/api/packages", { name: "包" });
  await server.post("/api/packages/1/tasks", { task_name: "任务" });
  await server.post("/api/packages/1/leads", { leads: [{ phone_number: "13800138000" }] });
  const { lease } = (await server.post("/api/tasks/1/next-lead")).json as { lease: number };
  const missing = await server.post("/api/leads/1/dial", { lease, task_id: 1 });
  expect([missing.status, (missing.json as { code: string }).code]).toEqual([409, "dialer.missing"]);
});
