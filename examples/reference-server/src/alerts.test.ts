import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { expect, test } from "vitest";
import { PUSH } from "./contract/shop.js";
import { startTestServer } from "./testing/test-server.js";

const SECRET = "a secret that both sides know, 32+";

test("a push that goes wrong is told to the webhook, signed, once, and to the log", async () => {
  const received: { readonly body: string; readonly headers: Record<string, unknown> }[] = [];
  const targets: typeof received = [];
  const hook = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      (request.url === "/targets" ? targets : received).push({ body, headers: request.headers });
      response.end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  const address = hook.address();
  const port = typeof address === "object" ? address?.port : 0;
  const simulator = await startWecomSimulator({
    corps: [{ corpId: "ww1", secret: "s" }],
    customers: (id) => id === "wm_0",
  });
  const events: string[] = [];
  const told = (event: string) => events.push(event);
  const server = await startTestServer(
    {
      WECOM_CORP_ID: "ww1",
      WECOM_SECRET: "s",
      WECOM_BASE_URL: simulator.url,
      ALERT_WEBHOOK_URL: `http://127.0.0.1:${port}/alarms`,
      ALERT_WEBHOOK_SECRET: SECRET,
    },
    { logger: { debug() {}, info() {}, warn: told, error: told } },
  );
  try {
    const rows = Array.from({ length: 30 }, (_, n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}` }));
    await server.context.kit.customers.upsert(rows);
    const target = { kind: "webhook", url: `http://127.0.0.1:${port}/targets`, secret: SECRET };
    await server.post("/api/admin/config", { config: { alert_targets: [target] } });
    await server.context.hotConfig.refresh();
    await server.post("/wechatpush/create", { ...PUSH, alertFailureRate: 0.5 });
    const { items } = await server.context.kit.rules.list();
    await server.post("/wechatpush/run", { id: items[0]?.id });
    await expect.poll(() => received.length, { timeout: 60_000 }).toBeGreaterThan(0);
    const [first] = received;
    const timestamp = String(first?.headers["recallkit-timestamp"]);
    const signature = createHmac("sha256", SECRET).update(`${timestamp}.${first?.body}`).digest("hex");
    expect(first?.headers["recallkit-signature"]).toBe(`v1=${signature}`);
    expect(JSON.parse(first?.body ?? "")).toMatchObject({
      code: "push.failure-rate",
      tenant_id: 1,
      entity: "occurrence",
    });
    await expect.poll(() => targets.length).toBe(1);
    expect(JSON.parse(targets[0]?.body ?? "")).toMatchObject({ code: "push.failure-rate", entity: "occurrence" });
    expect(events).toContain("push.failure-rate");
    const { json } = await server.get("/api/ops/alarms");
    expect(json).toMatchObject({ items: [{ code: "push.failure-rate" }] });
  } finally {
    await server.close();
    await simulator.close();
    hook.close();
  }
  expect(received).toHaveLength(1);
});
