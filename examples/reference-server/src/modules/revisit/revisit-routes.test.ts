import { localDateOf } from "@recallkit/core/ports";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { putInstitution } from "../institutions/service.js";
import { reportDaily, runDaily } from "./jobs.js";
import { makeSampleInstitutions } from "./service.js";

let server: TestServer;
let today: string;
beforeAll(async () => {
  server = await startTestServer({ QUIET_HOURS: "off" });
  const { kit, clock } = server.context;
  await makeSampleInstitutions(kit, { now: clock.now() });
  today = localDateOf(clock.now(), "Asia/Shanghai");
});
afterAll(() => server.close());

type Json = Readonly<Record<string, unknown>>;
const get = async (path: string) => (await server.get(`/api/v1${path}`)).json as Json;
const items = async (path: string) => (await get(path)).items as Json[];

describe("the routes of the document", () => {
  test("customers of an institution come in pages, their numbers masked for whoever may not see them", async () => {
    const page = await get("/customers/BJ-HA-001?page=2&page_size=25");
    expect(page).toMatchObject({ total: 60, page: 2, page_size: 25 });
    const people = page.items as Json[];
    expect(people).toHaveLength(25);
    expect(people[0]).toMatchObject({ customer_code: "BJ-HA-001-C0026", person: { name: expect.any(String) } });
    expect((await get("/customers/SH-ML-002?search=c0003")).total).toBe(1);
  });

  test("upcoming birthdays come by day, with what became of the greeting", async () => {
    const page = await get("/reminders/BJ-HA-001/upcoming-birthdays?page_size=200");
    const people = page.items as { days_left: number; birthday_on: string; revisit: unknown }[];
    expect(page).toMatchObject({ local_day: today, days_ahead: 7, total: people.length });
    expect(people.length).toBeGreaterThanOrEqual(9);
    expect(people.map((one) => one.days_left)).toEqual(people.map((one) => one.days_left).toSorted((a, b) => a - b));
    expect(people.every((one) => one.days_left >= 0 && one.days_left <= 7 && one.revisit === null)).toBe(true);
    const year = await get("/reminders/BJ-HA-001/upcoming-birthdays?days_ahead=60&page_size=200");
    expect(year.total).toBeGreaterThan(people.length);
  });

  test("a first run is a test: it answers what it would say, and nothing is planned", async () => {
    const answer = await server.post("/api/v1/reminders/BJ-HA-001/run");
    const run = answer.json as Json & { found: number; written: number; skipped: Json[]; run_id: number };
    expect([answer.status, run.test_mode, run.state]).toEqual([200, true, "completed"]);
    expect(run.written + run.skipped.length).toBe(run.found);
    const shown = await items(`/reminders/BJ-HA-001/revisits?run_id=${run.run_id}&limit=200`);
    expect(shown.filter(({ text }) => text !== null)).toHaveLength(run.written);
    expect(String(shown.find(({ text }) => text !== null)?.text)).toContain("生日");
    expect((await get(`/reminders/runs/${run.run_id}`)).found).toBe(run.found);
    const institution = (await items("/reminders/BJ-HA-001/runs"))[0];
    expect(institution).toMatchObject({ run_id: run.run_id });
    const { stores } = server.context;
    expect(await stores.sql.selectFrom("rk_occurrences").selectAll().execute()).toEqual([]);
    const events = await server.get(`/api/v1/reminders/runs/${run.run_id}/events`);
    expect(events.text).toContain("event: end");
  });

  test("mode approve: a text is read, written over, approved and sent once", async () => {
    const put = (path: string, body: unknown) => server.call("PUT", `/api/v1${path}`, { body });
    expect((await put("/reminders/SH-ML-002/settings", { mode: "approve", channels: ["sms"] })).json).toMatchObject({
      ...{ mode: "approve", channels: ["sms"], days_ahead: 7, leap_day: "feb28" },
    });
    const run = (await server.post("/api/v1/reminders/SH-ML-002/run", {})).json as Json;
    expect(run).toMatchObject({ test_mode: false });
    const waiting = await items("/reminders/SH-ML-002/revisits?state=waiting");
    expect(waiting.length).toBe(run.written);
    const [first, second] = waiting as { id: number }[];
    const refused = await put(`/reminders/SH-ML-002/revisits/${first?.id}/text`, { text: "本院根治百病，一折优惠" });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("text")]);
    expect(
      (await put(`/reminders/SH-ML-002/revisits/${first?.id}/text`, { text: "祝您生日快乐！" })).json,
    ).toMatchObject({
      ...{ text: "祝您生日快乐！", text_source: "person" },
    });
    const approved = await server.post("/api/v1/reminders/SH-ML-002/revisits/approve", { ids: [first?.id, 99_999] });
    expect(approved.json).toEqual({ done: [first?.id], refused: [99_999] });
    const rejected = await server.post("/api/v1/reminders/SH-ML-002/revisits/reject", { ids: [second?.id] });
    expect(rejected.json).toEqual({ done: [second?.id], refused: [] });
    const again = (await server.post("/api/v1/reminders/SH-ML-002/run", {})).json as {
      written: number;
      skipped: Json[];
    };
    expect(again.written).toBe(0);
    expect(new Set(again.skipped.map(({ reason }) => reason))).toEqual(
      new Set(
        ["already_sent", "rejected", "waiting_for_approval", "no_address"].filter((reason) =>
          again.skipped.some((one) => one.reason === reason),
        ),
      ),
    );
    const board = await get("/analytics/dashboard?institution=SH-ML-002");
    expect(board.total).toMatchObject({ customers: 60, rejected: 1, written: waiting.length });
    expect((await get("/analytics/dashboard")).institutions).toHaveLength(2);
  });

  test.each([
    "/customers/XX-1",
    "/reminders/XX-1/upcoming-birthdays",
    "/reminders/XX-1/settings",
    "/reminders/runs/99999",
  ])("%s is 404", async (path) => {
    expect((await server.get(`/api/v1${path}`)).status).toBe(404);
  });

  test.each<[string, unknown]>([
    ["days_ahead", { days_ahead: 61 }],
    ["colour", { colour: 1 }],
    ["test_mode", { test_mode: "yes" }],
  ])("a run with a wrong %s is refused", async (path, body) => {
    const answer = await server.post("/api/v1/reminders/BJ-HA-001/run", body);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(path)]);
  });
});

