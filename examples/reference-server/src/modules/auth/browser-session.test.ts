import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, TEST_PASSWORD, TEST_USERNAME, type TestServer } from "../../testing/test-server.js";

const login = JSON.stringify({ username: TEST_USERNAME, password: TEST_PASSWORD });
const json = { "content-type": "application/json" };

async function cookieOf(server: TestServer): Promise<string> {
  const { headers } = await server.request("POST", "/api/session", { body: login, headers: json });
  return headers.get("set-cookie") ?? "";
}

describe("a login in a browser", () => {
  let server: TestServer;
  let cookie: string;
  beforeAll(async () => {
    server = await startTestServer();
    cookie = (await cookieOf(server)).split(";")[0] ?? "";
  });
  afterAll(() => server.close());
  const pause = (headers: Record<string, string>) =>
    server.request("POST", "/wechatpush/lists", { body: "{}", headers: { ...json, cookie, ...headers } });

  test("keeps its token where scripts and other sites can't reach it, and shows it to nobody", async () => {
    const { headers, text } = await server.request("POST", "/api/session", { body: login, headers: json });
    const given = headers.get("set-cookie") ?? "";
    expect(given).toMatch(/^recallkit_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(text).not.toContain(given.slice("recallkit_session=".length).split(";")[0]);
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("reads with the cookie alone", async () => {
    const { json: me } = await server.request("GET", "/api/me", { headers: { cookie } });
    expect(me).toMatchObject({ username: TEST_USERNAME, is_simulated: true, has_sample_data: false });
    expect(me).toMatchObject({ modules: expect.arrayContaining(["push", "console"]) });
    const other = { headers: { cookie: `theme=dark; ${cookie}; a=b` } };
    expect((await server.request("GET", "/api/me", other)).status).toBe(200);
  });

  test("changes things only from our own pages", async () => {
    expect((await pause({ "sec-fetch-site": "same-origin" })).status).toBe(200);
    expect((await pause({ origin: server.url })).status).toBe(200);
    for (const foreign of [
      { "sec-fetch-site": "cross-site", origin: server.url },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
      { origin: "https://shop.example" },
      { origin: "null" },
      {},
    ]) {
      const answer = await pause(foreign as Record<string, string>);
      expect([answer.status, answer.text.includes("其他网站")]).toEqual([403, true]);
    }
  });

  test("a bearer token stands above the cookie", async () => {
    const headers = { cookie, authorization: "Bearer not-a-token-at-all-000" };
    expect((await server.request("GET", "/api/me", { headers })).status).toBe(401);
    expect((await pause({ authorization: `Bearer ${server.token}`, origin: "https://shop.example" })).status).toBe(200);
  });

  test("says who is there without an error for nobody", async () => {
    const ask = (headers: Record<string, string>) => server.request("GET", "/api/session", { headers });
    expect((await ask({})).json).toEqual({ username: null });
    expect((await ask({ cookie: "recallkit_session=0000000000000000000" })).json).toEqual({ username: null });
    expect((await ask({ cookie })).json).toEqual({ username: TEST_USERNAME });
  });

  test("a wrong password gives no cookie", async () => {
    const body = JSON.stringify({ username: TEST_USERNAME, password: "wrong" });
    const { status, headers } = await server.request("POST", "/api/session", { body, headers: json });
    expect([status, headers.get("set-cookie")]).toEqual([401, null]);
  });

  test("ends with its session", async () => {
    const mine = (await cookieOf(server)).split(";")[0] ?? "";
    const headers = { cookie: mine, "sec-fetch-site": "same-origin" };
    const ended = await server.request("DELETE", "/api/session", { headers });
    expect(ended.headers.get("set-cookie")).toMatch(/^recallkit_session=; Max-Age=0;/);
    expect((await server.request("GET", "/api/me", { headers })).status).toBe(401);
  });
});

test("behind https the cookie is bound to this very host", async () => {
  const server = await startTestServer({ PUBLIC_URL: "https://recall.example" });
  expect(await cookieOf(server)).toMatch(/^__Host-recallkit_session=[\w-]{43}; .*; Secure$/);
  await server.close();
});

test("below a path the cookie is bound to the path, so that two installations of a host do not sign each other out", async () => {
  for (const [publicUrl, form] of [
    ["https://recall.example/shop-a/", /^__Secure-recallkit_session=[\w-]{43}; .*Path=\/shop-a; .*; Secure$/],
    ["http://127.0.0.1/shop-a", /^recallkit_session=[\w-]{43}; .*Path=\/shop-a; /],
  ] as const) {
    const server = await startTestServer({ PUBLIC_URL: publicUrl });
    const given = await cookieOf(server);
    expect(given).toMatch(form);
    const headers = { cookie: given.split(";")[0] ?? "" };
    expect((await server.request("GET", "/api/session", { headers })).json).toEqual({ username: TEST_USERNAME });
    await server.close();
  }
});
