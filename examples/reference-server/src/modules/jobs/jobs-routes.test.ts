import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../../testing/command-line.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const TOKEN = "a-token-of-both-sides";
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    XXL_JOB_ADMIN_URL: "http://127.0.0.1:9/xxl-job-admin",
    XXL_JOB_ACCESS_TOKEN: TOKEN,
    XXL_JOB_EXECUTOR_URL: "http://127.0.0.1:8000/api/xxl-job",
  });
});
afterAll(() => server.close());

interface Job {
  readonly name: string;
  readonly is_paused: boolean;
  readonly next_runs: readonly number[];
}
interface Run {
  readonly id: number;
  readonly state: string;
  readonly requested_by: string | null;
}

const jobs = async () => ((await server.get("/api/ops/jobs")).json as { items: readonly Job[] }).items;
const history = async (name: string) =>
  ((await server.get(`/api/ops/jobs/${name}/history`)).json as { items: readonly Run[] }).items;

describe("/api/ops/jobs", () => {
  test("lists what the modules do at their times", async () => {
    expect((await jobs()).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["audit-retention", "housekeeping", "jobs-retention", "sms-retention"]),
    );
    for (const { next_runs } of await jobs()) expect(next_runs).toHaveLength(5);
  });

  test("a job that is run by hand is in its history with who asked, once per key", async () => {
    const key = { "idempotency-key": "once" };
    const first = await server.post("/api/ops/jobs/housekeeping/run", {}, key);
    await server.post("/api/ops/jobs/housekeeping/run", {}, key);
    expect(first.status).toBe(200);
    await expect
      .poll(() => history("housekeeping"), { timeout: 60_000 })
      .toMatchObject([{ state: "succeeded", cause: "manual", requested_by: "user:1", result: { links: 0 } }]);
  });

  test("a paused job has no next time until it goes on", async () => {
    const paused = await server.post("/api/ops/jobs/sms-retention/pause");
    expect(paused.json).toMatchObject({ is_paused: true, next_runs: [] });
    expect((await server.post("/api/ops/jobs/sms-retention/resume")).json).toMatchObject({ is_paused: false });
    const { json } = await server.get("/api/ops/audit?limit=2");
    expect(json).toMatchObject({ items: [{ target: "sms-retention" }, { target: "sms-retention" }] });
  });

  test("unknown jobs and runs are said to be unknown", async () => {
    expect((await server.get("/api/ops/jobs/nobody")).json).toMatchObject({ status: 404, code: "job.not-found" });
    expect((await server.post("/api/ops/jobs/nobody/run")).status).toBe(404);
    expect((await server.post("/api/ops/job-runs/999999/cancel")).json).toMatchObject({ code: "job.run-ended" });
    expect((await server.post("/api/ops/jobs/housekeeping/run", { parameter: 7 })).status).toBe(400);
  });

  test("the command line tells the same, and begins what the server then does", async () => {
    const cli = (...argv: readonly string[]) =>
      runCommand(argv, { DATABASE_URL: `sqlite:${server.dataDir}/recallkit.db`, DATA_DIR: server.dataDir });
    const listed = await cli("jobs", "list", "--json");
    expect(JSON.parse(listed.stdout).jobs.map(({ name }: Job) => name)).toEqual((await jobs()).map(({ name }) => name));
    const begun = await cli("jobs", "run", "audit-retention");
    expect([begun.code, begun.stdout]).toEqual([0, expect.stringMatching(/^#\d+ 等待运行/)]);
    await expect
      .poll(() => history("audit-retention"), { timeout: 60_000 })
      .toMatchObject([{ state: "succeeded", requested_by: "cli" }]);
    expect((await cli("jobs", "history", "audit-retention")).stdout).toContain("成功");
    expect((await cli("jobs", "pause", "audit-retention")).stdout).toContain("已暂停");
    expect((await cli("jobs", "resume", "audit-retention")).code).toBe(0);
    expect((await cli("jobs", "run", "nobody")).stderr).toContain("job.not-found");
  });
});

describe("an xxl-job-admin", () => {
  const call = (name: string, body: unknown, token = TOKEN) =>
    server.request("POST", `/api/xxl-job/${name}`, {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", "xxl-job-access-token": token },
    });

  test("begins a job of the server with the token of both", async () => {
    expect((await call("beat", {})).json).toEqual({ code: 200, msg: null });
    const run = { jobId: 1, executorHandler: "jobs-retention", logId: 7, logDateTime: 1 };
    expect((await call("run", run)).json).toEqual({ code: 200, msg: null });
    await expect
      .poll(() => history("jobs-retention"), { timeout: 60_000 })
      .toMatchObject([{ state: "succeeded", requested_by: "xxl-job" }]);
    expect((await call("run", run, "another-token-of-both")).json).toMatchObject({ code: 500 });
  });

  test("is not there where none is configured", async () => {
    const other = await startTestServer();
    try {
      const headers = { "content-type": "application/json" };
      const answer = await other.request("POST", "/api/xxl-job/beat", { body: "{}", headers });
      expect(answer.status).toBe(404);
    } finally {
      await other.close();
    }
  });
});
