import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sql } from "kysely";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CHROMIUM,
  expectNoSidewaysScroll,
  inFull,
  launchBrowser,
  openConsole,
  seriousFindings,
  signIn,
} from "../../testing/console-browser.js";
import { startTestServer, TEST_PASSWORD, type TestServer } from "../../testing/test-server.js";

const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";
/** Folder that pictures of the pages go to. */
const SCREENS = process.env.SCREENS_DIR;

describe.skipIf(isMissing)("the launcher in a browser (needs /usr/bin/chromium)", () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTestServer({ REVISIT_IMPORT_SETTLE_MS: "0" });
    browser = await launchBrowser();
    if (SCREENS) await mkdir(SCREENS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function picture(page: Page, name: string): Promise<void> {
    if (SCREENS) await page.screenshot({ path: `${SCREENS}/console-${name}.png`, fullPage: true });
  }
  async function callsOfProviders(): Promise<number> {
    const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM rk_attempts`.execute(server.context.stores.sql);
    return Number(rows[0]?.n);
  }
  const log = (page: Page, text: string) => page.locator("[data-test=log] p", { hasText: text }).first();

  test("every step of the document works from the page: check, databases, import, revisits in test mode, service", async () => {
    const { page, requests, faults, close } = await openConsole(browser);
    await signIn(page, server);
    await page.goto(`${server.url}/console/launcher`);
    await page.locator("[data-check=SQLite][data-state=ok]", { hasText: "Connected" }).waitFor();
    await page.locator("[data-check=Qdrant][data-state=off]", { hasText: "○" }).waitFor();
    await page.locator("[data-test=check]").click();
    await log(page, "SQLite: Connected").waitFor();
    await picture(page, "launcher-quick");

    await page.locator("[data-test=tab-birthday]").click();
    await page.locator("[data-test=no-institution]").waitFor();

    await page.locator("[data-test=tab-database]").click();
    await page.locator("[data-test=pending][data-value='0']").waitFor();
    await page.locator("[data-test=sample]").check();
    await page.locator("[data-test=init]").click();
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator("dialog[open] [data-test=confirm]").click();
    await log(page, "SQLite 初始化完成").waitFor({ timeout: 60_000 });
    await log(page, "示例数据").waitFor();
    // No command before there is a backup and the name is typed.
    await page.locator("[data-test=type-name]").fill("recall.db");
    expect(await page.locator("[data-test=command]").count()).toBe(0);
    await page.locator("[data-test=back-up]").click();
    await log(page, "已备份").waitFor();
    const { database } = (await server.get("/api/ops/doctor")).json as { database: { name: string } };
    await page.locator("[data-test=type-name]").fill(database.name);
    await page.locator("[data-test=command]", { hasText: "--force-rebuild --confirm" }).waitFor();
    expect(await readdir(join(server.dataDir, "backups"))).toHaveLength(1);
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, "launcher-database");

    await page.locator("[data-test=tab-import]").click();
    await page.locator("[data-test=waiting][data-value='0']").waitFor();
    const path = join(server.context.config.revisitImports.folder, "initial/common/institutions.json");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify([{ institution_code: "GZ-001", name: "广州一店" }]));
    await page.locator("main button", { hasText: "重新查看" }).click();
    await page.locator("[data-test=waiting][data-value='1']").waitFor();
    await picture(page, "launcher-import");
    await page.locator("[data-test=take]").click();
    await page.locator("dialog[open] [data-test=confirm]").click();
    await log(page, "合计").waitFor();

    await page.locator("[data-test=tab-birthday]").click();
    const people = page.locator("[data-test=person]").first();
    await page.locator("[data-test=institution]").selectOption("BJ-HA-001");
    await page.locator("[data-test=days]").fill("60");
    await people.waitFor();
    expect(await page.locator("[data-test=test-mode]").isChecked()).toBe(true);
    expect(await page.locator("[data-test=run-revisits]").textContent()).toContain("不发送");
    await page.locator("[data-test=run-revisits]").click();
    await page.locator("[data-run=BJ-HA-001] [data-test=nothing-sent]").waitFor({ timeout: 60_000 });
    await page.locator("[data-test=revisit] .text").first().waitFor();
    await log(page, "测试模式：没有发送任何消息").waitFor();
    expect(await callsOfProviders()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, "launcher-birthday");
    // In earnest it is asked about, and says what the institution's mode does.
    await page.locator("[data-test=test-mode]").uncheck();
    await page.locator("[data-test=run-revisits]", { hasText: "正式运行" }).click();
    await page.locator("dialog[open]", { hasText: "BJ-HA-001 设为测试" }).waitFor();
    expect(await page.evaluate("document.activeElement?.dataset.test")).toBe("cancel");
    await picture(page, "launcher-run-ask");
    await page.locator("dialog[open] [data-test=cancel]").click();
    expect(await callsOfProviders()).toBe(0);

    await page.locator("[data-test=tab-service]").click();
    await page.locator("[data-test=health]", { hasText: "运行中" }).waitFor();
    await page.locator("tr[data-job=revisit-daily]").waitFor();
    expect(await page.locator("tr[data-job]").count()).toBe(4);
    await picture(page, "launcher-service");
    expect(requests.filter((url) => !url.startsWith(`${server.url}/`) && !/^(data|blob):/.test(url))).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });

  inFull("every tab is usable in both themes and languages and on a phone", async () => {
    const looks = [
      ["light", {}],
      ["dark-en", { colorScheme: "dark", locale: "en-US" }],
      ["360", { viewport: { width: 360, height: 740 } }],
    ] as const;
    for (const [name, options] of looks) {
      const { page, faults, settled, close } = await openConsole(browser, options);
      await signIn(page, server);
      for (const tab of ["quick", "database", "import", "birthday", "service"]) {
        await page.goto(`${server.url}/console/launcher?tab=${tab}`);
        await page.locator("main h1").waitFor();
        await settled();
        expect(await seriousFindings(page), `${name} ${tab}`).toEqual([]);
        await expectNoSidewaysScroll(page, `${name} ${tab}`);
        await picture(page, `launcher-${tab}-${name}`);
      }
      expect(faults).toEqual([]);
      await close();
    }
  });

  inFull("an admin of a tenant runs revisits and sees no launcher; staff run none", async () => {
    for (const role of ["admin", "staff"]) {
      await server.post("/api/users", { username: `one_${role}`, role, password: TEST_PASSWORD });
      const { page, settled, close } = await openConsole(browser);
      await signIn(page, server, `one_${role}`);
      const places = await page.locator("nav#nav a").allTextContents();
      expect([places.includes("启动台"), places.includes("生日回访")]).toEqual([false, true]);
      await page.goto(`${server.url}/console/revisits`);
      await page.locator("main h1").waitFor();
      await settled();
      if (role === "staff") expect(await page.locator("[data-test=run-revisits]").count()).toBe(0);
      await close();
    }
  });

  test("in production making everything anew is refused, and sample data too", async () => {
    const { json } = await server.get("/api/ops/doctor");
    const { page, close } = await openConsole(browser);
    await page.route("**/api/ops/doctor", (route) =>
      route.fulfill({ json: { ...(json as object), environment: "production" } }),
    );
    await signIn(page, server);
    await page.goto(`${server.url}/console/launcher?tab=database`);
    await page.locator("[data-test=danger] [data-test=refused]").waitFor();
    expect(await page.locator("[data-test=type-name], [data-test=back-up]").count()).toBe(0);
    expect(await page.locator("[data-test=sample]").isDisabled()).toBe(true);
    await close();
  });
});
