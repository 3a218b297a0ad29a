import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CHROMIUM,
  IS_FULL,
  inFull,
  launchBrowser,
  openConsole,
  seriousFindings,
  signIn,
} from "../../testing/console-browser.js";
import { freePort } from "../../testing/free-port.js";
import { type FrontProxy, startProxy } from "../../testing/proxy.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";
const STREAM = "GET /api/messages/stream";
/** Pages that ask again by themselves. */
const ASKING = ["monitor", "occurrences", "reviews", "imports", "settings/jobs", ""];

describe.skipIf(isMissing)("the stream in a browser (needs /usr/bin/chromium)", () => {
  let server: TestServer;
  let proxy: FrontProxy;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTestServer();
    proxy = await startProxy(server.url);
    browser = await launchBrowser();
    const template = { name: "n", channel: "sms", content: { text: "{{n}}" }, variables: { n: {} } };
    await server.post("/api/templates", { ...template, message_class: "transactional" });
  });
  afterAll(async () => {
    await browser?.close();
    await proxy?.close();
    await server?.close();
  });

  const streams = () => proxy.seen.filter((one) => one.startsWith(STREAM)).length;
  const total = (page: Page, value: number) => page.locator(`.cards [data-value='${value}']`).first();
  async function send(count: number) {
    for (let at = 0; at < count; at++) {
      const message = { template_id: 1, recipient: `1380013800${at}`, variables: { n: "1" } };
      expect((await server.post("/api/messages/send", message)).status).toBe(201);
    }
  }

  test("eight tabs have one stream; cut, it says so, greys its figures, and comes back with what there is, not with a sum", async () => {
    const { page, close } = await openConsole(browser);
    await signIn(page, { ...server, url: proxy.url });
    await page.goto(`${proxy.url}/console/monitor`);
    await page.locator("[data-test=freshness][data-link=live]").waitFor();
    const others = await Promise.all(
      Array.from({ length: 7 }, async () => {
        const tab = await page.context().newPage();
        await tab.goto(`${proxy.url}/console/monitor`);
        await tab.locator("[data-test=freshness][data-link=live]").waitFor();
        return tab;
      }),
    );
    expect(streams()).toBe(1);
    await send(3);
    for (const tab of [page, ...others]) await total(tab, 3).waitFor();
    expect(await seriousFindings(page)).toEqual([]);

    await proxy.cut();
    await page.locator("[data-test=freshness][data-link=cut]").waitFor({ timeout: 20_000 });
    expect(await page.locator("[data-test=freshness]").textContent()).toContain("已断开");
    if (IS_FULL) {
      // Three beats later; `live-stream.test.ts` has the same by a clock of its own.
      await page.locator("[data-test=freshness][data-old=true]").waitFor({ timeout: 30_000 });
      expect(await page.locator(".cards.old").count()).toBe(1);
    }
    expect(await total(page, 3).count()).toBe(1);
    if (process.env.SCREENS_DIR) await page.screenshot({ path: `${process.env.SCREENS_DIR}/console-monitor-cut.png` });
    expect(await seriousFindings(page)).toEqual([]);
    await send(1);
    await proxy.mend();
    for (const tab of [page, ...others]) {
      await tab.locator("[data-test=freshness][data-link=live]").waitFor({ timeout: 60_000 });
      await total(tab, 4).waitFor();
    }
    expect(await page.locator(".cards.old").count()).toBe(0);
    // The tab that has the stream goes: another one takes it over.
    const before = streams();
    await page.close();
    await send(1);
    for (const tab of others) await total(tab, 5).waitFor();
    expect(streams()).toBe(before + 1);
    await close();
  }, 180_000);

  inFull(
    "a server that is stopped for longer than ten seconds is missed, and comes back without a reload and with nothing doubled",
    async () => {
      const environment = {
        PORT: String(await freePort()),
        DATA_DIR: await mkdtemp(join(tmpdir(), "recallkit-stop-")),
      };
      let stopped = await startTestServer(environment);
      const sendOne = async (at: number) => {
        const message = { template_id: 1, recipient: `1380013801${at}`, variables: { n: "1" } };
        expect((await stopped.post("/api/messages/send", message)).status).toBe(201);
      };
      const template = { name: "n", channel: "sms", content: { text: "{{n}}" }, variables: { n: {} } };
      await stopped.post("/api/templates", { ...template, message_class: "transactional" });
      for (const at of [1, 2, 3]) await sendOne(at);
      const { page, close } = await openConsole(browser);
      await signIn(page, stopped);
      await page.goto(`${stopped.url}/console/monitor`);
      await total(page, 3).waitFor();
      await page.evaluate("window.isTheSame = true");
      await stopped.close();
      await page.locator("[data-test=freshness][data-link=cut]").waitFor({ timeout: 20_000 });
      // Three beats without a sign, which is longer than ten seconds.
      await page.locator("[data-test=freshness][data-old=true]").waitFor({ timeout: 30_000 });
      expect(await page.locator(".cards.old").count()).toBe(1);
      expect(await total(page, 3).count()).toBe(1);
      stopped = await startTestServer(environment);
      await page.locator("[data-test=freshness][data-link=live]").waitFor({ timeout: 60_000 });
      expect(await total(page, 3).count()).toBe(1);
      await sendOne(4);
      await total(page, 4).waitFor();
      expect(await page.locator(".cards.old").count()).toBe(0);
      expect(await page.evaluate("window.isTheSame")).toBe(true);
      await close();
      await stopped.close();
      await rm(environment.DATA_DIR, { recursive: true, force: true });
    },
    180_000,
  );

  test("a page that nobody looks at asks nothing for five minutes, and everything once it is looked at", async () => {
    const { page, close } = await openConsole(browser);
    await page.clock.install();
    await page.addInitScript(`
      let shown = "visible";
      Object.defineProperty(document, "visibilityState", { get: () => shown });
      Object.defineProperty(document, "hidden", { get: () => shown === "hidden" });
      window.look = (next) => { shown = next; document.dispatchEvent(new Event("visibilitychange", { bubbles: true })); };
    `);
    await signIn(page, server);
    for (const path of IS_FULL ? ASKING : ASKING.slice(0, 2)) {
      await page.goto(`${server.url}/console/${path}`);
      await page.locator("main h1").waitFor();
      await page.waitForLoadState("load");
      await page.evaluate(`look("hidden")`);
      // It lets go of the stream after a minute.
      await page.clock.runFor(65_000);
      const asked: string[] = [];
      const note = (request: { url(): string }) => asked.push(request.url());
      page.on("request", note);
      await page.clock.runFor(300_000);
      page.off("request", note);
      expect(asked, path).toEqual([]);
      const again = page.waitForRequest(/\/(api|wechatpush)\//, { timeout: 20_000 });
      await page.evaluate(`look("visible")`);
      await page.clock.runFor(20_000);
      await again;
    }
    await close();
  }, 120_000);

  test("where no stream gets through, it is asked instead", async () => {
    const { page, close } = await openConsole(browser);
    await page.route("**/api/messages/stream", (route) => route.fulfill({ status: 502, body: "" }));
    await signIn(page, server);
    await page.goto(`${server.url}/console/monitor`);
    await page.locator("[data-test=freshness][data-link=polling]").waitFor();
    await page.locator(".cards [data-value]").first().waitFor();
    expect(await page.locator("[data-test=freshness]").textContent()).toContain("轮询");
    await close();
  });
});
