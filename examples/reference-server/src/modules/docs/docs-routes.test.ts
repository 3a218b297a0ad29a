import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { homePage } from "./home.js";
import { escapeHtml } from "./pages.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ CONSOLE: "off" });
});
afterAll(() => server.close());

describe("pages", () => {
  test.each(["/", "/docs", "/redoc"])("%s is a page that may load its own files only", async (path) => {
    const { status, headers, text } = await server.request("GET", path);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/https?:|\*/);
    for (const [, address = ""] of text.matchAll(/(?:src|href)="([^"]*)"/g)) {
      expect(address).toMatch(/^(\/?[\w-][\w./-]*|data:,)$/);
      const { pathname } = new URL(address, server.url + path);
      if (address !== "data:,") expect((await server.request("GET", pathname)).status).toBe(200);
    }
  });

  test("no file of theirs names the host that redoc asks for a logo", async () => {
    const { text } = await server.request("GET", "/redoc/redoc.standalone.js");
    expect(text.length).toBeGreaterThan(100_000);
    expect(text).not.toContain("cdn.redoc.ly");
  });

  test("openapi.json is served as it is built", async () => {
    const { json } = await server.request("GET", "/openapi.json");
    expect(json).toMatchObject({ openapi: "3.1.1", paths: { "/login": {} } });
  });

  test("the home page shows how the sample push stands, as text", () => {
    const lifecycle = { isDraining: false, samplePush: { phase: "finished" as const, note: "推送 <b>12</b>" } };
    const { body } = homePage({ ...server.context, lifecycle });
    expect(body).toContain("已完成");
    expect(body).toContain("推送 &lt;b&gt;12&lt;/b&gt;");
  });
});

test("escapeHtml leaves nothing that could end a text or an attribute", () => {
  expect(escapeHtml(`<a href="x" id='y'>&`)).toBe("&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;");
});
