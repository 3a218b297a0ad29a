import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REQUESTS_A_MINUTE } from "./modules/limits/service.js";
import { startTestServer, type TestServer } from "./testing/test-server.js";

describe("slow callers", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ HEADERS_TIMEOUT_MS: "400", REQUEST_TIMEOUT_MS: "800" });
  });
  afterAll(() => server.close());

  /** Sends a text, then a piece now and then, a byte unless told, until the server ends the connection. @returns what it answered */
  function dribble(text: string, piece = "x", most = Number.POSITIVE_INFINITY): Promise<string> {
    const { port, hostname } = new URL(server.url);
    return new Promise((resolve) => {
      const socket = connect(Number(port), hostname);
      let answer = "";
      const timer = setInterval(() => most-- > 0 && socket.write(piece), 100);
      socket.on("connect", () => socket.write(text));
      socket.on("data", (bytes) => {
        answer += bytes.toString("latin1");
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        clearInterval(timer);
        resolve(answer);
      });
    });
  }

  test("who never ends the headers or the body is cut off, and others are served meanwhile", async () => {
    const body = `POST /wechatpush/info HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{`;
    const slow = [...Array(20).keys()].map((index) => dribble(index % 2 ? body : "GET /health HTTP/1.1\r\nX-Slow: "));
    let served = 0;
    let isOver = false;
    const ended = Promise.all(slow).then((answers) => {
      isOver = true;
      return answers;
    });
    while (!isOver) {
      expect((await server.get("/wechatpush/nothing")).status).toBe(404);
      served++;
    }
    for (const answer of await ended) expect(answer === "" || answer.startsWith("HTTP/1.1 408")).toBe(true);
    expect(served).toBeGreaterThan(5);
  });

  test("a file may take longer as long as it keeps coming, and is cut off when it doesn't", async () => {
    const head = (length: number) =>
      `POST /api/imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token}\r\nContent-Type: text/csv\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;
    const header = "customer_key,name\n";
    const row = `${"x".repeat(70_000)}\n`;
    const whole = head(header.length + 20 * row.length) + header;
    expect(await dribble(whole, row, 20)).toMatch(/^HTTP\/1\.1 201/);
    expect(await dribble(whole)).toMatch(/^HTTP\/1\.1 408/);
  });

  test("headers beyond 16 KB are refused", async () => {
    const { port, hostname } = new URL(server.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write(`GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`),
      );
      socket.on("error", () => {});
      let text = "";
      socket.on("data", (bytes) => {
        text += bytes.toString("latin1");
      });
      socket.on("close", () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 431/);
  });
});

describe("rate limits", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ RATE_LIMITS: "on" });
  });
  afterAll(() => server.close());

  async function untilRefused(most: number, ask: () => Promise<{ status: number; headers: Headers; json: unknown }>) {
    for (let count = 0; count <= most; count++) {
      const answer = await ask();
      if (answer.status === 429) return { count, answer };
    }
    throw new Error("never refused");
  }

  test("a session, an address and logins have limits of their own, told with Retry-After", async () => {
    const session = await untilRefused(2 * REQUESTS_A_MINUTE.session, () => server.get("/api/me"));
    expect(session.count).toBeGreaterThanOrEqual(REQUESTS_A_MINUTE.session);
    expect(session.answer.json).toMatchObject({ code: "http.too-many-requests", status: 429 });
    expect(Number(session.answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await server.request("GET", "/openapi.json")).status).toBe(200);
    for (let count = 0; count < 20; count++) expect((await server.request("GET", "/healthz")).status).toBe(200);

    const login = await untilRefused(2 * REQUESTS_A_MINUTE.login, () =>
      server.request("POST", "/login", { body: "{}", headers: { "content-type": "application/json" } }),
    );
    expect(login.answer.json).toMatchObject({ status_code: "429" });
    const stranger = await untilRefused(2 * REQUESTS_A_MINUTE.visitor, () => server.request("GET", "/api/me"));
    expect(stranger.answer.json).toMatchObject({ status: 429 });
  });

  test("what was counted is told to other processes", async () => {
    const { stores } = server.context;
    const rows = await stores.sql
      .withTables<{ rk_request_counts: { counter: string; hits: number } }>()
      .selectFrom("rk_request_counts")
      .selectAll()
      .execute();
    expect(rows.length).toBeGreaterThan(0);
    for (const { counter } of rows) expect(counter).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("proxies", () => {
  async function addressSeen(environment: Readonly<Record<string, string>>): Promise<string> {
    const server = await startTestServer(environment);
    try {
      await server.post(
        "/api/labels",
        { labels: [{ kind: "city", key: "上海" }] },
        { "x-forwarded-for": "203.0.113.9" },
      );
      const { items } = (await server.get("/api/ops/audit?limit=1")).json as { items: { ip: string }[] };
      return items[0]?.ip ?? "";
    } finally {
      await server.close();
    }
  }

  test("are believed about a caller's address only when they are named", async () => {
    expect(await addressSeen({})).toMatch(/127\.0\.0\.1$/);
    expect(await addressSeen({ TRUST_PROXY: "10.0.0.0/8" })).toMatch(/127\.0\.0\.1$/);
    expect(await addressSeen({ TRUST_PROXY: "loopback" })).toBe("203.0.113.9");
    expect(await addressSeen({ TRUST_PROXY: "1" })).toBe("203.0.113.9");
  });
});

describe("bodies that are costly to walk", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const nested = (depth: number) => JSON.parse("[".repeat(depth) + "]".repeat(depth));

  test("33 levels are too deep, 32 are read", async () => {
    expect((await server.post("/wechatpush/info", nested(33))).json).toMatchObject({ message: "请求体嵌套超过 32 层" });
    expect((await server.post("/wechatpush/info", nested(32))).json).toMatchObject({ errors: [{ path: "" }] });
  });

  test("a megabyte of brackets does no harm", async () => {
    const body = "[".repeat(400_000) + "]".repeat(400_000);
    const headers = { authorization: `Bearer ${server.token}`, "content-type": "application/json" };
    expect((await server.request("POST", "/wechatpush/info", { body, headers })).status).toBe(400);
  });

  test("10 001 entries are too many", async () => {
    const list = (length: number) => ({ id: Array.from({ length }, () => 1) });
    expect((await server.post("/wechatpush/info", list(10_000))).status).toBe(413);
    expect((await server.post("/wechatpush/info", list(9999))).status).toBe(400);
  });
});
