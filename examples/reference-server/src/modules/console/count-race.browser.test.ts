import { existsSync } from "node:fs";
import type { Browser, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, launchBrowser, openConsole, signIn } from "../../testing/console-browser.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const DAY = 86_400_000;
const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";
/** People by how many days ago they bought: the number of a form tells which form it is of. */
const PEOPLE: Readonly<Record<number, number>> = { 10: 1, 20: 2, 30: 4, 40: 8 };

describe.skipIf(isMissing)("a count and its form (needs /usr/bin/chromium)", () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchBrowser();
    const { kit, clock } = server.context;
    for (const [days, count] of Object.entries(PEOPLE)) {
      const keys = Array.from({ length: count }, (_, at) => `d${days}-${at}`);
      await kit.customers.upsert(keys.map((externalKey) => ({ externalKey, externalUserId: `wm-${externalKey}` })));
      const orderedAt = clock.now() - Number(days) * DAY;
      await kit.orders.ingest(
        keys.map((externalKey) => ({ externalId: `o-${externalKey}`, externalKey, orderedAt, amountMinor: 990 })),
      );
    }
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test("the number shown is always that of the form shown, with answers delayed and in reverse", async () => {
    const { page, settled, close } = await openConsole(browser);
    await signIn(page, server);
    await page.addInitScript(`
      window.spoken = [];
      document.addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
        const text = [...document.querySelectorAll("aside [role=status]")].map((at) => at.textContent.trim()).join("");
        if (text !== "" && text !== window.spoken.at(-1)) window.spoken.push(text);
      }).observe(document.body, { subtree: true, childList: true, characterData: true }));
    `);
    const held: (() => Promise<void>)[] = [];
    await page.route("**/wechatpush/preview", (route: Route) => {
      held.push(() => route.continue().catch(() => undefined));
    });
    await page.goto(`${server.url}/console/rules/new`);
    const count = page.locator("[data-test=live-count]");
    const shown = async () => {
      const [state, value, most] = await Promise.all([
        count.getAttribute("data-state"),
        count.getAttribute("data-value"),
        page.locator("[data-test=most-days]").inputValue(),
      ]);
      // Whoever bought within `most` days, from day 5 on.
      const expected = Object.entries(PEOPLE).reduce((sum, [day, n]) => sum + (Number(day) <= Number(most) ? n : 0), 0);
      if (state === "exact") expect(Number(value)).toBe(expected);
      else expect(value).toBeNull();
      return state;
    };
    await count.waitFor();
    expect(await count.textContent()).not.toContain("0");
    await page.locator("[data-test=least-days]").fill("5");
    for (const most of [15, 25, 35, 45]) {
      const before = held.length;
      await page.locator("[data-test=most-days]").fill(String(most));
      await expect.poll(() => held.length).toBeGreaterThan(before);
      expect(await shown()).toBe("counting");
    }
    for (const release of held.reverse()) {
      await release();
      await shown();
    }
    await page.locator("[data-test=live-count][data-state=exact]").waitFor();
    expect(await shown()).toBe("exact");
    expect(await count.getAttribute("data-value")).toBe("15");
    await settled();
    expect(await shown()).toBe("exact");
    // Told once, after it has settled, and not for what was overtaken.
    await expect.poll(() => page.evaluate("window.spoken")).toEqual([expect.stringContaining("15")]);
    await close();
  });

  test("while the number is not known nothing can be sent", async () => {
    const push = {
      name: "召回",
      startDate: "2020-01-01",
      endDate: "2099-12-31",
      lastOrderDay: 5,
      lastOrderDayLimit: 45,
    };
    const times = { weekDayPushTime: [{ week: 1, time: "03:00" }], content: "喵" };
    expect((await server.post("/wechatpush/create", { ...push, ...times })).status).toBe(200);
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    let release = async () => {};
    await page.route("**/wechatpush/preview", (route) => {
      release = () => route.continue();
    });
    await page.goto(`${server.url}/console/rules/1`);
    await page.locator("[data-test=run]").click();
    const counting = page.locator("[data-test=send-counting][role=status]");
    await counting.waitFor();
    expect(await page.locator("dialog[open], [data-test=confirm], [data-test=send-count]").count()).toBe(0);
    expect(await counting.textContent()).not.toMatch(/\d/);
    await release();
    await page.locator("[data-test=send-count] [data-value='15']").waitFor();
    await close();
  });
});
