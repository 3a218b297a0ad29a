import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

type Body = Readonly<Record<string, unknown>>;
let made = 0;

async function post(path: string, body: Body): Promise<Record<string, unknown> & { id: number }> {
  const answer = await server.post(path, body);
  expect([path, answer.status, answer.text]).toEqual([path, 201, answer.text]);
  return answer.json as Record<string, unknown> & { id: number };
}
const newPackage = (body: Body = {}) => post("/api/packages", { name: `包 ${++made}`, ...body });
async function newTask(body: Body = {}) {
  const { id } = await newPackage();
  return post(`/api/packages/${id}/tasks`, { task_name: "任务", ...body });
}
const connected = { phone_number: "13800138000", result: "connected", duration: 60 };
const faults = (json: unknown) => (json as { errors: { path: string }[] }).errors.map(({ path }) => path);
const read = async (path: string) => (await server.get(path)).json as Record<string, unknown>;
const items = async (path: string) => ((await server.get(path)).json as { items: Record<string, unknown>[] }).items;

describe("bad input", () => {
  test.each<[string, Body, string]>([
    ["more valid leads than leads", { total_leads: 10, valid_leads: 11 }, "valid_leads"],
    ["a negative count", { total_leads: -1 }, "total_leads"],
    ["no name", { name: " " }, "name"],
    ["three decimals", { cost_per_lead: 2.505 }, "cost_per_lead"],
    ["an unknown field", { colour: "red" }, "colour"],
  ])("a package with %s is refused with the field", async (_, body, path) => {
    const answer = await server.post("/api/packages", { name: "坏包", ...body });
    expect([answer.status, faults(answer.json)]).toEqual([400, [path]]);
    expect(await items("/api/packages?search=坏包")).toEqual([]);
  });

  test("an edit can't make more leads valid than there are", async () => {
    const { id } = await newPackage({ total_leads: 10, valid_leads: 5 });
    for (const [body, path] of [
      [{ valid_leads: 11 }, "valid_leads"],
      [{ total_leads: 4 }, "total_leads"],
    ] as const) {
      const answer = await server.call("PUT", `/api/packages/${id}`, { body });
      expect([answer.status, faults(answer.json)]).toEqual([400, [path]]);
    }
    expect(await read(`/api/packages/${id}`)).toMatchObject({ total_leads: 10, valid_leads: 5 });
  });

  test.each<[string, Body, string]>([
    ["an unknown result", { ...connected, result: "talked" }, "result"],
    ["a negative duration", { ...connected, duration: -1 }, "duration"],
    ["a phone number of 29 digits", { ...connected, phone_number: "1".repeat(29) }, "phone_number"],
    ["no phone number", { result: "busy" }, "phone_number"],
    ["a duration though nobody answered", { ...connected, result: "no_answer" }, "duration"],
    ["interest of a voicemail", { ...connected, result: "voicemail", interested: true }, "interested"],
    ["a day that does not exist", { ...connected, call_time: "2026-02-30 10:00:00" }, "call_time"],
    [
      "a tag twice",
      {
        ...connected,
        tags: [
          { tag_name: "a", tag_value: "b" },
          { tag_name: "a", tag_value: "b" },
        ],
      },
      "tags.1",
    ],
  ])("a call with %s is refused, and nothing is written", async (_, body, path) => {
    const { id } = await newTask();
    const answer = await server.post(`/api/tasks/${id}/calls`, body);
    expect([answer.status, faults(answer.json)]).toEqual([400, [path]]);
    expect(await read(`/api/tasks/${id}`)).toMatchObject({ status: "pending", total_calls: 0 });
    expect(await items(`/api/tasks/${id}/calls`)).toEqual([]);
  });

  test("an end before the start is refused, also when only one of them changes", async () => {
    const { id } = await newPackage();
    const period = { start_time: "2026-01-02 09:00:00", end_time: "2026-01-01 09:00:00" };
    const answer = await server.post(`/api/packages/${id}/tasks`, { task_name: "任务", ...period });
    expect([answer.status, faults(answer.json)]).toEqual([400, ["end_time"]]);
    const task = await newTask({ start_time: "2026-01-02 09:00:00" });
    const edit = await server.call("PUT", `/api/tasks/${task.id}`, { body: { end_time: "2026-01-02" } });
    expect([edit.status, faults(edit.json)]).toEqual([400, ["end_time"]]);
  });

  test("times without an offset are of the tenant's zone", async () => {
    const task = await newTask({ start_time: "2026-01-02 09:00:00" });
    expect(task.start_time).toBe(Date.UTC(2026, 0, 2, 1));
  });
});

