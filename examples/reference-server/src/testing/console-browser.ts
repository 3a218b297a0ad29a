import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect, test } from "vitest";
import { TEST_PASSWORD, TEST_USERNAME, type TestServer } from "./test-server.js";

export const CHROMIUM = "/usr/bin/chromium";
/**
 * CONSOLE_LANE=full: all pages, all decisions, all journeys, at their full size, as `npm run test:full` has them. Without it each
 * point that the console has to hold is shown once, at its smallest.
 */
export const IS_FULL = process.env.CONSOLE_LANE === "full";
const require = createRequire(import.meta.url);

/** A test of the full lane; at every change it is not there. */
export const inFull: (name: string, work: () => Promise<void>, timeout?: number) => void = IS_FULL ? test : () => {};

/** A browser page of the console that keeps account of what goes wrong on it. */
export interface Watched {
  readonly page: Page;
  /** Addresses that were asked for. */
  readonly requests: readonly string[];
  /** Errors of scripts, refusals of the content policy, requests that failed. */
  readonly faults: readonly string[];
  /** Waits until every question of the page is answered; streams have no end and are not waited for. */
  settled(timeout?: number): Promise<void>;
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
  const waiting = new Set<unknown>();
  page.on("request", (request) => {
    requests.push(request.url());
    if (request.resourceType() !== "eventsource") waiting.add(request);
  });
  page.on("requestfinished", (request) => waiting.delete(request));
  page.on("requestfailed", (request) => waiting.delete(request));
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`${message.text()} ${message.location().url}`);
  });
  /** Nothing is waited for, and after what the page draws of it still nothing. */
  const settled = async (timeout = 20_000) => {
    for (let calm = 0; calm < 2; calm = waiting.size === 0 ? calm + 1 : 0) {
      await expect.poll(() => waiting.size, { interval: 10, timeout }).toBe(0);
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }
  };
  return { page, requests, faults, settled, close: () => context.close() };
}

/** Signs in without the form: whatever page is opened then belongs to somebody. */
export async function signIn(page: Page, server: Pick<TestServer, "url">, username = TEST_USERNAME): Promise<void> {
  const data = { username, password: TEST_PASSWORD };
  const answer = await page.context().request.post(`${server.url}/api/session`, { data });
  expect(answer.status(), await answer.text()).toBe(200);
}

/** Signs in by the form, and waits for the first page. */
export async function signInByForm(page: Page, server: Pick<TestServer, "url">): Promise<void> {
  const username = TEST_USERNAME;
  await page.goto(`${server.url}/console/`);
  await page.locator("[data-test=username]").fill(username);
  await page.locator("[data-test=password]").fill(TEST_PASSWORD);
  await page.locator("[data-test=sign-in]").click();
  await page.locator("h1", { hasText: /工作台|Workbench/ }).waitFor();
}

/** Goes to another page of the console as a link in it would, without reading everything anew. */
export async function hop(page: Page, url: string): Promise<void> {
  if (page.url() === url) return;
  await page.evaluate(`(() => {
    for (const heading of document.querySelectorAll("main h1")) heading.dataset.before = "";
    const state = { back: null, current: ${JSON.stringify(new URL(url).pathname)}, forward: null, position: history.length };
    history.pushState(state, "", ${JSON.stringify(url)});
    dispatchEvent(new PopStateEvent("popstate", { state }));
  })()`);
  await page.locator("main h1:not([data-before])").first().waitFor();
}

let axe: Promise<string> | undefined;

/** Findings of axe that keep people out, with where they are. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  axe ??= readFile(require.resolve("axe-core/axe.min.js"), "utf8");
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(await axe);
  return page.evaluate<string[]>(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ target }) => target.join(" ")).join(", ")))`);
}

/** A page is no wider than its window. */
export async function expectNoSidewaysScroll(page: Page, what: string): Promise<void> {
  const over = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
  expect(over, what).toBeLessThanOrEqual(0);
}
