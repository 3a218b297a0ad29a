// UCI Bank Marketing (Moro, Cortez and Rita, 2014; CC BY 4.0): 41 188 calls of a Portuguese bank.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../../testing/test-server.js";

const folder = process.env.RECALLKIT_DATA_DIR;
const mapping = {
  version: 1,
  kind: "calls",
  columns: { duration: "duration", interested: "y" },
  task_id: 1,
  anonymous: true,
  undated: { month: "month", weekday: "day_of_week", from: "2008-05-01" },
  tags: { contact: "contact", poutcome: "poutcome" },
};

describe.skipIf(!folder)("UCI Bank Marketing (needs RECALLKIT_DATA_DIR)", () => {
  let server: TestServer;
  let result: Record<string, unknown>;
  beforeAll(async () => {
    server = await startTestServer();
    await server.post("/api/packages", { name: "Bank Marketing", total_leads: 41_188, cost_per_lead: 1 });
    await server.post("/api/packages/1/tasks", { task_name: "2008-2010" });
    const body = await readFile(join(folder ?? "", "bank-additional-full.csv.gz"));
    const authorization = `Bearer ${server.token}`;
    const headers = { authorization, "content-type": "application/octet-stream" };
    const look = await server.request("POST", "/api/imports?kind=calls&name=bank.csv.gz", {
      headers,
      body: new Uint8Array(body),
    });
    expect(look.json).toMatchObject({
      guess: {
        rows: 41_188,
        missing: ["phone_number", "call_time", "task_id"],
        file: { packed: "gzip", delimiter: ";" },
      },
    });
    const { id } = look.json as { id: number };
    const put = await server.call("PUT", `/api/imports/${id}/mapping`, { body: { mapping } });
    expect([put.status, (put.json as { guess: { missing: string[] } }).guess.missing]).toEqual([200, []]);
    const run = async (step: "dry-run" | "start", state: string) => {
      await server.post(`/api/imports/${id}/${step}`);
      const read = async () => (await server.get(`/api/imports/${id}`)).json as Record<string, unknown>;
      await vi.waitFor(async () => expect((await read()).state).toBe(state), { timeout: 100_000, interval: 200 });
      return read();
    };
    const dry = await run("dry-run", "draft");
    expect(await server.get("/api/tasks/1").then(({ json }) => json)).toMatchObject({
      total_calls: 0,
      status: "pending",
    });
    const done = await run("start", "done");
    expect(done.result).toEqual(dry.dry_run);
    result = done.result as Record<string, unknown>;
  }, 240_000);
  afterAll(() => server?.close());

  test("every row is a call", () => {
    expect(result).toMatchObject({ kind: "calls", rows: 41_188, inserted: 41_188, rejected_rows: 0 });
  });

  test("4 640 are interested, 11.27 % of all calls, and 4 never connected", async () => {
    const { json } = await server.get("/api/metrics/dashboard");
    expect(json).toMatchObject({ total_calls: 41_188, connected_calls: 41_184, interested_calls: 4640 });
    const { interested_share: share } = json as { interested_share: number };
    expect((share * 100).toFixed(2)).toBe("11.27");
    const stats = (await server.get("/api/metrics/package/1/stats")).json;
    expect(stats).toMatchObject({
      results: { connected: 41_184, no_answer: 4, busy: 0 },
      funnel: [{}, {}, { count: 41_188 }, { count: 41_184 }, { count: 4640 }],
    });
  });

  test("calls are on weekdays only, in May 2008 … November 2010, none in January and February", async () => {
    const stats = (await server.get("/api/metrics/package/1/stats")).json as {
      weekdays: { weekday: number; total_calls: number }[];
      first_day: string;
      last_day: string;
    };
    expect(stats.weekdays.map(({ weekday }) => weekday)).toEqual([1, 2, 3, 4, 5]);
    // The counts of `day_of_week` in the file.
    expect(stats.weekdays.map(({ total_calls: calls }) => calls)).toEqual([8514, 8090, 8134, 8623, 7827]);
    expect([stats.first_day.slice(0, 7), stats.last_day.slice(0, 7)]).toEqual(["2008-05", "2010-11"]);
    const trends = (await server.get("/api/metrics/trends?granularity=month&from=2008-05-01&to=2010-11-30")).json as {
      items: { period: string; total_calls: number }[];
    };
    const winter = trends.items.filter(({ period }) => /-0[12]-/.test(period));
    expect(winter).toHaveLength(4);
    expect(winter.every(({ total_calls: calls }) => calls === 0)).toBe(true);
    expect(trends.items.reduce((sum, { total_calls: calls }) => sum + calls, 0)).toBe(41_188);
  });
});
