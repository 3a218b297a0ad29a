import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, TEST_PASSWORD, TEST_USERNAME, type TestServer } from "../../../testing/test-server.js";
import { sidebarKey } from "./sidebar-of.js";

let server: TestServer;
let wecom: WecomSimulator;
let second = 0;

beforeAll(async () => {
  const corp = (corpId: string, agentId: number) => ({
    corpId,
    secret: `secret-${corpId}`,
    agentId,
    staff: ["zhangsan"],
  });
  wecom = await startWecomSimulator({ customers: [], corps: [corp("ww-one", 1_000_002), corp("ww-two", 1_000_005)] });
  server = await startTestServer({
    WECOM_CORP_ID: "ww-one",
    WECOM_SECRET: "secret-ww-one",
    WECOM_AGENT_ID: "1000002",
    WECOM_BASE_URL: wecom.url,
    PUBLIC_URL: "http://127.0.0.1:8000",
  });
  second = Number(((await server.post("/api/tenants", { name: "二店" })).json as { id: number }).id);
  for (const [tenantId, name] of [
    [1, "一店的客户"],
    [second, "二店的客户"],
  ] as const) {
    await server.context.kit
      .forTenant(tenantId)
      .customers.upsert([{ externalKey: "c1", name, externalUserId: "wm-same" }]);
    const token = await server.logIn(TEST_USERNAME, TEST_PASSWORD, tenantId);
    const body = { name: "张三", wecom_user_id: "zhangsan", role: "staff" };
    expect((await server.call("POST", "/api/desk/staff", { body, token })).status).toBe(201);
    if (tenantId === 1) continue;
    const account = { corp_id: "ww-two", secret: "secret-ww-two", agent_id: 1_000_005 };
    const path = `/api/tenants/${tenantId}/channel-accounts/wecom`;
    const put = await server.call("PUT", path, { body: account, token });
    expect([put.status < 300, put.text]).toEqual([true, put.text]);
  }
});
afterAll(async () => {
  await server?.close();
  await wecom?.close();
});

const withAccount = (account: string | undefined) => (account === undefined ? "" : `&account=${account}`);
/** Signs a member in at the pages of an account. @returns the session's cookie */
async function signIn(account: string | undefined): Promise<string> {
  const begun = await fetch(`${server.url}/sidebar/sign-in?return_to=/sidebar${withAccount(account)}`, {
    redirect: "manual",
  });
  expect(begun.status).toBe(302);
  const cookie = (begun.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const asked = new URL(begun.headers.get("location") ?? "");
  const authorize = new URL(`${wecom.url}/connect/oauth2/authorize${asked.search}`);
  authorize.searchParams.set("as", "zhangsan");
  const sent = await fetch(authorize, { redirect: "manual" });
  const back = new URL(sent.headers.get("location") ?? "http://x");
  const done = await fetch(`${server.url}${back.pathname}${back.search}`, { headers: { cookie }, redirect: "manual" });
  expect([done.status, done.headers.get("location")]).toEqual([302, "/sidebar"]);
  return (done.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}
const read = (cookie: string, account: string | undefined) =>
  fetch(`${server.url}/api/wechat/sidebar-data?external_userid=wm-same${withAccount(account)}`, {
    headers: { cookie },
  });

test("each tenant's members sign in at their own corp and see their own customers", async () => {
  const key = sidebarKey(server.context, second);
  const [one, two] = [await signIn(undefined), await signIn(key)];
  const names = async (cookie: string, account: string | undefined) => {
    const answer = await read(cookie, account);
    return answer.status === 200
      ? ((await answer.json()) as { customer: { name: string } }).customer.name
      : answer.status;
  };
  expect([await names(one, undefined), await names(two, key)]).toEqual(["一店的客户", "二店的客户"]);
  // Nobody is signed in at the other one, with whichever cookie.
  expect([await names(one, key), await names(two, undefined)]).toEqual([401, 401]);
  expect(await names(`${one}; ${two}`, key)).toBe("二店的客户");
  expect(await names(one.replace("rk_sidebar", `rk_sidebar_${second}`), key)).toBe(401);
});

test.each(["2-00000000000000000000000000000000", "99999", "x", "0-00000000000000000000000000000000"])(
  "an account that is none (%s) has no pages",
  async (account) => {
    expect((await fetch(`${server.url}/sidebar/sign-in?account=${account}`, { redirect: "manual" })).status).toBe(404);
    expect((await read("rk_sidebar=x", account)).status).toBe(404);
  },
);
