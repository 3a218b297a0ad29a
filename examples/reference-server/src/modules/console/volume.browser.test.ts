import { existsSync } from "node:fs";
import { sql } from "kysely";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, IS_FULL, launchBrowser, openConsole, signIn } from "../../testing/console-browser.js";
import { seedDeliveries, seedPeople } from "../../testing/seeded-push.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const DAY = 86_400_000;
const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";
/** Deliveries of one push; labels and rules go with it. */
const PEOPLE = Number(process.env.CONSOLE_PEOPLE ?? 10_000);
const SKUS = PEOPLE / 10;
const RULES = 2_000;
const MOST_REQUESTS = 6;
const MOST_ROWS = 200;
/** Pages before memory is measured, and pages on. */
const [FIRST_TURNS, TURNS] = IS_FULL ? [10, 50] : [5, 15];
const PUSH = {
  ...{ startDate: "2020-01-01", endDate: "2099-12-31", weekDayPushTime: [{ week: 1, time: "03:00" }] },
  ...{ allCustomers: true, content: "喵" },
};

describe.skipIf(isMissing)(`the console over ${PEOPLE} deliveries (needs /usr/bin/chromium)`, () => {
  let server: TestServer;
  let browser: Browser;
  let rule = 0;
  let occurrence = 0;
  beforeAll(async () => {
    server = await startTestServer({ FREQUENCY_CAPS: "off" }, { role: "api" });
    browser = await launchBrowser();
    await seed();
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function seed() {
    const { kit, stores, clock } = server.context;
    const { sql: db } = stores;
    const at = clock.now() - DAY;
    await server.post("/wechatpush/create", { name: "大推送", ...PUSH });
    rule = (await kit.rules.list()).items[0]?.id ?? 0;
    await kit.occurrences.runNow(rule);
    occurrence = (await kit.occurrences.list({ ruleId: rule })).items[0]?.id ?? 0;
    const first = await seedPeople(db, PEOPLE, at);
    const some = PEOPLE / 20;
    const people = { accepted: 4 * some, delivered: 14 * some, not_delivered: some, failed: some };
    await seedDeliveries(db, { occurrence, first, people, at });
    await sql`
      INSERT INTO rk_labels (tenant_id, kind, bind_key, name)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${SKUS})
      SELECT 1, 'sku', printf('S%06d', i), '商品 ' || i FROM n`.execute(db);
    // Rules as copies of one that was made by the route.
    await sql`
      INSERT INTO rk_rules (tenant_id, name, name_search, active_name, status, version, created_at, updated_at, planned_until)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${RULES - 1})
      SELECT 1, '规则 ' || i, '规则 ' || i, '规则 ' || i, status, version, created_at, updated_at, planned_until
      FROM n, (SELECT * FROM rk_rules WHERE id = ${rule})`.execute(db);
    await sql`
      INSERT INTO rk_rule_versions (tenant_id, rule_id, version, definition, created_at)
      SELECT r.tenant_id, r.id, v.version, json_set(v.definition, '$.name', r.name), v.created_at FROM rk_rules r, rk_rule_versions v
      WHERE v.rule_id = ${rule} AND r.id <> ${rule}`.execute(db);
  }

  /** Requests to the server's routes, and those of them that ask for a list without an end. */
  function watch(page: Page) {
    const asked: string[] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (["fetch", "xhr"].includes(request.resourceType()))
        asked.push(`${request.method()} ${url.pathname}${url.search}`);
    });
    return asked;
  }
  const rows = (page: Page) =>
    page.evaluate<number>(`document.querySelectorAll("main tbody tr, main li, .el-select-dropdown__item").length`);
  /** Every list that the server can give in pages is asked for by a page of it. */
  const isUnpaged = (request: string) =>
    /\/api\/ops\/(occurrences|batches|deliveries|attempts|reviews|dead-letters|alarms)(\?|$)|\/api\/(labels\/counts|people|imports)(\?|$)/.test(
      request,
    ) && !/[?&]limit=\d{1,3}(&|$)/.test(request);

  test("every page asks little, shows little, and gets lists by the page", async () => {
    const { page, faults, settled, close } = await openConsole(browser);
    await signIn(page, server);
    const asked = watch(page);
    const largest = ["", "rules", `rules/${rule}`, "rules/new", "occurrences", "effect", "labels?kind=sku"];
    const others = [
      ...[`rules/${rule}?tab=effect`, `rules/${rule}/edit`, `rules/${rule}/occurrences/${occurrence}?state=failed`],
      ...["reviews", `effect?rule=${rule}`, "customers?q=v1", "monitor", "segments/new"],
    ];
    for (const path of [...largest, `rules/${rule}/occurrences/${occurrence}`, ...(IS_FULL ? others : [])]) {
      asked.length = 0;
      await page.goto(`${server.url}/console/${path}`);
      await page.locator("main h1").waitFor();
      await settled(300_000);
      // What is asked again by and by is the same request; who it is that asks belongs to the frame around all pages.
      const distinct = new Set(asked.filter((one) => !/ \/api\/(session|me)$/.test(one)));
      expect(distinct.size, `${path}: ${[...distinct].join(", ")}`).toBeLessThanOrEqual(MOST_REQUESTS);
      expect(asked.filter(isUnpaged), path).toEqual([]);
      expect(await rows(page), path).toBeLessThanOrEqual(MOST_ROWS);
    }
    expect(faults).toEqual([]);
    await close();
  }, 900_000);

  test("a SKU of very many is found by its beginning", async () => {
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    await page.goto(`${server.url}/console/rules/new`);
    const list = page.getByRole("combobox", { name: "SKU" });
    await list.focus();
    const last = `S${String(SKUS).padStart(6, "0")}`;
    await list.fill(last.slice(0, -1));
    const option = page.locator(".el-select-dropdown__item", { hasText: last });
    await option.waitFor();
    expect(await rows(page)).toBeLessThanOrEqual(MOST_ROWS);
    await option.click();
    await page.locator(".el-tag", { hasText: String(SKUS) }).waitFor();
    await close();
  });

  test("a rule of two thousand is found by its name", async () => {
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    await page.goto(`${server.url}/console/effect`);
    await page.locator("[data-test=find-rule]").fill("大推送");
    await page.locator("[data-test=rule] option", { hasText: "大推送" }).waitFor({ state: "attached" });
    await page.locator("[data-test=rule]").selectOption({ label: "大推送" });
    await page.locator("[role=search] button").click();
    await page.locator(`[data-figure='funnel.sent'][data-value='${PEOPLE}']`).waitFor({ timeout: 300_000 });
    await close();
  }, 400_000);

  test(`${TURNS} pages on there are no more rows, and no more memory is held`, async () => {
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    const session = await page.context().newCDPSession(page);
    await page.goto(`${server.url}/console/rules/${rule}/occurrences/${occurrence}`);
    await page.locator("[data-test=more]").waitFor();
    await page.locator("[data-test=sum]", { hasText: "✓" }).waitFor();
    const first = await page.locator("main tbody tr").first().textContent();
    const turn = async () => {
      const before = await page.locator("main tbody tr").last().textContent();
      await page.locator("[data-test=more]").click();
      await expect.poll(() => page.locator("main tbody tr").last().textContent(), { interval: 20 }).not.toBe(before);
    };
    // As many pages as are shown, and the memory that they take, before it is measured.
    for (let at = 0; at < FIRST_TURNS; at++) await turn();
    const before = await heldBytes(session);
    for (let at = FIRST_TURNS; at < TURNS; at++) {
      await turn();
      expect(await page.locator("main tbody tr").count()).toBeLessThanOrEqual(MOST_ROWS);
    }
    const after = await heldBytes(session);
    expect(after).toBeLessThan(before * 1.2 + 1_000_000);
    // The way back.
    await page.locator("[data-test=to-start]").click();
    await expect.poll(() => page.locator("main tbody tr").first().textContent()).toBe(first);
    await close();
  }, 400_000);

  /** What is still held after all that can be let go is. */
  async function heldBytes(session: CDPSession): Promise<number> {
    await session.send("HeapProfiler.collectGarbage");
    await session.send("HeapProfiler.collectGarbage");
    return (await session.send("Runtime.getHeapUsage")).usedSize;
  }
});
