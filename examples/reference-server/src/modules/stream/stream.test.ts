import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, TEST_PASSWORD, type TestServer } from "../../testing/test-server.js";
import { topicStream } from "./topic-stream.js";

let server: TestServer;
let [occurrence, imported] = [0, 0];

beforeAll(async () => {
  server = await startTestServer();
  const { kit, clock } = server.context;
  await kit.customers.upsert([{ externalKey: "c1", externalUserId: "wm-c1" }]);
  await kit.orders.ingest([
    { externalId: "o1", externalKey: "c1", orderedAt: clock.now() - 35 * 86_400_000, amountMinor: 990 },
  ]);
  const push = {
    ...{ name: "召回", startDate: "2026-01-01", endDate: "2036-01-01", content: "喵" },
    ...{ lastOrderDay: 30, lastOrderDayLimit: 45, weekDayPushTime: [{ week: 1, time: "10:00" }] },
  };
  const made = await server.post("/wechatpush/create", push);
  expect(made.status, made.text).toBe(200);
  const run = await server.post("/wechatpush/run", { id: 1 });
  expect(run.status, run.text).toBe(200);
  occurrence = (run.json as { data: { occurrenceId: number } }).data.occurrenceId;
  const file = await server.call("POST", "/api/imports?name=a.csv", {
    token: server.token,
    body: "订单号,会员号,下单时间,实付金额\nA1,n1,2026-01-05 10:30,199.00",
    headers: { "content-type": "text/csv" },
  });
  expect(file.status, file.text).toBe(201);
  imported = (file.json as { id: number }).id;
});
afterAll(() => server?.close());

interface Told {
  readonly event: string;
  readonly data: { readonly topic: string; readonly value: unknown };
}

/** The first events of the stream, which has no end. */
async function firstEvents(topics: string, count: number): Promise<readonly Told[]> {
  const leaving = new AbortController();
  const answer = await fetch(`${server.url}/api/stream?topics=${topics}`, {
    headers: { authorization: `Bearer ${server.token}` },
    signal: leaving.signal,
  });
  expect([answer.status, answer.headers.get("x-accel-buffering")]).toEqual([200, "no"]);
  let text = "";
  const decoder = new TextDecoder();
  const events = () =>
    [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, event = "", data = ""]) => ({
      event,
      data: JSON.parse(data) as Told["data"],
    }));
  for await (const bytes of answer.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (events().length >= count) break;
  }
  leaving.abort();
  return events();
}

/** How it is answered, without waiting for the end of what has none. */
async function statusOf(topics: string, token = server.token): Promise<number> {
  const leaving = new AbortController();
  const headers = { authorization: `Bearer ${token}` };
  const { status } = await fetch(`${server.url}/api/stream?topics=${topics}`, { headers, signal: leaving.signal });
  leaving.abort();
  return status;
}

describe("/api/stream", () => {
  test("tells each topic as its own route does, by one connection", async () => {
    const topics = `monitor,occurrence:${occurrence},import:${imported},job:housekeeping,monitor`;
    const told = await firstEvents(topics, 4);
    expect(told.slice(0, 4).map(({ event, data }) => [event, data.topic])).toEqual([
      ["topic", "monitor"],
      ["topic", `occurrence:${occurrence}`],
      ["topic", `import:${imported}`],
      ["topic", "job:housekeeping"],
    ]);
    const [monitor, ofOccurrence, ofImport, ofJob] = told.map(({ data }) => data.value);
    expect(monitor).toMatchObject({ queue: { urgent: 0 }, today: { total: 0 } });
    expect(ofOccurrence).toMatchObject({ id: occurrence, kind: "manual" });
    expect(ofImport).toMatchObject({ id: imported, name: "a.csv", state: "draft" });
    expect(ofJob).toEqual((await server.get("/api/ops/jobs/housekeeping")).json);
  });

  test.each([
    ["", "topics"],
    ["monitor,,", "topics.1"],
    ["monitor,weather", "topics.1"],
    ["monitor:1", "topics.0"],
    ["occurrence", "topics.0"],
    ["occurrence:-1", "topics.0"],
    ["occurrence:9999999999999999", "topics.0"],
    ["job:", "topics.0"],
    [Array.from({ length: 21 }, (_, n) => `import:${n + 1}`).join(","), "topics"],
  ])("%s is answered with 400 at %s", async (topics, path) => {
    const answer = await server.get(`/api/stream?topics=${topics}`);
    expect(answer.status, answer.text).toBe(400);
    expect((answer.json as { errors: { path: string }[] }).errors[0]?.path).toBe(path);
  });

  test("what is not there is answered with 404, what one may not see with 403, and a stranger with 401", async () => {
    for (const topic of ["occurrence:999", "import:999", "job:none"])
      expect(await statusOf(`monitor,${topic}`), topic).toBe(404);
    await server.post("/api/users", { username: "one_of_staff", password: TEST_PASSWORD, role: "staff" });
    const signedIn = await server.post("/login", { username: "one_of_staff", password: TEST_PASSWORD });
    const { token } = signedIn.json as { token: string };
    expect(await statusOf("monitor,job:housekeeping", token)).toBe(403);
    expect(await statusOf("monitor", "nobody")).toBe(401);
  });
});

test("a topic is told when it changed, one that rests is looked at less, and a silence has beats", async () => {
  let now = 0;
  const stopping = new AbortController();
  const clock = {
    now: () => now,
    monotonic: () => now,
    async sleep(ms: number) {
      now += ms;
      if (now >= 60_000) stopping.abort();
    },
  };
  let looks = 0;
  const look = async () => {
    looks += 1;
    return { state: now < 30_000 ? "running" : "finished" };
  };
  const events: string[] = [];
  const times: number[] = [];
  const followed = [{ name: "import:5", first: { state: "running" }, look }];
  for await (const text of topicStream({ clock, stopping: stopping.signal }, followed)) {
    events.push(text);
    times.push(now);
  }
  expect(events[1]).toBe('event: topic\ndata: {"topic":"import:5","value":{"state":"running"}}\n\n');
  const later = events.slice(2).filter((text) => !text.startsWith("event: beat"));
  expect(later).toEqual(['event: topic\ndata: {"topic":"import:5","value":{"state":"finished"}}\n\n']);
  expect(Math.max(...times.slice(1).map((at, n) => at - (times[n] ?? 0)))).toBeLessThanOrEqual(6_000);
  expect(looks).toBeLessThanOrEqual(16);
});

test("a topic that is gone is told of, and the others go on", async () => {
  let now = 0;
  const stopping = new AbortController();
  const clock = {
    now: () => now,
    monotonic: () => now,
    async sleep(ms: number) {
      now += ms;
      if (now >= 10_000) stopping.abort();
    },
  };
  const gone = await server.context.kit.occurrences.status(999).catch((error: unknown) => error);
  const followed = [
    { name: "import:5", first: {}, look: () => Promise.reject(gone) },
    { name: "monitor", first: { total: 0 }, look: async () => ({ total: now }) },
  ];
  const events: string[] = [];
  for await (const text of topicStream({ clock, stopping: stopping.signal }, followed)) events.push(text);
  expect(events.filter((text) => text.startsWith("event: gone"))).toEqual([
    'event: gone\ndata: {"topic":"import:5"}\n\n',
  ]);
  expect(events.filter((text) => text.includes('"topic":"monitor"')).length).toBeGreaterThan(5);
});
