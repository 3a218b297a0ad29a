import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CHROMIUM,
  launchBrowser,
  openConsole,
  seriousFindings,
  signIn,
  signInByForm,
} from "../../testing/console-browser.js";
import { startTestServer, TEST_PASSWORD, type TestServer } from "../../testing/test-server.js";

const DAY = 86_400_000;
const PEOPLE = 24;
const HOSTILE = `<img src=x onerror="window.hacked=1">‮`;
const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";
/** Folder that pictures of the pages go to. */
const SCREENS = process.env.SCREENS_DIR;

describe.skipIf(isMissing)("the console in a browser (needs /usr/bin/chromium)", () => {
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await startTestServer({ FREQUENCY_CAPS: "off" });
    browser = await launchBrowser();
    await addShop(server);
    if (SCREENS) await mkdir(SCREENS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function picture(page: Page, name: string): Promise<void> {
    if (SCREENS) await page.screenshot({ path: `${SCREENS}/console-${name}.png`, fullPage: true });
  }
  const foreign = (requests: readonly string[]) =>
    requests.filter((url) => !url.startsWith(`${server.url}/`) && !/^(data|blob):/.test(url));

  test("a rule is written with its number in sight, confirmed, sent, and accounted for", async () => {
    const { page, requests, faults, close } = await openConsole(browser);
    await page.goto(`${server.url}/console/`);
    await page.locator("[data-test=username]").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, "sign-in");
    await signInByForm(page, server);
    await page.goto(`${server.url}/console/rules/new`);
    const count = page.locator("[data-test=live-count][data-state=exact]");
    await count.waitFor();
    expect(await count.getAttribute("data-value")).toBe(String(PEOPLE));
    await page.locator("[data-test=least-days]").fill("100");
    await page.locator("[data-test=most-days]").fill("200");
    await page.locator("[data-test=live-count][data-value='0']").waitFor();
    expect(await page.getByText("没有人符合条件", { exact: false }).count()).toBeGreaterThan(0);
    await page.locator("[data-test=least-days]").fill("30");
    await page.locator("[data-test=most-days]").fill("45");
    await page.locator("[data-test=name]").fill(HOSTILE);
    await page.locator("[data-test=content]").fill("喵～主人，猫砂告急");
    await page.locator("[data-test=add-slot]").click();
    await page.locator(`[data-test=live-count][data-value='${PEOPLE}']`).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, "rule-editor");
    await page.locator("[data-test=save]").click();
    await page.locator("table.grid a", { hasText: "onerror" }).click();

    await page.locator("[data-test=run]").click();
    await page.locator(`[data-test=send-count] [data-value='${PEOPLE}']`).waitFor();
    // The way out has the focus.
    expect(await page.evaluate("document.activeElement?.dataset.test")).toBe("cancel");
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, "send");
    await page.locator("[data-test=confirm]").dblclick();
    await page.waitForURL(/\/occurrences\/\d+$/);
    await page.getByText(`合计 ${PEOPLE} ✓`, { exact: false }).waitFor();
    await picture(page, "occurrence");
    expect(await seriousFindings(page)).toEqual([]);

    const id = Number(page.url().split("/").at(-1));
    // People are on their way: the page follows the ledger within its beat.
    await expect
      .poll(
        async () => {
          const { json } = await server.get(`/api/ops/occurrences/${id}`);
          const told = (json as { deliveries: { by_state: Record<string, number> } }).deliveries.by_state;
          const shown = await page.evaluate<Record<string, number>>(
            "Object.fromEntries([...document.querySelectorAll('button[data-state]')].map(({ dataset }) => [dataset.state, Number(dataset.value)]))",
          );
          return Object.entries(told).filter(([state, people]) => shown[state] !== people);
        },
        { timeout: 20_000 },
      )
      .toEqual([]);
    const all = (await server.get("/api/ops/occurrences")).json as { items: unknown[] };
    expect(all.items).toHaveLength(1);
    await page.locator("table.grid a", { hasText: /^c0$/ }).click();
    await page.locator("[data-test=verdict][data-included=true]").waitFor();
    await page.locator("ol a", { hasText: "触发详情" }).first().waitFor();
    expect(await page.evaluate("window.hacked")).toBeUndefined();
    expect([foreign(requests), faults]).toEqual([[], []]);
    await close();
  });

  test("people who are listed before they are all there are listed as soon as their numbers say so", async () => {
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    const isEarly = { counts: true, list: true };
    await page.route("**/api/ops/occurrences/1", async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { state: string; deliveries: { by_state: object } };
      if (isEarly.counts)
        Object.assign(body, { state: "snapshotting", deliveries: { ...body.deliveries, by_state: {} } });
      isEarly.counts = false;
      await route.fulfill({ response: answer, json: body });
    });
    await page.route("**/api/ops/deliveries?*", async (route) => {
      if (!isEarly.list) return route.continue();
      isEarly.list = false;
      return route.fulfill({ json: { items: [], next_cursor: null } });
    });
    await page.goto(`${server.url}/console/rules/1/occurrences/1`);
    await page.locator("table.grid tbody tr").first().waitFor();
    expect(isEarly).toEqual({ counts: false, list: false });
    expect(await page.locator("table.grid tbody tr").count()).toBe(PEOPLE);
    await close();
  });

  test("a page whose code does not come is opened from the beginning, and a server that is away is told of", async () => {
    const { page, settled, close } = await openConsole(browser);
    await signIn(page, server);
    await page.goto(`${server.url}/console/`);
    await page.locator("main h1").waitFor();
    await settled();
    // Another version of the server has other files.
    let isOld = true;
    await page.route("**/assets/consent-list*.js", (route) =>
      isOld ? route.fulfill({ status: 404 }) : route.continue(),
    );
    await page.route("**/console/consents", (route) => {
      isOld = false;
      return route.continue();
    });
    await page.locator("nav a[href$='/consents']").click();
    await page.locator("main h1", { hasText: "同意" }).waitFor();
    expect(isOld).toBe(false);
    // The server is away: what is there stays.
    await settled();
    await page.route("**/*", (route) => route.abort());
    await page.locator("nav a[href$='/labels']").click();
    await page.locator("main > [role=alert]", { hasText: "无法连接服务器" }).waitFor();
    expect(await page.locator("main h1", { hasText: "同意" }).count()).toBe(1);
    await page.unroute("**/*");
    await page.locator("main > [role=alert] button").click();
    await page.waitForURL(/\/labels$/);
    await page.locator("main h1", { hasText: "标签" }).waitFor();
    expect(await page.locator("main > [role=alert]").count()).toBe(0);
    await close();
  });

  test("a session that ends in the middle of a text loses nothing of it", async () => {
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    await page.goto(`${server.url}/console/rules/new`);
    await page.locator("[data-test=content]").fill("写到一半");
    const cookies = await page.context().cookies();
    const token = cookies.find(({ name }) => name === "recallkit_session")?.value ?? "";
    const ended = await server.call("POST", "/api/logout", { token, body: {} });
    expect(ended.status).toBe(200);
    await page.locator("[data-test=name]").fill("召回");
    await page.locator(".door.over [data-test=username]").fill("merchant_username");
    await page.locator("[data-test=password]").fill(TEST_PASSWORD);
    await page.locator("[data-test=sign-in]").click();
    await page.locator(".door.over").waitFor({ state: "detached" });
    expect(await page.locator("[data-test=content]").inputValue()).toBe("写到一半");
    page.once("dialog", (dialog) => void dialog.accept());
    await page.reload();
    await page.locator("[data-test=content]").waitFor();
    expect(await page.locator("[data-test=content]").inputValue()).toBe("写到一半");
    await close();
  });

  test("a file is sent, its columns are confirmed, tried out and imported; a second time nothing changes", async () => {
    const { page, requests, faults, close } = await openConsole(browser);
    await signIn(page, server);
    const bytes = [
      "订单号,会员号,下单时间,实付金额,订单状态,备注",
      "A1,n1,2026-01-05 10:30,199.00,交易成功,",
      "A2,n2,坏,12,交易成功,",
    ];
    for (const expected of ["inserted", "unchanged"]) {
      await page.goto(`${server.url}/console/imports`);
      const file = { name: "订单.csv", mimeType: "text/csv", buffer: Buffer.from(bytes.join("\n")) };
      await page.locator("[data-test=file]").setInputFiles(file);
      await page.waitForURL(/\/imports\/\d+$/);
      await page.locator("main h1", { hasText: "订单.csv" }).waitFor();
      expect(await page.locator("table.grid tbody tr").count()).toBe(6);
      expect(await seriousFindings(page)).toEqual([]);
      await picture(page, `import-${expected}`);
      await page.locator("[data-test=dry-run]").click();
      await page.getByText("试运行：将会改变").waitFor();
      expect(await page.locator(`[data-figure=${expected}]`).getAttribute("data-value")).toBe("1");
      await page.locator("[data-test=start]").click();
      await page.getByText("导入结果").waitFor();
      expect(await page.locator(`[data-figure=${expected}]`).getAttribute("data-value")).toBe("1");
      expect(await page.locator("[data-figure=rejected_rows]").getAttribute("data-value")).toBe("1");
      expect(await page.locator("a[download]").count()).toBe(1);
    }
    expect([foreign(requests), faults]).toEqual([[], []]);
    await close();
  });

  test("staff see what happens, no address in full, and call nothing off; what the server does not have says so", async () => {
    await server.post("/api/users", { username: "staff_one", password: TEST_PASSWORD, role: "staff" });
    const { page, close } = await openConsole(browser);
    await signIn(page, server, "staff_one");
    await page.goto(`${server.url}/console/rules/1/occurrences/1`);
    await page.locator("[data-test=sum]").waitFor();
    expect(await page.getByText("取消未发出的").count()).toBe(0);
    expect(await page.getByText(/^wm-c\d+$/).count()).toBe(0);
    await page.goto(`${server.url}/console/rules/999`);
    await page.locator("[role=alert]").waitFor();
    await page.goto(`${server.url}/console/no/such/page`);
    await page.getByText("页面不存在").first().waitFor();
    await page.route("**/wechatpush/lists", (route) => route.fulfill({ status: 503, body: "{}" }));
    await page.goto(`${server.url}/console/rules`);
    await page.locator("[role=alert] button").waitFor({ timeout: 60_000 });
    await page.unroute("**/wechatpush/lists");
    await page.locator("[role=alert] button").click();
    await page.locator("table.grid").waitFor();
    await close();
  });
});

/** People of a shop, all of whom bought 35 days ago. */
async function addShop({ context: { kit, clock } }: TestServer): Promise<void> {
  const keys = Array.from({ length: PEOPLE }, (_, at) => `c${at}`);
  await kit.customers.upsert(keys.map((externalKey) => ({ externalKey, externalUserId: `wm-${externalKey}` })));
  const orderedAt = clock.now() - 35 * DAY;
  await kit.orders.ingest(
    keys.map((externalKey) => ({ externalId: `o-${externalKey}`, externalKey, orderedAt, amountMinor: 990 })),
  );
}
