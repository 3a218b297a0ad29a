import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { engines } from "../../testing/engines.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** What S1's examples send, word for word. */
const PACKAGE = `{
    "name": "测试数据包",
    "source": "线上渠道",
    "industry": "科技",
    "region": "江苏",
    "total_leads": 1000,
    "valid_leads": 900,
    "cost_per_lead": 2.5
  }`;
const CALL = `{
    "phone_number": "13800138000",
    "duration": 120,
    "result": "connected",
    "notes": "客户有意向",
    "tags": [
      {"tag_name": "interest_level", "tag_value": "high"}
    ]
  }`;

describe.each(engines)("S1's examples on $name", ({ missing, newUrl }) => {
  test.skipIf(missing)("work as they are printed, with Authorization added", async () => {
    const folder = await mkdtemp(join(tmpdir(), "recallkit-s1-"));
    server = await startTestServer({ DATABASE_URL: await newUrl(folder) });
    const headers = { "content-type": "application/json", authorization: `Bearer ${server.token}` };
    const ask = (method: string, path: string, body?: string) =>
      server?.request(method, path, { headers, ...(body !== undefined && { body }) });

    const made = await ask("POST", "/api/packages", PACKAGE);
    expect(made).toMatchObject({
      status: 201,
      json: {
        id: 1,
        name: "测试数据包",
        source: "线上渠道",
        industry: "科技",
        region: "江苏",
        total_leads: 1000,
        valid_leads: 900,
        contact_rate: null,
        interest_rate: null,
        cost_per_lead: 2.5,
        total_cost: 2500,
      },
    });
    expect(await ask("POST", "/api/packages/1/tasks", '{"task_name":"首轮外呼"}')).toMatchObject({
      status: 201,
      json: { id: 1, package_id: 1, status: "pending", total_calls: 0 },
    });
    const call = await ask("POST", "/api/tasks/1/calls", CALL);
    expect(call).toMatchObject({
      status: 201,
      json: {
        id: 1,
        task_id: 1,
        phone_number: "+8613800138000",
        duration: 120,
        result: "connected",
        interested: true,
        notes: "客户有意向",
        tags: [{ tag_name: "interest_level", tag_value: "high" }],
      },
    });
    const board = await ask("GET", "/api/metrics/dashboard");
    expect(board).toMatchObject({
      status: 200,
      json: {
        total_packages: 1,
        total_leads: 1000,
        total_calls: 1,
        connected_calls: 1,
        interested_calls: 1,
        avg_contact_rate: 1,
        avg_interest_rate: 1,
        avg_call_duration: 120,
        total_cost: 2500,
        total_revenue: 0,
        roi: -1,
        tasks: { in_progress: 1 },
        today: { total_calls: 1 },
      },
    });

    // Every route of the document, once.
    for (const [method, path, body, status] of [
      ["GET", "/api/packages", undefined, 200],
      ["GET", "/api/packages/1", undefined, 200],
      ["PUT", "/api/packages/1", '{"region":"上海"}', 200],
      ["GET", "/api/packages/1/tasks", undefined, 200],
      ["GET", "/api/tasks/1", undefined, 200],
      ["PUT", "/api/tasks/1", '{"description":"上午"}', 200],
      ["GET", "/api/tasks/1/calls", undefined, 200],
      ["POST", "/api/tasks/1/metrics", "{}", 200],
      ["POST", "/api/tasks/1/metrics", undefined, 200],
      ["GET", "/api/metrics/summary", undefined, 200],
      ["POST", "/api/metrics/summary/today", undefined, 200],
      ["GET", "/api/metrics/trends", undefined, 200],
      ["GET", "/api/metrics/package/1/stats", undefined, 200],
      ["DELETE", "/api/tasks/1", undefined, 409],
      ["DELETE", "/api/packages/1", undefined, 409],
      ["DELETE", "/api/tasks/1?cascade=true", undefined, 200],
      ["DELETE", "/api/packages/1", undefined, 200],
      ["GET", "/api/packages/1", undefined, 404],
    ] as const) {
      const answer = await ask(method, path, body);
      expect([method, path, answer?.status, answer?.text]).toEqual([method, path, status, answer?.text]);
    }
    await rm(folder, { recursive: true, force: true });
  });
});
