import { request as httpRequest } from "node:http";
import { StorageError } from "@recallkit/core";
import { failureOf, preferredLanguage } from "@recallkit/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../testing/test-server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const json = { "content-type": "application/json" };
const withToken = (headers: Readonly<Record<string, string>> = json) => ({
  authorization: `Bearer ${server.token}`,
  ...headers,
});

describe("bodies", () => {
  test.each(["{", '{"id":1', "{'id':1}", "\u0000"])("%j is no JSON", async (body) => {
    const answer = await server.request("POST", "/wechatpush/info", { body, headers: withToken() });
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ success: false, message: "请求体不是有效的 JSON", errors: [] });
  });

  test.each([
    ["/wechatpush/create", { success: false, message: "请求体不是有效的 UTF-8", errors: [] }],
    ["/login", { status_code: "400", message: "请求体不是有效的 UTF-8" }],
    ["/api/labels", { status: 400, code: "http.malformed-text" }],
  ])("%s refuses a text that is not UTF-8 in the form of its family", async (path, form) => {
    const broken = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf]];
    for (const bytes of broken) {
      const parts = [Buffer.from('{"name":"'), Buffer.from(bytes), Buffer.from('"}')];
      const answer = await server.request("POST", path, {
        body: Uint8Array.from(Buffer.concat(parts)),
        headers: withToken(),
      });
      expect([answer.status, answer.json]).toEqual([400, expect.objectContaining(form)]);
    }
  });

  test("one byte over 1 MB is too large", async () => {
    const head = '{"name":"';
    const body = (length: number) => `${head}${"x".repeat(length - head.length - 2)}"}`;
    const headers = withToken();
    const over = await server.request("POST", "/wechatpush/create", { body: body(1024 * 1024 + 1), headers });
    expect(over.status).toBe(413);
    expect(over.json).toMatchObject({ success: false });
    const within = await server.request("POST", "/wechatpush/create", { body: body(1024 * 1024), headers });
    expect(within.status).toBe(400);
  });

  test("a login over 1 MB is too large as well", async () => {
    const body = JSON.stringify({ username: "a", password: "x".repeat(1024 * 1024) });
    const answer = await server.request("POST", "/login", { body, headers: json });
    expect(answer.json).toEqual({ status_code: "413", message: "请求体过大" });
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk"])(
    "the media type %s is not supported",
    async (type) => {
      const answer = await server.request("POST", "/wechatpush/info", {
        body: "id=1",
        headers: withToken({ "content-type": type }),
      });
      expect(answer.status).toBe(415);
    },
  );

  test("keys of prototypes are fields like any other", async () => {
    const body = '{"id":1,"__proto__":{"x":1},"constructor":1}';
    const answer = await server.request("POST", "/wechatpush/info", { body, headers: withToken() });
    expect(answer.json).toMatchObject({
      errors: [{ path: "__proto__" }, { path: "constructor" }],
    });
  });

  test("a token is asked for before a body is read", async () => {
    const answer = await server.request("POST", "/wechatpush/create", { body: "{", headers: json });
    expect(answer.status).toBe(401);
  });
});

describe("paths and methods", () => {
  test("an unknown path of each family answers 404 in its form", async () => {
    expect((await server.get("/wechatpush/nothing")).json).toEqual({
      success: false,
      message: "接口不存在",
      errors: [],
    });
    expect((await server.get("/orders/nothing")).json).toEqual({ status_code: "404", message: "接口不存在" });
    expect((await server.get("/api/nothing")).json).toMatchObject({
      type: "about:blank",
      title: "接口不存在",
      status: 404,
      code: "http.not-found",
      errors: [],
    });
  });

  test("a path that cannot be decoded is a bad request", async () => {
    expect((await server.get("/api/ops/occurrences/%E0%A4%A")).status).toBe(400);
  });

  test("another method answers 405 and names the right one", async () => {
    const answer = await server.get("/wechatpush/create");
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("POST, OPTIONS");
    expect((await server.request("DELETE", "/health")).headers.get("allow")).toBe("GET, HEAD, OPTIONS");
  });

  test("HEAD has the headers of GET and no body", async () => {
    const answer = await server.request("HEAD", "/health");
    expect([answer.status, answer.text]).toEqual([200, ""]);
  });

  test("OPTIONS tells the methods, and no other origin is let in", async () => {
    const answer = await server.request("OPTIONS", "/wechatpush/create", {
      headers: { origin: "https://evil.example" },
    });
    expect([answer.status, answer.headers.get("allow")]).toEqual([204, "POST, OPTIONS"]);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("headers", () => {
  test("a well-formed request id is kept, another one is replaced", async () => {
    const kept = await server.get("/health", { "x-request-id": "order-77" });
    expect(kept.headers.get("x-request-id")).toBe("order-77");
    const replaced = await server.get("/health", { "x-request-id": "a b".repeat(40) });
    expect(replaced.headers.get("x-request-id")).toMatch(/^[\w-]{8,40}$/);
  });

  test("every answer carries the protective headers", async () => {
    const { headers } = await server.get("/nothing");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("x-powered-by")).toBeNull();
  });
});

describe("failures of the server", () => {
  test("a database that is away answers 503 with Retry-After", async () => {
    const other = await startTestServer();
    try {
      await other.context.stores.close();
      const answer = await other.post("/wechatpush/delete", { id: 1 });
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(answer.json).toEqual({ success: false, message: "数据库暂时不可用，请稍后重试", errors: [] });
      expect((await other.get("/health")).json).toMatchObject({ status: "unavailable" });
      expect((await other.get("/readyz")).json).toEqual({
        status: "not_ready",
        missing: { probes: "storage.unavailable" },
      });
      expect((await other.get("/healthz")).status).toBe(200);
    } finally {
      await other.close();
    }
  });

  test("a busy database may be tried again", () => {
    const busy = new StorageError("storage.busy", "locked", { retryable: true });
    expect(failureOf(busy)).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
  });

  test("a bug answers 500 without a word about it", () => {
    expect(failureOf(new TypeError("secret detail"))).toEqual({
      status: 500,
      code: "internal.error",
      issues: [],
      headers: {},
    });
    expect(failureOf("text")).toMatchObject({ status: 500 });
  });
});

test("a request that never ends its body does not keep others waiting", async () => {
  const { port } = new URL(server.url);
  const headers = { ...withToken(), "content-length": "1000" };
  const open = httpRequest({ port, method: "POST", path: "/wechatpush/info", headers });
  open.on("error", () => {});
  open.write("{");
  expect((await server.get("/healthz")).status).toBe(200);
  open.destroy();
});

test.each([
  [undefined, "zh"],
  ["", "zh"],
  ["en", "en"],
  ["en-US,en;q=0.9", "en"],
  ["zh-CN,zh;q=0.9,en;q=0.8", "zh"],
  ["en;q=0.5, zh-TW;q=0.6", "zh"],
  ["fr, de", "zh"],
  ["fr, en;q=0.1", "en"],
  ["en;q=0, zh;q=0.1", "zh"],
  ["*", "zh"],
  [";;;,,q=", "zh"],
])("Accept-Language %s prefers %s", (header, language) => {
  expect(preferredLanguage(header)).toBe(language);
});
