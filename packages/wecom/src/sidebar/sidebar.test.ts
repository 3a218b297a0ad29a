import { seededRandom, virtualClock } from "@recallkit/core/testing";
import { expect, onTestFinished, test } from "vitest";
import { startWecomSimulator } from "../simulator/index.js";
import { CREDENTIALS, testTransport } from "../test-rig.js";
import { type WecomSidebarOptions, wecomSidebar } from "./sidebar.js";
import { signPage } from "./tickets.js";

const PAGE = "https://shop.example/sidebar?x=1";

async function openSidebar(options: Partial<WecomSidebarOptions> = {}) {
  const clock = virtualClock(Date.UTC(2026, 4, 20, 2));
  const random = seededRandom(9);
  const simulator = await startWecomSimulator({ seed: "test", clock, staff: ["zhangsan"] });
  onTestFinished(() => simulator.close());
  const sidebar = wecomSidebar({
    ...CREDENTIALS,
    baseUrl: simulator.url,
    transport: testTransport(),
    clock,
    random,
    agentId: 1_000_002,
    redirectUri: "https://shop.example/wecom/finish",
    authorizeUrl: `${simulator.url}/connect/oauth2/authorize`,
    secretKey: "s".repeat(32),
    ...options,
  });
  const callsOf = (name: string) => simulator.ledger.calls.filter(({ path }) => path.endsWith(`/${name}`)).length;
  return { sidebar, clock, simulator, callsOf };
}

type Sidebar = Awaited<ReturnType<typeof openSidebar>>["sidebar"];

/** A browser's way through a sign-in, up to WeCom's redirect. */
async function begin(sidebar: Sidebar, as: string, returnTo = "/sidebar") {
  const begun = await sidebar.signIn(new Request(`https://shop.example/in?return_to=${encodeURIComponent(returnTo)}`));
  const page = begun.headers.get("location") ?? "";
  const answer = await fetch(`${page.split("#")[0]}&as=${as}`, { redirect: "manual" });
  return { page, cookie: cookieIn(begun), back: answer.headers.get("location") ?? "" };
}

const cookieIn = (response: Response) => (response.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
const withCookie = (url: string, cookie: string) => new Request(url, { headers: { cookie: `a=b; ${cookie}` } });

test("signs pages as the documents do", () => {
  const ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
  const parts = { nonceStr: "Wm3WZYTPz0wzccnW", timestamp: 1_414_587_457 };
  expect(signPage(ticket, "http://mp.weixin.qq.com?params=value#top", parts).signature).toBe(
    "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
  );
  expect(signPage(ticket, "http://mp.weixin.qq.com", parts).signature).toBe("f4d90daf4b3bca3078ab155816175ba34c443a7b");
});

test("fetches each ticket once, for everybody who waits, until it ends", async () => {
  const { sidebar, clock, callsOf } = await openSidebar();
  const signatures = await Promise.all([
    ...Array.from({ length: 5 }, () => sidebar.signature(PAGE, "corp")),
    ...Array.from({ length: 5 }, () => sidebar.signature(PAGE, "app")),
  ]);
  expect(new Set(signatures.map(({ signature }) => signature)).size).toBe(10);
  expect([callsOf("get_jsapi_ticket"), callsOf("get")]).toEqual([1, 1]);
  await clock.advance(7_200_000);
  await sidebar.signature(PAGE, "corp");
  expect(callsOf("get_jsapi_ticket")).toBe(2);
});

test("a member signs in without a password, and gets signatures for pages of this site", async () => {
  const { sidebar, clock } = await openSidebar();
  const { page, cookie, back } = await begin(sidebar, "zhangsan");
  const asked = new URL(page);
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    appid: CREDENTIALS.corpId,
    redirect_uri: "https://shop.example/wecom/finish",
    response_type: "code",
    agentid: "1000002",
  });
  expect([asked.hash, asked.searchParams.get("state")]).toEqual([
    "#wechat_redirect",
    expect.stringMatching(/^\w{32}$/),
  ]);
  const finished = await sidebar.finish(withCookie(back, cookie));
  expect([finished.status, finished.headers.get("location")]).toEqual([302, "/sidebar"]);
  const [session = ""] = finished.headers.getSetCookie();
  expect(session).toMatch(/^rk_sidebar=[\w-]+\.[\w-]+; Path=\/; Max-Age=28800; HttpOnly; SameSite=Lax; Secure$/);
  const signedIn = cookieIn(finished);
  expect(sidebar.session(withCookie(PAGE, signedIn))).toEqual({
    kind: "member",
    userId: "zhangsan",
    corpId: CREDENTIALS.corpId,
  });
  const signatures = (url: string) =>
    sidebar.signatures(withCookie(`https://shop.example/s?url=${encodeURIComponent(url)}`, signedIn));
  expect(await (await signatures(PAGE)).json()).toMatchObject({
    corpId: CREDENTIALS.corpId,
    agentId: 1_000_002,
    config: { signature: expect.stringMatching(/^[0-9a-f]{40}$/) },
  });
  expect((await signatures("https://evil.example/")).status).toBe(403);
  expect((await sidebar.signatures(new Request(`https://shop.example/s?url=${PAGE}`))).status).toBe(401);
  await clock.advance(28_800_000);
  expect(sidebar.session(withCookie(PAGE, signedIn))).toBeUndefined();
});

