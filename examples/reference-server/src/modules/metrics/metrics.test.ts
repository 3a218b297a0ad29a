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
    .toContain('recallkit_job_attempts_total{job_name="housekeeping",state="succeeded"} 1');
  const text = await read();
  for (const line of [
    'recallkit_http_requests_total{method="GET",route="/api/ops/occurrences/:id",status="404"} 1',
    'recallkit_pool_slots{state="free"} 10',
    'recallkit_queue_depth{queue="urgent"} 0',
    'recallkit_batches{state="pending"} 0',
    'recallkit_occurrences{state="running"} 0',
    "recallkit_overdue_seconds 0",
    "recallkit_ledger_up 1",
  ])
    expect(text).toContain(line);
  // The engine's loops use the connection as well, at any moment.
  const connections = (state: string) =>
    Number(new RegExp(`recallkit_database_connections\\{state="${state}"\\} (\\d+)`).exec(text)?.[1]);
  expect(connections("waiting")).toBeGreaterThanOrEqual(0);
  expect(connections("busy") + connections("free")).toBe(1);
  expect(text).toMatch(/recallkit_database_slow_statements_total \d/);
  expect(text).toMatch(/nodejs_eventloop_lag_seconds \d/);
  expect(text).toMatch(/recallkit_http_request_seconds_count\{method="GET",route="\/api\/ops\/occurrences\/:id"\} 1/);
  expect(text).toMatch(/recallkit_database_statement_seconds_count\{kind="select"\} [1-9]/);
  expect(text).toMatch(/recallkit_info\{version="[^"]+",role="all",engine="sqlite"\} 1/);
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
