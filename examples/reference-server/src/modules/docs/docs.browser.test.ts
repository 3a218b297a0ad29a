import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const EXECUTABLE = "/usr/bin/chromium";
const isMissing = !existsSync(EXECUTABLE) && process.env.REQUIRE_SERVICES !== "1";

describe.skipIf(isMissing)("pages in a browser (needs /usr/bin/chromium)", () => {
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await startTestServer({ CONSOLE: "off" });
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", "--disable-gpu"] });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Opens a page and watches it: every request, what the content policy blocked, what failed. */
  async function open(path: string) {
    const page = await browser.newPage();
    const requests: string[] = [];
    const faults: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(server.url + path, { waitUntil: "networkidle" });
    return { page, requests, faults };
  }

  function foreign(requests: readonly string[]): readonly string[] {
    return requests.filter((url) => !url.startsWith(`${server.url}/`) && !/^(data|blob):/.test(url));
  }

  /** Scrolls to an operation: those far from the window are not in the page yet. */
  async function reach(page: Page, path: string) {
    const operation = page.getByText(path, { exact: true }).first();
    await page.locator(".opblock").first().waitFor();
    const next = async () => {
      if ((await operation.count()) > 0) return true;
      await page.mouse.wheel(0, 500);
      return false;
    };
    await expect.poll(next, { timeout: 60_000, interval: 50 }).toBe(true);
    await operation.scrollIntoViewIfNeeded();
  }

  async function logIn(page: Page): Promise<void> {
    await page.locator("button.authorize").first().click();
    await page.locator('input[aria-label="auth-bearer-value"], .auth-container input').first().fill(server.token);
    await page.locator(".auth-btn-wrapper button.authorize").click();
    await page.locator(".auth-btn-wrapper button.btn-done").click();
  }

  test("/docs lists the operations and asks no other host", async () => {
    const { page, requests, faults } = await open("/docs");
    await reach(page, "/wechatpush/create");
    expect(foreign(requests)).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("/docs calls a route with the bearer token", async () => {
    const { page } = await open("/docs");
    await logIn(page);
    await reach(page, "/wechatpush/labels");
    const labels = page.locator(".opblock", { hasText: "/wechatpush/labels" });
    await labels.locator(".opblock-summary-control").click();
    await labels.getByRole("button", { name: "Try it out" }).click();
    const answered = page.waitForResponse((response) => response.url().endsWith("/wechatpush/labels"));
    await labels.getByRole("button", { name: "Execute" }).click();
    expect(await (await answered).json()).toMatchObject({ success: true });
    await page.close();
  });

  test("/redoc renders the reference and asks no other host, not even for a logo", async () => {
    const { page, requests, faults } = await open("/redoc");
    await page.getByRole("heading", { name: "创建精准推送" }).waitFor();
    expect(foreign(requests)).toEqual([]);
    expect(faults).toEqual([]);
    const images = await page.locator("img").evaluateAll((all) => all.map((image) => image.getAttribute("src") ?? ""));
    for (const source of images) expect(source).toMatch(/^data:/);
    await page.close();
  });

  test("/ leads to both", async () => {
    const { page, requests, faults } = await open("/");
    const links = await page.locator("a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    expect(links).toEqual(expect.arrayContaining(["/docs", "/redoc", "/openapi.json", "/health"]));
    expect(foreign(requests)).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });
});
