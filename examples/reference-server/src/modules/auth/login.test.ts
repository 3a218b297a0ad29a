import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256Hex } from "@recallkit/core/ports";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, TEST_PASSWORD, TEST_USERNAME, type TestServer } from "../../testing/test-server.js";
import { logIn, sessionOfToken } from "./service.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

function login(body: unknown) {
  const headers = { "content-type": "application/json" };
  return server.request("POST", "/login", { body: JSON.stringify(body), headers });
}

describe("POST /login", () => {
  test("answers with the documented fields", async () => {
    const answer = await login({ username: TEST_USERNAME, password: TEST_PASSWORD });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      status_code: "200",
      username: TEST_USERNAME,
      name: "默认商户",
      token: expect.stringMatching(/^[\w-]{43}$/),
      message: "登录成功",
    });
  });

  test.each([
    ["a wrong password", { username: TEST_USERNAME, password: "wrong" }],
    ["an unknown user", { username: "nobody", password: TEST_PASSWORD }],
    ["a name in another case", { username: TEST_USERNAME.toUpperCase(), password: TEST_PASSWORD }],
  ])("gives %s one and the same answer", async (_, body) => {
    const answer = await login(body);
    expect(answer.status).toBe(401);
    expect(answer.json).toEqual({ status_code: "401", message: "用户名或密码错误" });
  });

  test.each([
    ["no password", { username: "a" }],
    ["an empty name", { username: "", password: "b" }],
    ["a password that is no text", { username: "a", password: 1 }],
    ["an unknown field", { username: "a", password: "b", merchant_id: 2 }],
    ["a list", []],
  ])("refuses %s as malformed", async (_, body) => {
    const answer = await login(body);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ status_code: "400", message: expect.stringContaining("请求参数有误") });
  });
});

describe("sessions", () => {
  test("are kept as hashes", async () => {
    const { rows } = await sql<{ token_hash: string }>`SELECT token_hash FROM rk_sessions`.execute(
      server.context.stores.sql,
    );
    expect(rows.map((row) => row.token_hash)).toContain(sha256Hex(server.token));
    expect(JSON.stringify(rows)).not.toContain(server.token);
  });

  test("passwords are kept as hashes that name their parameters", async () => {
    const { rows } = await sql<{ password_hash: string }>`SELECT password_hash FROM rk_users`.execute(
      server.context.stores.sql,
    );
    expect(rows).toEqual([{ password_hash: expect.stringMatching(/^\$scrypt\$ln=4,r=1,p=1\$[\w-]{22}\$[\w-]{43}$/) }]);
  });

  test("belong to the first tenant and end after seven days", async () => {
    const { stores, random, passwordCost, roles } = server.context;
    const at = (now: number) => ({
      stores,
      random,
      passwordCost,
      roles,
      clock: { ...server.context.clock, now: () => now },
    });
    const credentials = { username: TEST_USERNAME, password: TEST_PASSWORD };
    const start = server.context.clock.now();
    const { token } = await logIn(at(start), credentials);

    const week = 7 * 86_400_000;
    expect(await sessionOfToken(token, at(start + week - 1))).toMatchObject({ tenantId: 1, role: "platform" });
    expect(await sessionOfToken(token, at(start + week))).toBeUndefined();
  });

  test.each([
    ["no token", {}],
    ["an unknown token", { authorization: `Bearer ${"x".repeat(43)}` }],
    ["another scheme", { authorization: `Basic ${"x".repeat(43)}` }],
    ["a token with blanks", { authorization: "Bearer a b" }],
  ])("%s is refused", async (_, headers) => {
    const answer = await server.request("POST", "/wechatpush/labels", { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(answer.json).toEqual({ success: false, message: "未登录或登录已过期", errors: [] });
  });

  test("the scheme may be written in lower case", async () => {
    const headers = { authorization: `bearer ${server.token}` };
    expect((await server.request("POST", "/wechatpush/labels", { headers })).status).toBe(200);
  });
});

test("the first start makes up a login, prints it once and keeps it in a private file", async () => {
  const fresh = await startTestServer({ BOOTSTRAP_USERNAME: "", BOOTSTRAP_PASSWORD: "" });
  try {
    const text = await readFile(join(fresh.dataDir, "login.txt"), "utf8");
    const [, password = ""] = /password: (.+)\n/.exec(text) ?? [];
    expect(fresh.printed.join("\n")).toContain(`admin ${password}`);
    const answer = await fresh.request("POST", "/login", {
      body: JSON.stringify({ username: "admin", password }),
      headers: { "content-type": "application/json" },
    });
    expect(answer.status).toBe(200);
  } finally {
    await fresh.close();
  }
});