test("an external contact signs in as themselves", async () => {
  const { sidebar } = await openSidebar();
  const { cookie, back } = await begin(sidebar, "wm_mimi");
  const finished = await sidebar.finish(withCookie(back, cookie));
  expect(sidebar.session(withCookie(PAGE, cookieIn(finished)))).toMatchObject({
    kind: "contact",
    externalUserId: "wm_mimi",
  });
});

test("a sign-in that this browser did not begin, and a code used twice, are refused", async () => {
  const { sidebar, clock } = await openSidebar();
  const first = await begin(sidebar, "zhangsan");
  const second = await begin(sidebar, "zhangsan");
  const status = async (url: string, cookie: string) => (await sidebar.finish(withCookie(url, cookie))).status;
  expect(await status(first.back, "x=y")).toBe(403);
  expect(await status(first.back, second.cookie)).toBe(403);
  expect(await status(first.back.replace(/code=\w+/, "code=made-up"), first.cookie)).toBe(403);
  expect(await status(first.back.replace(/code=\w+/, ""), first.cookie)).toBe(403);
  expect(await status(second.back, second.cookie)).toBe(302);
  expect(await status(second.back, second.cookie)).toBe(403);
  const late = await begin(sidebar, "zhangsan");
  await clock.advance(600_000);
  expect(await status(late.back, late.cookie)).toBe(403);
});

test.each([
  "//evil.example",
  "https://evil.example/",
  "/\\evil.example",
  "javascript:alert(1)",
  "",
  "/a b",
  "/..//evil",
])("a sign-in does not end at %s", async (returnTo) => {
  const { sidebar } = await openSidebar();
  const { cookie, back } = await begin(sidebar, "zhangsan", returnTo);
  const location = (await sidebar.finish(withCookie(back, cookie))).headers.get("location") ?? "";
  expect(new URL(location, "https://shop.example").origin).toBe("https://shop.example");
});

test("a session that was changed, or sealed by another key or for another corp, is none", async () => {
  const { sidebar } = await openSidebar();
  const other = (await openSidebar({ secretKey: "t".repeat(32) })).sidebar;
  const { cookie, back } = await begin(sidebar, "zhangsan");
  const session = cookieIn(await sidebar.finish(withCookie(back, cookie)));
  expect(sidebar.session(withCookie(PAGE, session))).toBeDefined();
  expect(other.session(withCookie(PAGE, session))).toBeUndefined();
  expect(sidebar.session(withCookie(PAGE, `${session.slice(0, -1)}A`))).toBeUndefined();
  expect(sidebar.session(withCookie(PAGE, `${session}; ${session}`))).toBeUndefined();
  expect(sidebar.session(withCookie(PAGE, cookie.replace("rk_sidebar_state", "rk_sidebar")))).toBeUndefined();
});

test.each([
  [{ agentId: 0 }, "agentId"],
  [{ redirectUri: "shop.example" }, "redirectUri"],
  [{ secretKey: "short" }, "secretKey"],
  [{ sessionSeconds: 10 }, "sessionSeconds"],
  [{ cookieName: "a b" }, "cookieName"],
])("%j is refused by name", async (wrong, option) => {
  await expect(openSidebar(wrong)).rejects.toMatchObject({ code: "config.invalid", option });
});
