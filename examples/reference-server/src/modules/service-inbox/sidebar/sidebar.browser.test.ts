import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../../testing/test-server.js";

const EXECUTABLE = "/usr/bin/chromium";
const isMissing = !existsSync(EXECUTABLE) && process.env.REQUIRE_SERVICES !== "1";
/** A folder to leave pictures in; `docs/screens` holds those that were looked at. */
const SCREENS = process.env.SIDEBAR_SCREENS;
const require = createRequire(import.meta.url);

describe.skipIf(isMissing)("the sidebar in a browser (needs /usr/bin/chromium)", () => {
  let server: TestServer;
  let wecom: WecomSimulator;
  let browser: Browser;
  let axe: string;

  beforeAll(async () => {
    wecom = await startWecomSimulator({
      customers: [],
      corps: [{ corpId: "ww-side", secret: "wecom-secret", agentId: 1_000_002, staff: ["zhangsan"] }],
    });
    server = await startTestServer({
      WECOM_CORP_ID: "ww-side",
      WECOM_SECRET: "wecom-secret",
      WECOM_AGENT_ID: "1000002",
      WECOM_BASE_URL: wecom.url,
      PUBLIC_URL: "http://127.0.0.1:8000",
    });
    const { kit } = server.context;
    await kit.customers.upsert([
      { externalKey: "c1", name: "王女士", mobile: "+8613800138000", externalUserId: "wm-customer-1" },
    ]);
    await kit.labels.assign([{ externalKey: "c1", kind: "city", key: "上海" }]);
    await kit.orders.ingest(
      [{ externalId: "202401010001", externalKey: "c1", orderedAt: new Date(), amountMinor: 19_900 }],
      { source: "shop" },
    );
    await server.post("/api/desk/staff", {
      name: "张三",
      wecom_user_id: "zhangsan",
      role: "staff",
      presence: "online",
      capacity: 9,
    });
    await server.post("/api/desk/customers/1/staff", { staff_id: 1 });
    await server.post("/api/projects", { customer_id: 1, name: "王府花园净水改造" });
    await server.post("/api/ai/router", {
      message: "净水器漏水三天没人管，我要投诉",
      external_userid: "wm-customer-1",
    });
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", "--disable-gpu"] });
    axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
    if (SCREENS) await mkdir(SCREENS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await wecom?.close();
  });

  test.each([
    [320, "light", "zh-CN"],
    [320, "dark", "zh-CN"],
    [320, "light", "en-US"],
    [390, "dark", "en-US"],
  ] as const)("at %i px, %s, %s nothing is cut off and everything can be read", async (width, colorScheme, locale) => {
    const context = await browser.newContext({
      viewport: { width, height: 720 },
      deviceScaleFactor: 2,
      colorScheme,
      locale,
    });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(error.message));
    // Whoever has a token may look as well; only these requests carry it.
    await page.route("**/api/wechat/sidebar-data*", (route) =>
      route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${server.token}` } }),
    );
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(`${server.url}/sidebar?external_userid=wm-customer-1`);
    await page.locator("html[data-ready]").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(0);
    await page.evaluate(axe);
    const found: { readonly id: string; readonly impact: string | null }[] = await page.evaluate(
      "axe.run().then((result) => result.violations.map(({ id, impact }) => ({ id, impact })))",
    );
    expect(found.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("王女士");
    expect((await page.getByRole("button").first().boundingBox())?.height).toBeGreaterThanOrEqual(44);
    expect(faults).toEqual([]);
    expect(requests.every((url) => url.startsWith(`${server.url}/`) || url.startsWith("data:"))).toBe(true);
    if (SCREENS) {
      const name = `sidebar-${width}-${colorScheme}-${locale.slice(0, 2)}`;
      await page.screenshot({ path: `${SCREENS}/${name}.png`, fullPage: true });
    }
    await context.close();
  });

  test("a member signs in at WeCom and sees their customers; a visitor sees nothing", async () => {
    expect((await fetch(`${server.url}/api/wechat/sidebar-data?customer_id=1`)).status).toBe(401);
    const signIn = await fetch(`${server.url}/sidebar/sign-in?return_to=/sidebar`, { redirect: "manual" });
    expect(signIn.status).toBe(302);
    const state = new URL(signIn.headers.get("location") ?? "").searchParams.get("state") ?? "";
    const cookie = (signIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const finish = async (userid: string) => {
      const asked = new URL(signIn.headers.get("location") ?? "");
      const authorize = new URL(`${wecom.url}/connect/oauth2/authorize${asked.search}`);
      authorize.searchParams.set("as", userid);
      const sent = await fetch(authorize, { redirect: "manual" });
      const code = new URL(sent.headers.get("location") ?? "http://x").searchParams.get("code") ?? "";
      const back = await fetch(`${server.url}/sidebar/finish?code=${code}&state=${state}`, {
        headers: { cookie },
        redirect: "manual",
      });
      expect([back.status, back.headers.get("location")]).toEqual([302, "/sidebar"]);
      return (back.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    };
    const session = await finish("zhangsan");
    const read = (of: string) =>
      fetch(`${server.url}/api/wechat/sidebar-data?external_userid=wm-customer-1`, { headers: { cookie: of } });
    const seen = await read(session);
    expect([seen.status, await seen.json()]).toMatchObject([
      200,
      {
        customer: { name: "王女士" },
        next_action: { code: "solve_complaint" },
        quick_replies: [expect.any(String), expect.any(String), expect.any(String)],
      },
    ]);
    const signatures = await fetch(
      `${server.url}/sidebar/signatures?url=${encodeURIComponent("http://127.0.0.1:8000/sidebar")}`,
      { headers: { cookie: session } },
    );
    expect(await signatures.json()).toMatchObject({
      corpId: "ww-side",
      agentId: 1_000_002,
      config: { signature: expect.any(String) },
    });
    // Another employee's customer is not there for them.
    await server.post("/api/desk/staff", {
      name: "李四",
      wecom_user_id: "lisi",
      role: "staff",
      presence: "offline",
      capacity: 0,
    });
    await server.post("/api/desk/customers/1/staff", { staff_id: 2 });
    await server.post("/api/desk/customers/1/unbind", { staff_id: 1 });
    expect((await read(session)).status).toBe(404);
    expect((await read("rk_sidebar=forged")).status).toBe(401);
  });
});
