import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const DAY = 86_400_000;
let server: TestServer;

const push = {
  ...{ name: "召回", startDate: "2020-01-01", endDate: "2099-12-31", content: "喵", allCustomers: false },
  ...{ weekDayPushTime: [{ week: 1, time: "03:00" }], lastOrderDay: 30, lastOrderDayLimit: 45 },
};

async function addPeople(from: number, to: number): Promise<void> {
  const now = server.context.clock.now();
  const keys = Array.from({ length: to - from }, (_, at) => `c${from + at}`);
  const { kit } = server.context;
  await kit.customers.upsert(keys.map((externalKey) => ({ externalKey })));
  const orderedAt = now - 35 * DAY;
  await kit.orders.ingest(
    keys.map((externalKey) => ({ externalId: `o-${externalKey}`, externalKey, orderedAt, amountMinor: 990 })),
  );
}

async function preview() {
  const { json } = await server.post("/wechatpush/preview", { id: 1 });
  const { count, content_hash } = (json as { data: { count: number; content_hash: string } }).data;
  return { count, content_hash };
}

const run = (expected: unknown, key?: string) =>
  server.post("/wechatpush/run", { id: 1, expected }, key === undefined ? {} : { "idempotency-key": key });

beforeAll(async () => {
  server = await startTestServer({ FREQUENCY_CAPS: "off" });
  await addPeople(0, 100);
  expect((await server.post("/wechatpush/create", push)).status).toBe(200);
});
afterAll(() => server.close());

test("what was confirmed is what is run: not with more people, not with another text", async () => {
  const seen = await preview();
  expect(seen.count).toBe(100);
  await addPeople(100, 111);
  const moved = await run(seen, "first");
  expect([moved.status, moved.json]).toEqual([
    409,
    expect.objectContaining({ success: false, errors: [expect.objectContaining({ path: "expected" })] }),
  ]);
  expect(moved.text).toContain("有变化");

  const again = await preview();
  expect(again).toEqual({ count: 111, content_hash: seen.content_hash });
  expect((await server.post("/wechatpush/edit", { id: 1, ...push, content: "汪" })).status).toBe(200);
  expect((await run(again, "second")).status).toBe(409);
  expect((await server.get("/api/ops/occurrences")).json).toMatchObject({ items: [] });

  const last = await preview();
  expect(last.content_hash).not.toBe(seen.content_hash);
  expect((await run(last, "third")).status).toBe(200);
  expect((await run(last, "third")).json).toEqual((await run(last, "third")).json);
  expect((await server.get("/api/ops/occurrences")).json).toMatchObject({ items: [{ kind: "manual" }] });
});

test("a few people more or fewer are no other audience", async () => {
  await addPeople(200, 210);
  const { content_hash } = await preview();
  expect((await run({ count: 111, content_hash })).status).toBe(200);
});

test("a number that is none is refused with its path", async () => {
  const { status, text } = await run({ count: -1, content_hash: "x" });
  expect([status, text.includes("expected.count")]).toEqual([400, true]);
});
