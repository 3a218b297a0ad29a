// What those see who watch a server: lines of its log, traces that go through it, its health.
import { createServer, type IncomingHttpHeaders, request as send } from "node:http";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addressInLog } from "./address-in-log.js";
import { PUSH } from "./contract/shop.js";
import { statementWatch } from "./statement-watch.js";
import { startTestServer, type TestServer } from "./testing/test-server.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

type Line = Readonly<Record<string, unknown>> & { readonly event: string };

let server: TestServer;
const lines: Line[] = [];
/** Headers of calls of the provider, by path. */
const called: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s", agentId: 7 }] });
  const provider = new URL(simulator.url);
  // In front of the provider, to see what arrives there.
  const watched = createServer((request, response) => {
    const { method, url = "/", headers } = request;
    called.push({ path: url.split("?", 1)[0] ?? "", headers });
    const onward = send({ host: provider.hostname, port: provider.port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => watched.listen(0, "127.0.0.1", resolve));
  const address = watched.address();
  const port = typeof address === "object" ? address?.port : 0;
  const note = (event: string, fields: object = {}) => void lines.push({ event, ...fields });
  server = await startTestServer(
    {
      WECOM_CORP_ID: "ww1",
      WECOM_SECRET: "s",
      WECOM_AGENT_ID: "7",
      WECOM_BASE_URL: `http://127.0.0.1:${port}`,
      TRUST_PROXY: "loopback",
      RESULTS_POLL_MS: "3600000",
    },
    { logger: { debug: note, info: note, warn: note, error: note } },
  );
  ends.push(
    () => server.close(),
    () => new Promise((resolve) => watched.close(resolve)),
    () => simulator.close(),
  );
});
afterAll(async () => {
  for (const end of ends) await end();
});

test("a trace goes through: it is in the line of the log and in calls of the provider, each with a step of its own", async () => {
  await server.post("/wechatpush/create", PUSH);
  const [rule] = (await server.context.kit.rules.list()).items;
  const before = called.length;
  const body = { id: rule?.id, staffUserids: ["staff-01"] };
  const headers = { traceparent: PARENT, tracestate: "congo=t61rcWkgMzE" };
  const answer = await server.post("/wechatpush/test", body, headers);
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  const line = lines.findLast(({ event, route }) => event === "http.request" && route === "/wechatpush/test");
  expect(line).toMatchObject({ traceId: TRACE, spanId: expect.stringMatching(/^[0-9a-f]{16}$/) });
  const passed = called.slice(before).filter(({ path }) => path === "/cgi-bin/message/send");
  expect(passed.map(({ headers }) => [headers.traceparent, headers.tracestate])).toEqual([
    [`00-${TRACE}-${line?.spanId}-01`, "congo=t61rcWkgMzE"],
  ]);
  expect(line?.spanId).not.toBe("00f067aa0ba902b7");
});

test.each([
  "",
  "00-abc",
  `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `ff-${TRACE}-00f067aa0ba902b7-01`,
  `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`,
])("%j is no trace, and no reason to refuse anything", async (traceparent) => {
  expect((await server.get("/api/me", { traceparent })).status).toBe(200);
  expect(lines.at(-1)).not.toHaveProperty("traceId");
});

test("a line shows the network that a request came from", async () => {
  await server.get("/api/me", { "x-forwarded-for": "203.0.113.77" });
  expect(lines.at(-1)).toMatchObject({ event: "http.request", route: "/api/me", ip: "203.0.113.0/24" });
  expect(JSON.stringify(lines)).not.toContain("203.0.113.77");
});

test.each([
  ["masked", "203.0.113.77", "203.0.113.0/24"],
  ["masked", "::ffff:203.0.113.77", "203.0.113.0/24"],
  ["masked", "2001:db8:1:2::7", "2001:db8:1::/48"],
  ["masked", "2001:db8::7", "2001:db8:0::/48"],
  ["masked", "::1", "0:0:0::/48"],
  ["masked", "fe80::1%eth0", "fe80:0:0::/48"],
  ["masked", "nonsense", undefined],
  ["full", "203.0.113.77", "203.0.113.77"],
  ["off", "203.0.113.77", undefined],
] as const)("an address that is %s: %s is %s", (setting, ip, shown) => {
  expect(addressInLog(setting)(ip)).toBe(shown);
});

test("statements are measured, and slow ones logged without their values", () => {
  const told: (readonly unknown[])[] = [];
  const measured: (readonly unknown[])[] = [];
  const logger = { debug() {}, info() {}, warn: (...line: unknown[]) => told.push(line), error() {} };
  const watch = statementWatch({ statement: (...call) => measured.push(call) }, logger, 200);
  watch("select  *\n from rk_rules where name = ?", 199);
  watch("select  *\n from rk_rules where name = ?", 200.4);
  watch(`select ${"x".repeat(5000)}`, 900);
  expect(measured.map(([, seconds, isSlow]) => [seconds, isSlow])).toEqual([
    [0.199, false],
    [0.2004, true],
    [0.9, true],
  ]);
  expect(told[0]).toEqual(["storage.slow-statement", { ms: 200, sql: "select * from rk_rules where name = ?" }]);
  expect(JSON.stringify(told[1]).length).toBeLessThan(2100);
  statementWatch({ statement() {} }, logger, 0)("select 1", 60_000);
  expect(told).toHaveLength(2);
});

test("health is for everybody, and in production does not tell the version", async () => {
  const health = async (url: string) => (await fetch(`${url}/health`)).json() as Promise<Record<string, unknown>>;
  expect(await health(server.url)).toMatchObject({ status: "ok", version: expect.any(String) });
  const password = "nine lapsed customers of a shop";
  const production = await startTestServer(
    {
      NODE_ENV: "production",
      RATE_LIMITS: "on",
      SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8",
      BOOTSTRAP_PASSWORD: password,
      HOST: "127.0.0.1",
    },
    { password },
  );
  try {
    const told = await health(production.url);
    expect(told).toMatchObject({ status: "ok", role: "all" });
    expect(told).not.toHaveProperty("version");
  } finally {
    await production.close();
  }
});