describe("states of tasks", () => {
  test.each([
    ["pending", "completed", 409],
    ["pending", "cancelled", 200],
    ["in_progress", "completed", 200],
    ["in_progress", "pending", 409],
    ["in_progress", "in_progress", 200],
  ])("from %s to %s answers %i", async (from, to, status) => {
    const { id } = await newTask({ status: from });
    expect((await server.call("PUT", `/api/tasks/${id}`, { body: { status: to } })).status).toBe(status);
    expect(await read(`/api/tasks/${id}`)).toMatchObject({ status: status === 200 ? to : from });
  });

  test("a task that has ended takes no calls and never begins again", async () => {
    const { id } = await newTask({ status: "in_progress" });
    await server.call("PUT", `/api/tasks/${id}`, { body: { status: "completed" } });
    expect((await server.post(`/api/tasks/${id}/calls`, connected)).status).toBe(409);
    expect((await server.call("PUT", `/api/tasks/${id}`, { body: { status: "in_progress" } })).status).toBe(409);
  });

  test("the first call starts a pending task", async () => {
    const { id } = await newTask();
    await post(`/api/tasks/${id}/calls`, connected);
    expect(await read(`/api/tasks/${id}`)).toMatchObject({ status: "in_progress" });
  });
});

describe("calls", () => {
  test("a correction and a deletion are followed by every figure", async () => {
    const task = await newTask();
    const one = await post(`/api/tasks/${task.id}/calls`, {
      ...connected,
      tags: [{ tag_name: "interest_level", tag_value: "high" }],
    });
    await post(`/api/tasks/${task.id}/calls`, { phone_number: "13800138000", result: "busy" });
    const stats = () => read(`/api/metrics/package/${task.package_id}/stats`);
    expect(await stats()).toMatchObject({
      total_calls: 2,
      avg_contact_rate: 0.5,
      avg_interest_rate: 1,
      interested_share: 0.5,
      tags: [{ tag_name: "interest_level", tag_value: "high", tag_count: 1, percentage: 0.5 }],
      results: { connected: 1, busy: 1 },
    });
    await server.call("PUT", `/api/calls/${one.id}`, {
      body: { ...one, tags: [{ tag_name: "interest_level", tag_value: "low" }], interested: undefined },
    });
    expect(await stats()).toMatchObject({ interested_calls: 0, tags: [{ tag_value: "low", tag_count: 1 }] });
    expect((await server.call("DELETE", `/api/calls/${one.id}`)).status).toBe(200);
    expect(await stats()).toMatchObject({ total_calls: 1, connected_calls: 0, avg_interest_rate: null, tags: [] });
    expect((await server.get(`/api/calls/${one.id}`)).status).toBe(404);
  });

  test("what was read can be sent back", async () => {
    const task = await newTask();
    const call = await post(`/api/tasks/${task.id}/calls`, { ...connected, tags: [{ tag_name: "a", tag_value: "b" }] });
    const edit = await server.call("PUT", `/api/calls/${call.id}`, { body: await read(`/api/calls/${call.id}`) });
    expect([edit.status, edit.json]).toMatchObject([
      200,
      { phone_number: call.phone_number, call_time: call.call_time },
    ]);
    for (const path of [`/api/tasks/${task.id}`, `/api/packages/${task.package_id}`]) {
      const before = await read(path);
      const { json } = await server.call("PUT", path, { body: before });
      expect(json).toEqual({ ...before, updated_at: (json as { updated_at: number }).updated_at });
    }
  });

  test("lists are paged and filtered", async () => {
    const { id } = await newTask();
    for (const [at, result] of [
      ["2026-01-05 09:00:00", "busy"],
      ["2026-01-06 09:00:00", "busy"],
      ["2026-01-06 23:59:59", "rejected"],
    ]) {
      await post(`/api/tasks/${id}/calls`, { phone_number: "13800138000", call_time: at, result });
    }
    const page = await read(`/api/tasks/${id}/calls?page=2&page_size=2`);
    expect(page).toMatchObject({ total: 3, page: 2, page_size: 2, items: [{ call_time: Date.UTC(2026, 0, 5, 1) }] });
    expect(await items(`/api/tasks/${id}/calls?from=2026-01-06&to=2026-01-06`)).toHaveLength(2);
    expect(await items(`/api/tasks/${id}/calls?result=rejected`)).toHaveLength(1);
  });
});

