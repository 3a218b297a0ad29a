import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CHROMIUM, launchBrowser, openConsole, seriousFindings, signIn } from "../../testing/console-browser.js";
import { startTestServer, TEST_PASSWORD, type TestServer } from "../../testing/test-server.js";

const DAY = 86_400_000;
const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";
const SCREENS = process.env.SCREENS_DIR;
const PUSH = {
  ...{ startDate: "2020-01-01", endDate: "2099-12-31", weekDayPushTime: [{ week: 1, time: "03:00" }] },
  ...{ lastOrderDay: 30, lastOrderDayLimit: 45, content: "喵" },
};

describe.skipIf(isMissing)("sending from the console (needs /usr/bin/chromium)", () => {
  let server: TestServer;
  let browser: Browser;
  let rule = 0;
  beforeAll(async () => {
    // Nothing sends by itself: what is counted is what was asked for.
    server = await startTestServer({ FREQUENCY_CAPS: "off" }, { role: "api" });
    browser = await launchBrowser();
    await addPeople(12);
    if (SCREENS) await mkdir(SCREENS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  let made = 0;
  beforeEach(async () => {
    const name = `召回 ${++made}`;
    expect((await server.post("/wechatpush/create", { name, ...PUSH })).status).toBe(200);
    const { json } = await server.post("/wechatpush/lists", { searchText: name });
    rule = (json as { data: { data: { id: number }[] } }).data.data[0]?.id ?? 0;
  });

  let people = 0;
  async function addPeople(count: number): Promise<void> {
    const { kit, clock } = server.context;
    const keys = Array.from({ length: count }, () => `p${++people}`);
    await kit.customers.upsert(keys.map((externalKey) => ({ externalKey, externalUserId: `wm-${externalKey}` })));
    const orderedAt = clock.now() - 35 * DAY;
    await kit.orders.ingest(
      keys.map((externalKey) => ({ externalId: `o-${externalKey}`, externalKey, orderedAt, amountMinor: 990 })),
    );
  }
  async function occurrences(): Promise<number> {
    const { json } = await server.get(`/api/ops/occurrences?rule_id=${rule}`);
    return (json as { items: unknown[] }).items.length;
  }
  /** Opens the question, until it can be answered. */
  async function asked(page: Page): Promise<void> {
    await page.goto(`${server.url}/console/rules/${rule}`);
    await page.locator("[data-test=run]").click();
    await page.locator("dialog[open] [data-test=confirm]:not([disabled])").waitFor();
  }

  test("Enter pressed twice is one push, and so is a page that was read anew before the answer came", async () => {
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    await asked(page);
    await page.locator("[data-test=confirm]").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/occurrences\/\d+$/);
    expect(await occurrences()).toBe(1);

    await asked(page);
    // The server works, its answer never arrives.
    let hasCome = () => {};
    const came = new Promise<void>((resolve) => {
      hasCome = resolve;
    });
    await page.route("**/wechatpush/run", async (route) => {
      await route.fetch();
      hasCome();
    });
    await page.locator("[data-test=confirm]").click();
    await came;
    await page.unroute("**/wechatpush/run");
    await page.reload();
    expect(await occurrences()).toBe(2);
    await page.locator("ol a, table a").first().waitFor();
    await close();
  });

  test("an answer that was lost can be asked for again, and is one push", async () => {
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    await asked(page);
    let calls = 0;
    await page.route("**/wechatpush/run", async (route) => {
      calls += 1;
      if (calls > 1) return route.continue();
      await route.fetch();
      return route.abort();
    });
    await page.locator("[data-test=confirm]").click();
    await page.locator("dialog[open] [role=alert] button").click();
    await page.waitForURL(/\/occurrences\/\d+$/);
    expect([calls, await occurrences()]).toEqual([2, 1]);
    await close();
  });

  test("two tabs that ask the same question send one push", async () => {
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    const other = await page.context().newPage();
    await asked(page);
    await asked(other);
    await Promise.all([page.locator("[data-test=confirm]").click(), other.locator("[data-test=confirm]").click()]);
    for (const tab of [page, other]) {
      // The one that came second while the first was worked on says so, and is answered when it asks again.
      const done = tab.waitForURL(/\/occurrences\/\d+$/);
      const again = tab.locator("dialog[open] [role=alert] button").click();
      await Promise.race([done, again.catch(() => undefined)]);
      await done;
    }
    expect(page.url()).toBe(other.url());
    expect(await occurrences()).toBe(1);
    await close();
  });

  test("people who came meanwhile are not sent to unasked", async () => {
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    await asked(page);
    const before = Number(await page.locator("[data-test=send-count] [data-value]").getAttribute("data-value"));
    await addPeople(40);
    await page.locator("[data-test=confirm]").click();
    await page.locator("dialog[open] [role=alert]").waitFor();
    await page.locator(`[data-test=send-count] [data-value='${before + 40}']`).waitFor();
    expect(await occurrences()).toBe(0);
    if (SCREENS) await page.screenshot({ path: `${SCREENS}/console-send-changed.png` });
    await page.locator("[data-test=confirm]:not([disabled])").click();
    await page.waitForURL(/\/occurrences\/\d+$/);
    expect(await occurrences()).toBe(1);
    await close();
  });

  test("nobody is told why, and nothing can be sent", async () => {
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    const body = { id: rule, name: "没有人", ...PUSH, lastOrderDay: 300, lastOrderDayLimit: 400 };
    expect((await server.post("/wechatpush/edit", body)).status).toBe(200);
    await page.goto(`${server.url}/console/rules/${rule}`);
    await page.locator("[data-test=run]").click();
    const why = page.locator("[data-test=nobody]");
    await why.waitFor();
    // No question, but how it comes about: everybody is there until the window, and nobody after it.
    expect(await page.locator("dialog[open]").count()).toBe(0);
    expect(await why.textContent()).toContain("没有人会收到");
    expect(await why.locator("[data-value='0']").count()).toBeGreaterThan(0);
    expect(await page.evaluate("document.activeElement?.dataset.test")).toBe("run");
    if (SCREENS) await page.screenshot({ path: `${SCREENS}/console-send-nobody.png` });
    expect(await seriousFindings(page)).toEqual([]);
    await page.goto(`${server.url}/console/rules?q=${encodeURIComponent("没有人")}`);
    await page.locator("table.grid button", { hasText: "触发" }).click();
    await why.waitFor();
    expect(await page.locator("dialog[open]").count()).toBe(0);
    expect(await occurrences()).toBe(0);
    await close();
  });

  test("staff have no way to send, and the server refuses it", async () => {
    await server.post("/api/users", { username: "clerk", password: TEST_PASSWORD, role: "staff" });
    const { page, close } = await openConsole(browser);
    await signIn(page, server, "clerk");
    await page.goto(`${server.url}/console/rules/${rule}`);
    await page.locator("main h1").waitFor();
    expect(await page.locator("[data-test=run], [data-test=test-send]").count()).toBe(0);
    await page.goto(`${server.url}/console/rules`);
    await page.locator("table.grid a").first().waitFor();
    expect(await page.locator("[data-test=new-rule]").count()).toBe(0);
    const status = await page.evaluate(
      `fetch("../wechatpush/run", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ id: ${rule} }) }).then(({ status }) => status)`,
    );
    expect(status).toBe(403);
    expect(await occurrences()).toBe(0);
    await close();
  });

  test("a server that fails while a rule is saved says so, keeps what was written, and is asked again", async () => {
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    await page.goto(`${server.url}/console/rules/${rule}/edit`);
    await page.locator("[data-test=content]").fill("改过的文案");
    await page.route("**/wechatpush/edit", (route) => route.fulfill({ status: 500, body: "{}" }));
    await page.locator("[data-test=save]").click();
    await page.locator("[role=alert] button").waitFor();
    expect(await page.locator("[data-test=content]").inputValue()).toBe("改过的文案");
    await page.unroute("**/wechatpush/edit");
    await page.locator("[role=alert] button").click();
    await page.waitForURL(new RegExp(`/rules/${rule}$`));
    const { json } = await server.post("/wechatpush/info", { id: rule });
    expect(json).toMatchObject({ data: { content: "改过的文案" } });
    await close();
  });
});
