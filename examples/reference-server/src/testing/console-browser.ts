import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { TEST_PASSWORD, TEST_USERNAME, type TestServer } from "./test-server.js";

export const CHROMIUM = "/usr/bin/chromium";
const require = createRequire(import.meta.url);

/** A browser page of the console that keeps account of what goes wrong on it. */
export interface Watched {
  readonly page: Page;
  /** Addresses that were asked for. */
  readonly requests: readonly string[];
  /** Errors of scripts, refusals of the content policy, requests that failed. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** A browser that can reach this machine only. */
export function launchBrowser(): Promise<Browser> {
  const away = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu", away] });
}

export async function openConsole(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "zh-CN", ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const faults: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  return { page, requests, faults, close: () => context.close() };
}

/** Signs in, and waits for the first page. */
export async function signIn(page: Page, server: TestServer, username = TEST_USERNAME): Promise<void> {
  await page.goto(`${server.url}/console/`);
  await page.locator("[data-test=username]").fill(username);
  await page.locator("[data-test=password]").fill(TEST_PASSWORD);
  await page.locator("[data-test=sign-in]").click();
  await page.locator("h1", { hasText: /工作台|Workbench/ }).waitFor();
}

let axe: Promise<string> | undefined;

/** Findings of axe that keep people out, with where they are. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  axe ??= readFile(require.resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(await axe);
  return page.evaluate<string[]>(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ target }) => target.join(" ")).join(", ")))`);
}

/** A page is no wider than its window. */
export async function expectNoSidewaysScroll(page: Page, what: string): Promise<void> {
  const over = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
  expect(over, what).toBeLessThanOrEqual(0);
}
