import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS } from "../../testing/link-visitors.js";
import { shopWithCoupon } from "../../testing/shop-with-coupon.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const EXECUTABLE = "/usr/bin/chromium";
const isMissing = !existsSync(EXECUTABLE) && process.env.REQUIRE_SERVICES !== "1";
/** A folder to leave pictures in; `docs/screens` holds those that were looked at. */
const SCREENS = process.env.LANDING_SCREENS;
const require = createRequire(import.meta.url);

describe.skipIf(isMissing)("the page of a link in a browser (needs /usr/bin/chromium)", () => {
  let server: TestServer;
  let browser: Browser;
  let axe: string;

  beforeAll(async () => {
    server = await startTestServer();
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", "--disable-gpu"] });
    axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
    if (SCREENS) await mkdir(SCREENS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** A phone with what it asked for and what went wrong. */
  async function phone(options: BrowserContextOptions = {}) {
    const context = await browser.newContext({
      viewport: { width: 390, height: 720 },
      deviceScaleFactor: 2,
      locale: "zh-CN",
      // As headless it would be taken for a program, which it is.
      userAgent: String(BROWSERS[0]?.headers["user-agent"]),
      ...options,
    });
    const page = await context.newPage();
    const requests: string[] = [];
    const faults: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => {
      // A page with a status of its own is no fault of the page.
      if (message.type() === "error" && !message.text().includes("the server responded with a status")) {
        faults.push(message.text());
      }
    });
    page.on("pageerror", (error) => faults.push(error.message));
    return { context, page, requests, faults };
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (SCREENS) await page.screenshot({ path: `${SCREENS}/landing-${name}.png`, fullPage: true });
  }

  /** Findings of axe that keep people out. */
  async function serious(page: Page): Promise<readonly string[]> {
    await page.evaluate(axe);
    const found: { readonly id: string; readonly impact: string | null }[] = await page.evaluate(
      "axe.run().then((result) => result.violations.map(({ id, impact }) => ({ id, impact })))",
    );
    return found.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id);
  }

  async function close(context: BrowserContext): Promise<void> {
    await context.close();
  }

  test("a person opens it, claims, and sees the same code when they open it again", async () => {
    const { token, coupon } = await shopWithCoupon(server);
    const { context, page, requests, faults } = await phone();
    await page.goto(`${server.url}/landing/${token}`, { waitUntil: "networkidle" });
    await picture(page, "open");
    expect(await serious(page)).toEqual([]);
    expect(requests.length).toBeLessThanOrEqual(3);
    const button = page.locator("[data-test=claim]");
    expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await button.click();
    const code = page.locator("[data-test=code]");
    await code.waitFor();
    const shown = await code.textContent();
    await picture(page, "claimed");
    expect(await serious(page)).toEqual([]);
    await page.goto(`${server.url}/landing/${token}`);
    expect(await code.textContent()).toBe(shown);
    expect(faults).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(`${server.url}/`) && !url.startsWith("data:"))).toEqual([]);
    const kit = server.context.kit;
    expect(await kit.coupons.report(coupon)).toMatchObject({ issued: 1, claimed: 1 });
    const { items } = await kit.links.list({ couponId: coupon });
    expect(items[0]).toMatchObject({ views: 3, clicks: expect.any(Number), scans: 0 });
    expect(items[0]?.clicks).toBeGreaterThanOrEqual(1);
    await close(context);
  });

  test("without JavaScript everything works", async () => {
    const { token } = await shopWithCoupon(server);
    const { context, page, requests } = await phone({ javaScriptEnabled: false });
    await page.goto(`${server.url}/landing/${token}`);
    await page.locator("[data-test=claim]").click();
    await page.locator("[data-test=code]").waitFor();
    await picture(page, "claimed-no-script");
    expect(new URL(page.url()).pathname).toBe(`/landing/${token}`);
    expect(requests.every((url) => url.startsWith(`${server.url}/`) || url.startsWith("data:"))).toBe(true);
    await close(context);
  });

  test.each([
    ["sold-out", 409, "已抢光"],
    ["expired", 410, "已过期"],
    ["revoked", 410, "已撤回"],
    ["unknown", 404, "链接无效"],
  ] as const)("%s answers %i and says so in one sentence, with nothing to press", async (state, status, words) => {
    const { token, end } = await shopWithCoupon(server);
    await end[state]?.();
    const { context, page } = await phone({ colorScheme: state === "expired" ? "dark" : "light" });
    const path = state === "unknown" ? "AAAAAAAAAAAAAAAAAAAAAA" : token;
    const response = await page.goto(`${server.url}/landing/${path}`);
    expect(response?.status()).toBe(status);
    await page.getByRole("heading", { name: words }).waitFor();
    await picture(page, state);
    expect(await page.locator("form button").count()).toBe(0);
    expect(await serious(page)).toEqual([]);
    await close(context);
  });

  test.each([
    [320, "light", "zh-CN"],
    [320, "dark", "en-US"],
    [390, "dark", "zh-CN"],
  ] as const)("at %i px, %s, %s nothing is cut off and everything can be read", async (width, colorScheme, locale) => {
    const { token } = await shopWithCoupon(server);
    const { context, page } = await phone({ viewport: { width, height: 640 }, colorScheme, locale });
    await page.goto(`${server.url}/landing/${token}`);
    const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(overflow).toBe(0);
    expect(await serious(page)).toEqual([]);
    await picture(page, `${width}-${colorScheme}-${locale.slice(0, 2)}`);
    await close(context);
  });

  test("the way out asks, does it at a press, and holds", async () => {
    const { token } = await shopWithCoupon(server);
    const { context, page } = await phone();
    await page.goto(`${server.url}/landing/${token}`);
    await page.getByRole("link", { name: "退订" }).click();
    await picture(page, "unsubscribe");
    expect(await serious(page)).toEqual([]);
    expect((await server.context.kit.suppressions.list({ channel: "sms" })).items).toEqual([]);
    await page.getByRole("button", { name: "短信" }).click();
    await page.getByRole("heading", { name: "已退订" }).waitFor();
    await picture(page, "unsubscribed");
    const { items } = await server.context.kit.suppressions.list({ channel: "sms" });
    expect(items).toMatchObject([{ reason: "opt_out" }]);
    await close(context);
  });

  test("the eight characters of a message lead to the page", async () => {
    const { code } = await shopWithCoupon(server);
    const { context, page } = await phone();
    await page.goto(`${server.url}/landing`);
    await picture(page, "code");
    expect(await serious(page)).toEqual([]);
    await page.locator("input[name=code]").fill(`${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`);
    await page.getByRole("button").click();
    await page.locator("[data-test=claim]").waitFor();
    await close(context);
  });
});
