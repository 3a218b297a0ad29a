import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test("Prometheus reads the whole server from this machine", async () => {
  await server.get("/api/ops/occurrences/77");
  await server.post("/api/ops/jobs/housekeeping/run");
  const read = async () => (await server.request("GET", "/metrics")).text;
  await expect
    .poll(read, { timeout: 60_000 })
    .toContain('recallkit_job_attempts_total{job="housekeeping",state="succeeded"} 1');
  const text = await read();
  for (const line of [
    'recallkit_http_requests_total{method="GET",route="/api/ops/occurrences/:id",status="404"} 1',
    'recallkit_pool_slots{state="free"} 10',
    'recallkit_queue_depth{queue="urgent"} 0',
    'recallkit_batches{state="pending"} 0',
  ])
    expect(text).toContain(line);
  expect(text).toMatch(/nodejs_eventloop_lag_seconds \d/);
  expect(text).not.toContain("/77");
});

test("others need a token with the permission", async () => {
  const proxied = { "x-forwarded-for": "203.0.113.7" };
  const bare = await server.request("GET", "/metrics", { headers: proxied });
  expect([bare.status, bare.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  expect((await server.get("/metrics", proxied)).status).toBe(200);
  const { json } = await server.post("/api/api-keys", { name: "k", scopes: ["push:read"] });
  const { token } = json as { token: string };
  const weak = await server.request("GET", "/metrics", { headers: { ...proxied, authorization: `Bearer ${token}` } });
  expect(weak.status).toBe(403);
});
