import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CHROMIUM,
  inFull,
  launchBrowser,
  openConsole,
  seriousFindings,
  signIn,
} from "../../testing/console-browser.js";
import { startTestServer, TEST_PASSWORD, type TestServer } from "../../testing/test-server.js";

const SECRET = "planted-secret-of-the-app-9f3c";
const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";
/** Folder that pictures of the pages go to. */
const SCREENS = process.env.SCREENS_DIR;

describe.skipIf(isMissing)("settings in a browser (needs /usr/bin/chromium)", () => {
  let wecom: WecomSimulator;
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    wecom = await startWecomSimulator({ corps: [{ corpId: "ww-shop", secret: SECRET }] });
    server = await startTestServer({
      WECOM_BASE_URL: wecom.url,
      WECOM_CORP_ID: "ww-env",
      WECOM_SECRET: "of-the-environment",
    });
    browser = await launchBrowser();
    if (SCREENS) await mkdir(SCREENS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await wecom?.close();
  });

  async function picture(page: Page, name: string): Promise<void> {
    if (SCREENS) await page.screenshot({ path: `${SCREENS}/console-${name}.png`, fullPage: true });
  }
  async function opened(path: string) {
    const watched = await openConsole(browser);
    await signIn(watched.page, server);
    await watched.page.goto(`${server.url}/console/settings/${path}`);
    await watched.page.locator("main h1").waitFor();
    return watched;
  }

  test("an account is set, its secret never comes back, and it is tried without sending", async () => {
    const { page, faults, close } = await opened("channels");
    await page.locator("[data-test=edit-wecom]").click();
    await page.locator("[data-test=corp-id]").fill("ww-shop");
    await page.locator("[data-test=new-secret]").fill("not-the-right-secret");
    await picture(page, "channel-form");
    await page.locator("[data-test=save-wecom]").click();
    await page.locator("[data-test=secret]", { hasText: "已设置，末四位 cret" }).waitFor();
    await page.locator("[data-test=try]").click();
    await page.locator("[data-test=trial][data-ok=false]", { hasText: "CONFIG 40001" }).waitFor();
    await picture(page, "channels-failing");
    await page.locator("[data-test=edit-wecom]").click();
    await page.locator("[data-test=new-secret]").fill(SECRET);
    await page.locator("[data-test=save-wecom]").click();
    await page.locator("[data-test=secret]", { hasText: "末四位 9f3c" }).waitFor();
    // What was found of the other one is gone.
    expect(await page.locator("[data-test=trial]").count()).toBe(0);
    await page.locator("[data-test=try]").click();
    await page.locator("[data-test=trial][data-ok=true]").waitFor();
    expect(await page.content()).not.toContain(SECRET.slice(0, -4));
    expect(await seriousFindings(page)).toEqual([]);
    expect(wecom.ledger.figures("ww-shop").tasks).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });

  inFull("a policy that is looser is asked about, and holds from then on", async () => {
    const { page, close } = await opened("policy");
    await page.locator("[data-test=per-day]").fill("2");
    await page.locator("[data-test=save-policy]").click();
    await page.locator("dialog[open]", { hasText: "比现在更宽" }).waitFor();
    expect(await page.evaluate("document.activeElement?.dataset.test")).toBe("cancel");
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, "policy-ask");
    await page.locator("dialog[open] [data-test=confirm]").click();
    await page.locator("[data-test=save-policy][disabled]").waitFor();
    expect((await server.get("/api/contact-policy")).json).toMatchObject({ caps: { max_per_day: 2 } });
    await close();
  });

  inFull("a member is added, becomes something else, and is removed by their name", async () => {
    const { page, close } = await opened("members");
    await page.locator("[data-test=add-member]").click();
    await page.locator("[data-test=new-username]").fill("li_si");
    await page.locator("[data-test=new-password]").fill("12345678");
    await page.locator("[data-test=save-member]").click();
    await page.locator("form.card .fault, form.card [role=alert]").first().waitFor();
    await picture(page, "member-form");
    await page.locator("[data-test=new-password]").fill(TEST_PASSWORD);
    await page.locator("[data-test=save-member]").click();
    const row = page.locator("[data-member=li_si]");
    await row.locator("select").selectOption("admin");
    await page.locator("dialog[open]", { hasText: "新角色：管理员" }).locator("[data-test=confirm]").click();
    await expect.poll(() => row.locator("select").inputValue()).toBe("admin");
    await row.locator("[data-test=status]").click();
    await page.locator("dialog[open] [data-test=confirm]").click();
    await row.locator("text=停用").first().waitFor();
    await row.locator("[data-test=remove]").click();
    const confirm = page.locator("dialog[open] [data-test=confirm]");
    expect(await confirm.isDisabled()).toBe(true);
    await page.locator("dialog[open] [data-test=typed]").fill("li_si");
    await confirm.click();
    await row.waitFor({ state: "detached" });
    await close();
  });

  inFull("a key is shown once, does what it may, and nothing once it is revoked", async () => {
    const { page, close } = await opened("keys");
    await page.locator("[data-test=new-key]").click();
    await page.locator("[data-test=key-name]").fill("ERP");
    expect(await page.locator("[data-test='scope-access:write']").count()).toBe(0);
    await page.locator("[data-test='scope-push:read']").check();
    await picture(page, "key-form");
    await page.locator("[data-test=make-key]").click();
    const token = (await page.locator("[data-test=token]").textContent()) ?? "";
    expect(token).toMatch(/^rk_/);
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, "keys-made");
    expect((await server.call("POST", "/wechatpush/lists", { token, body: {} })).status).toBe(200);
    await page.reload();
    await page.locator("[data-key=ERP]").waitFor();
    expect(await page.content()).not.toContain(token);
    await page.locator("[data-key=ERP] [data-test=revoke]").click();
    await page.locator("dialog[open] [data-test=confirm]").click();
    await page.locator("[data-key=ERP]").waitFor({ state: "detached" });
    expect((await server.call("POST", "/wechatpush/lists", { token, body: {} })).status).toBe(401);
    await close();
  });

  test("a version that somebody else wrote is not written over, and an old one comes back as a new one", async () => {
    const { page, close } = await opened("config/message_sender");
    const box = page.locator("[data-test=value]");
    const first = JSON.parse(await box.inputValue()) as Record<string, number>;
    const [name = ""] = Object.keys(first).filter((key) => /max/.test(key));
    const text = (by: number) => JSON.stringify({ ...first, [name]: (first[name] ?? 0) + by }, null, 2);
    await box.fill("{ no json");
    expect(await page.locator("[data-test=save-config]").isDisabled()).toBe(true);
    await box.fill(text(1));
    await page.locator("[data-test=save-config]").click();
    await page.locator("[data-test=version]", { hasText: "v1" }).waitFor();
    await box.fill(text(2));
    const { items } = (await server.get("/api/config/configs")).json as { items: { id: number; version: number }[] };
    const path = `/api/config/configs/${items[0]?.id}`;
    await server.call("PUT", path, { body: { version: 1, value: JSON.parse(text(3)) } });
    await page.locator("[data-test=save-config]").click();
    await page.locator("[data-test=stale]").waitFor();
    expect(await box.inputValue()).toBe(text(2));
    await picture(page, "config-stale");
    await page.locator("[data-test=read-anew]").click();
    await expect.poll(() => box.inputValue()).toBe(text(3));
    await page.locator("[data-version='1'] [data-test=roll-back]").click();
    await page.locator("dialog[open]", { hasText: "v1" }).locator("[data-test=confirm]").click();
    await page.locator("[data-test=version]", { hasText: "v3" }).waitFor();
    expect(JSON.parse(await box.inputValue())).toEqual(JSON.parse(text(1)));
    await page.locator("[data-version='3'] ins").first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, "config-history");
    await close();
  });

  inFull("a job is run by its name, kept from running, and its history tells of it", async () => {
    const { page, close } = await opened("jobs");
    const row = page.locator("tr[data-job]").first();
    const title = (await row.locator("a").textContent()) ?? "";
    await row.locator("[data-test=run-job]").click();
    await page.locator("dialog[open]", { hasText: title }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, "job-ask");
    await page.locator("dialog[open] [data-test=confirm]").click();
    await row.locator("[data-run=succeeded]").waitFor({ timeout: 60_000 });
    await row.locator("[data-test=pause]").click();
    await page.locator("dialog[open] [data-test=confirm]").click();
    await row.locator("text=已暂停").waitFor();
    await row.locator("a").click();
    await page.locator("td", { hasText: "手动" }).first().waitFor();
    await picture(page, "job-detail");
    await page.locator("[data-test=pause]").click();
    await page.locator("dialog[open] [data-test=confirm]").click();
    await expect.poll(() => page.locator(".page-head .tag.warn").count()).toBe(0);
    await close();
  });

  inFull("the audit log tells who did all that, and is searched by what was done", async () => {
    const { page, close } = await opened("audit");
    await page.locator("[data-test=action]").fill("POST /api/users");
    await page.locator("[role=search] button").click();
    await page.waitForURL(/action=/);
    await page.locator("table.grid tbody tr").first().waitFor();
    const rows = await page.locator("table.grid tbody tr").allTextContents();
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toContain("POST /api/users");
    await close();
  });

  inFull("staff see what they may", async () => {
    await server.post("/api/users", { username: "staff_two", password: TEST_PASSWORD, role: "staff" });
    const { page, close } = await openConsole(browser);
    await signIn(page, server, "staff_two");
    const places = await page.locator("nav#nav a").allTextContents();
    for (const hidden of ["渠道账号", "成员与权限", "API 密钥", "配置中心", "定时任务", "审计日志"])
      expect(places).not.toContain(hidden);
    await page.goto(`${server.url}/console/settings/members`);
    await page.locator("[role=alert]").waitFor();
    await page.goto(`${server.url}/console/settings/policy`);
    await page.locator("[data-test=per-day]").waitFor();
    expect(await page.locator("[data-test=per-day]").isDisabled()).toBe(true);
    expect(await page.locator("[data-test=save-policy]").count()).toBe(0);
    await close();
  });
});