describe("people of another institution", () => {
  test("see nothing of it", async () => {
    const { kit, stores, clock } = server.context;
    const other = await kit.tenants.create({ name: "别家" });
    const facts = { type: "", address: "", phone: "", email: "", status: "active" as const, rowHash: null };
    await putInstitution(stores, { tenantId: other.id, code: "GZ-1", name: "别家", ...facts }, clock.now());
    const key = await server.call("POST", "/api/api-keys", { body: { name: "x", scopes: ["revisits:read"] } });
    // A key of the first tenant, which is no institution, and no platform.
    const token = (key.json as { token: string }).token;
    const answer = await server.call("GET", "/api/v1/customers/GZ-1", { token });
    expect(answer.status).toBe(404);
    expect((await server.call("GET", "/api/v1/analytics/dashboard", { token })).json).toMatchObject({
      institutions: [],
    });
  });
});

describe("jobs", () => {
  test("the daily run of a day is begun once, and its report is written once", async () => {
    const { signal } = new AbortController();
    const hasBegun = new Date(server.context.clock.now() + 8 * 3_600_000).getUTCHours() >= 9;
    const first = await runDaily(server.context, signal);
    expect([first.failed, first.runs > 0]).toEqual([0, hasBegun]);
    expect(await runDaily(server.context, signal)).toEqual({ runs: 0, failed: 0 });
    const { reports } = await reportDaily(server.context);
    expect(await reportDaily(server.context)).toEqual({ reports: 0 });
    const rows = await server.context.stores.sql
      .withTables<{ rk_revisit_reports: { tenant_id: number } }>()
      .selectFrom("rk_revisit_reports")
      .selectAll()
      .execute();
    expect(rows).toHaveLength(reports);
  });
});