describe("figures by hand", () => {
  test("are shown, the counted ones beside them, and both steps are audited", async () => {
    const { id } = await newTask();
    await post(`/api/tasks/${id}/calls`, connected);
    const said = await server.post(`/api/tasks/${id}/metrics`, { total_calls: 10, connected_calls: 4 });
    expect(said.json).toMatchObject({
      total_calls: 10,
      connected_calls: 4,
      contact_rate: 0.4,
      is_overridden: true,
      counted: { total_calls: 1, connected_calls: 1 },
    });
    const counted = await server.post(`/api/tasks/${id}/metrics`, {});
    expect(counted.json).toMatchObject({ total_calls: 1, connected_calls: 1, is_overridden: false });
    const entries = (await items("/api/ops/audit?limit=20")).filter(({ action }) =>
      String(action).startsWith("dial-task.metrics"),
    );
    expect(entries.map(({ action }) => action)).toEqual(["dial-task.metrics-restored", "dial-task.metrics-overridden"]);
    expect((await server.post(`/api/tasks/${id}/metrics`, { total_calls: 1, connected_calls: 2 })).status).toBe(400);
  });
});

describe("packages", () => {
  test("are found by what they are, and sorted with those without calls last", async () => {
    const { id: none } = await newPackage({ source: "筛选", industry: "教育", region: "北京" });
    const rates: number[] = [];
    for (const results of [["busy", "connected"], ["connected"], ["busy"]]) {
      const { id } = await newPackage({ source: "筛选", industry: "科技", region: "江苏" });
      const task = await post(`/api/packages/${id}/tasks`, { task_name: "任务" });
      for (const result of results) await post(`/api/tasks/${task.id}/calls`, { phone_number: "13800138000", result });
      rates.push(id);
    }
    const ids = async (query: string) => (await items(`/api/packages?source=筛选&${query}`)).map(({ id }) => id);
    const [half, all, zero] = rates;
    expect(await ids("sort=-contact_rate")).toEqual([all, half, zero, none]);
    expect(await ids("sort=contact_rate")).toEqual([zero, half, all, none]);
    expect(await ids("min_contact_rate=0.5&sort=contact_rate")).toEqual([half, all]);
    expect(await ids("max_contact_rate=0.5&sort=contact_rate")).toEqual([zero, half]);
    expect(await ids("industry=教育")).toEqual([none]);
    expect(await ids("created_to=2020-01-01")).toEqual([]);
  });

  test("a search takes % and _ as they are", async () => {
    await newPackage({ name: "折扣 50% 包" });
    expect(await items("/api/packages?search=50%25")).toHaveLength(1);
    expect(await items("/api/packages?search=%25%25")).toEqual([]);
  });

  test("a computed cost follows the leads, a given one stays", async () => {
    const { id } = await newPackage({ total_leads: 10, cost_per_lead: 2.5 });
    const put = async (body: Body) => (await server.call("PUT", `/api/packages/${id}`, { body })).json;
    expect(await put({ total_leads: 20 })).toMatchObject({ total_cost: 50 });
    expect(await put({ total_cost: 40.5 })).toMatchObject({ total_cost: 40.5 });
    expect(await put({ total_leads: 30 })).toMatchObject({ total_cost: 40.5 });
    expect(await put({ total_cost: null })).toMatchObject({ total_cost: 75 });
  });

  test("an export is CSV whose cells are no formulas", async () => {
    await newPackage({ name: '=HYPERLINK("http://x","点")', source: "公式" });
    const { text, headers } = await server.get("/api/packages/export?source=公式");
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(text.split("\r\n")[1]).toContain(`"'=HYPERLINK(""http://x"",""点"")"`);
  });
});

describe("metrics", () => {
  test("today is written down once however often", async () => {
    const first = (await server.post("/api/metrics/summary/today")).json as Record<string, unknown>;
    await newPackage({ total_leads: 7 });
    const second = (await server.post("/api/metrics/summary/today")).json as Record<string, unknown>;
    expect(second).toMatchObject({ id: first.id, date: first.date, total_packages: Number(first.total_packages) + 1 });
    expect(await items("/api/metrics/summary")).toHaveLength(1);
  });

  test("trends are of days, weeks from Monday and months, with those that had no calls", async () => {
    const task = await newTask();
    for (const call_time of ["2026-03-01 10:00:00", "2026-03-02 10:00:00", "2026-04-01 00:00:00"]) {
      await post(`/api/tasks/${task.id}/calls`, { ...connected, call_time });
    }
    const periods = async (query: string) =>
      (await items(`/api/metrics/trends?package_id=${task.package_id}&from=2026-03-01&to=2026-04-01&${query}`)).map(
        ({ period, total_calls: calls }) => [period, calls],
      );
    expect(await periods("granularity=month")).toEqual([
      ["2026-03-01", 2],
      ["2026-04-01", 1],
    ]);
    expect((await periods("granularity=week")).slice(0, 3)).toEqual([
      ["2026-02-23", 1],
      ["2026-03-02", 1],
      ["2026-03-09", 0],
    ]);
    expect(await periods("")).toHaveLength(32);
  });
});
