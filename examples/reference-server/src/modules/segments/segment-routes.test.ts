import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.context.kit.customers.upsert(["c1", "c2", "c3"].map((externalKey) => ({ externalKey })));
  await server.context.kit.labels.assign([{ externalKey: "c1", kind: "city", key: "上海" }]);
});
afterAll(() => server.close());

const SHANGHAI = { labels: { city: ["上海"] } };

async function save(name: string, segment: unknown): Promise<number> {
  const answer = await server.post("/api/segments", { name, segment });
  expect([answer.status, answer.json]).toMatchObject([201, { revision: 1 }]);
  return (answer.json as { id: number }).id;
}

test("a segment is saved, read, changed by its revision, listed and archived", async () => {
  const id = await save("上海", SHANGHAI);
  const path = `/api/segments/${id}`;
  expect((await server.get(path)).json).toMatchObject({ id, name: "上海", segment: SHANGHAI, archived_at: null });
  const edit = { name: "沪", description: "都在上海", segment: SHANGHAI, revision: 1 };
  expect((await server.call("PUT", path, { body: edit })).json).toMatchObject({ revision: 2, description: "都在上海" });
  expect(await server.call("PUT", path, { body: edit })).toMatchObject({
    status: 409,
    json: { code: "state.stale-version" },
  });
  expect(await server.post("/api/segments", { name: "沪", segment: SHANGHAI })).toMatchObject({
    status: 409,
    json: { code: "segment.name-taken" },
  });
  expect((await server.get("/api/segments?search=沪")).json).toMatchObject({ items: [{ id }], next_cursor: null });
  expect((await server.call("DELETE", path)).json).toEqual({ archived: true });
  expect((await server.get("/api/segments?search=沪")).json).toMatchObject({ items: [] });
  expect((await server.get("/api/segments?archived=true")).json).toMatchObject({ items: [{ id }] });
  expect((await server.get("/api/segments/999")).status).toBe(404);
});

test("what is wrong is told by its path, and what nobody knows is a warning", async () => {
  const wrong = { any: [{ saved: 99 }, { lapse: { minDays: 3, maxDays: 1 } }], none: [] };
  expect(await server.post("/api/segments", { name: "x", segment: wrong })).toMatchObject({
    status: 400,
    json: { errors: [{ path: "segment.any.1.lapse.maxDays" }, { path: "segment.none" }] },
  });
  expect((await server.post("/api/segments/validate", { segment: { any: [{ saved: 99 }] } })).json).toEqual({
    valid: false,
    issues: [{ path: "segment.any.0.saved", code: "segment.unknown", message: "没有编号为 99 的人群" }],
    warnings: [],
  });
  expect((await server.post("/api/segments/validate", { segment: { labels: { city: ["火星"] } } })).json).toMatchObject(
    { valid: true, warnings: [{ code: "label.unknown", message: "标签库中没有：city=火星；未知标签不匹配任何人" }] },
  );
  expect((await server.post("/api/segments/preview", {})).json).toMatchObject({ errors: [{ path: "segment" }] });
});

test("a segment that is thought of and one that is saved are counted and explained alike", async () => {
  const id = await save("counted", SHANGHAI);
  for (const whom of [{ segment: SHANGHAI }, { segment_id: id }]) {
    expect((await server.post("/api/segments/preview", whom)).json).toMatchObject({
      ...{ count: 1, sample: [{ customer_key: "c1" }], asked: 0, warnings: [] },
      steps: [
        { name: "customers", count: 3 },
        { name: "labels", count: 1 },
        { name: "reachable", count: 0 },
      ],
    });
    const explained = await server.post("/api/segments/explain", { ...whom, customer_key: "c2" });
    expect(explained.json).toMatchObject({ included: false, checks: [{ name: "labels", passed: false }, {}] });
  }
  expect((await server.post("/api/segments/explain", { segment_id: id, customer_key: "?" })).status).toBe(404);
});

test("a push takes a saved segment, which is then not archived, and says who uses it", async () => {
  const id = await save("used", SHANGHAI);
  const push = {
    ...{ name: "saved", startDate: "2026-01-01", endDate: "2099-12-31", content: "喵" },
    ...{ weekDayPushTime: [{ week: 1, time: "10:00" }], segmentId: id },
  };
  expect(await server.post("/wechatpush/create", push)).toMatchObject({ status: 200 });
  const users = (await server.get(`/api/segments/${id}/users`)).json as { rules: { id: number }[] };
  const ruleId = users.rules[0]?.id;
  expect(users).toEqual({ rules: [{ id: ruleId, name: "saved" }], segments: [] });
  expect(await server.call("DELETE", `/api/segments/${id}`)).toMatchObject({
    status: 409,
    json: { code: "segment.in-use", errors: [{ message: `推送规则“saved”（${ruleId}）正在使用` }] },
  });
  expect((await server.post("/wechatpush/info", { id: ruleId })).json).toMatchObject({ data: { segmentId: id } });
  expect((await server.post("/wechatpush/preview", { id: ruleId })).json).toMatchObject({ data: { count: 1 } });
  expect((await server.post("/wechatpush/create", { ...push, name: "no", segmentId: 999 })).json).toMatchObject({
    errors: [{ path: "segmentId", message: "没有编号为 999 的人群" }],
  });
});

test("sizes are kept by the day", async () => {
  const id = await save("sized", SHANGHAI);
  await server.context.kit.segments.measure();
  expect((await server.get(`/api/segments/${id}/sizes`)).json).toMatchObject({ items: [{ people: 1 }] });
  expect((await server.get(`/api/segments/${id}/sizes?from=soon`)).status).toBe(400);
});
