import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CHROMIUM,
  expectNoSidewaysScroll,
  hop,
  launchBrowser,
  openConsole,
  seriousFindings,
  signIn,
} from "../../testing/console-browser.js";
import { type FullShop, startFullShop } from "../../testing/console-pages.js";

const web = new URL("../../../web/", import.meta.url);
const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";
/** Folder that pictures of the pages go to. */
const SCREENS = process.env.SCREENS_DIR;
/** Every page and dialog in the named looks, or in all, takes minutes: `npm run test:full`. Without it each page has one look. */
const ASKED = process.env.CONSOLE_LOOKS ?? "";
const LOOKS = looks().filter(({ name }) => ASKED === "all" || ASKED.split(",").includes(name));
/** Pages with the most words on the least room; the others when all looks are tried. */
const TIGHT = ["", "rules/new", "effect", "monitor", "launcher", "settings/policy"];
const LEAST_DIALOGS = 30;

/** Light and dark, Chinese and English, a desk and a phone. */
function looks() {
  return (["light", "dark"] as const).flatMap((colorScheme) =>
    (["zh-CN", "en-US"] as const).flatMap((locale) =>
      [1280, 360].map((width) => ({ name: `${colorScheme}-${locale}-${width}`, colorScheme, locale, width })),
    ),
  );
}

describe.skipIf(isMissing)("every page of the console (needs /usr/bin/chromium)", () => {
  let shop: FullShop;
  let browser: Browser;
  beforeAll(async () => {
    shop = await startFullShop();
    browser = await launchBrowser();
    if (SCREENS) await mkdir(SCREENS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.server.close();
    await shop?.simulator.close();
  });

  async function visit(page: Page, path: string) {
    await page.goto(`${shop.server.url}/console/${path}`);
    await page.locator("main h1").first().waitFor();
    await page.waitForLoadState("networkidle");
  }
  async function opened(options: BrowserContextOptions) {
    const watched = await openConsole(browser, options);
    await signIn(watched.page, shop.server);
    return watched;
  }
  /** What is not there is told as such, and a text that is no segment yet is refused while it is written. */
  const isFault = (fault: string) => !/404|400 .*\/api\/segments\/preview/.test(fault);
  const foreign = (requests: readonly string[]) =>
    requests.filter((url) => !url.startsWith(`${shop.server.url}/`) && !/^(data|blob):/.test(url));

  test("there is an address for every route", () => {
    const source = readFileSync(new URL("src/router.ts", web), "utf8");
    const routes = [...source.matchAll(/path: "([^"]+)"/g)].map(([, path]) => path);
    expect(Object.keys(shop.pages).sort()).toEqual([...routes].sort());
  });

  test("words that are two fifths longer run over on no page, at a desk or on a phone", async () => {
    const { page, faults, settled, close } = await openConsole(browser, { locale: "en-US" });
    const catalogue = readFileSync(new URL("locales/en.json", web), "utf8");
    await page.route("**/assets/en-*.js", (route) =>
      route.fulfill({
        contentType: "text/javascript",
        body: `export default ${JSON.stringify(longer(JSON.parse(catalogue)))}`,
      }),
    );
    await signIn(page, shop.server);
    await visit(page, "");
    expect(await page.locator("nav#nav").textContent()).toContain("Customerscust");
    const paths = Object.values(shop.pages).filter((path) => ASKED !== "" || TIGHT.includes(path));
    for (const path of paths) {
      await hop(page, `${shop.server.url}/console/${path}`);
      await settled();
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 });
        await expectNoSidewaysScroll(page, `${width} ${path}`);
        const cut = await page.evaluate<
          string[]
        >(`[...document.querySelectorAll("button, a.act, .tag, nav a, th, dt, h1, h2, .field .name")]
          .filter((at) => at.checkVisibility() && at.clientWidth > 0 && at.scrollWidth > at.clientWidth + 1 && !at.closest(".hidden-text") && !at.matches(".hidden-text"))
          .map((at) => at.tagName + ": " + at.textContent.slice(0, 60))`);
        expect(cut, `${width} ${path}`).toEqual([]);
      }
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    expect(faults.filter(isFault)).toEqual([]);
    await close();
  }, 240_000);

  test.runIf(LOOKS.length === 0)(
    "each in one look or another keeps nobody out, runs nothing of what data say, and fits",
    async () => {
      const titles = new Set<string>();
      const serious: string[] = [];
      const paths = Object.values(shop.pages);
      for (const [turn, locale] of (["zh-CN", "en-US"] as const).entries()) {
        const { page, requests, faults, settled, close } = await opened({ locale });
        await visit(page, "");
        for (const [at, path] of paths.filter((_, place) => place % 2 === turn).entries()) {
          const width = at % 2 === turn ? 1280 : 360;
          const colorScheme = at % 4 < 2 ? "light" : "dark";
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: width === 360 ? 740 : 860 });
          await hop(page, `${shop.server.url}/console/${path}`);
          await settled();
          const what = `${path} ${colorScheme} ${locale} ${width}`;
          titles.add(await page.title());
          serious.push(...(await seriousFindings(page)).map((finding) => `${what}: ${finding}`));
          await expectNoSidewaysScroll(page, what);
          if (locale === "en-US") expect.soft(await chineseWords(page), what).toEqual([]);
          // A tablet, and the narrowest phone.
          await page.setViewportSize({ width: width === 360 ? 320 : 800, height: 740 });
          await expectNoSidewaysScroll(page, `narrower: ${what}`);
        }
        expect(await page.evaluate("window.hacked")).toBeUndefined();
        expect([foreign(requests), faults.filter(isFault)]).toEqual([[], []]);
        await close();
      }
      expect(serious).toEqual([]);
      expect(titles.size).toBe(paths.length);
    },
  );

  test.each(LOOKS)(
    "keeps nobody out, in every dialog too: $name",
    async ({ name, colorScheme, locale, width }) => {
      const height = width === 360 ? 740 : 860;
      const { page, requests, faults, close } = await opened({
        colorScheme,
        locale,
        viewport: { width, height },
      });
      const titles = new Set<string>();
      const dialogs = new Set<string>();
      const serious: string[] = [];
      for (const path of Object.values(shop.pages)) {
        await visit(page, path);
        serious.push(...(await seriousFindings(page)).map((finding) => `${path}: ${finding}`));
        await expectNoSidewaysScroll(page, `${name} ${path}`);
        titles.add(await page.title());
        // A tablet, and the narrowest phone.
        await page.setViewportSize({ width: width === 360 ? 320 : 800, height });
        await expectNoSidewaysScroll(page, `narrower: ${name} ${path}`);
        await page.setViewportSize({ width, height });
        if (locale === "en-US") expect.soft(await chineseWords(page), `${name} ${path}`).toEqual([]);
        if (SCREENS)
          await page.screenshot({
            path: `${SCREENS}/every-${path.replaceAll(/[/?=]/g, "-") || "workbench"}-${name}.png`,
            fullPage: true,
          });
        for (const title of await everyDialog(page, path, serious, name)) dialogs.add(title);
      }
      if (width === 360) {
        // The way to other pages is a drawer here.
        await visit(page, "");
        await page.locator("button.menu").click();
        await page.locator("nav#nav.open").waitFor();
        serious.push(...(await seriousFindings(page)).map((finding) => `menu: ${finding}`));
        await expectNoSidewaysScroll(page, `${name} menu`);
      }
      expect(serious).toEqual([]);
      expect(dialogs.size, [...dialogs].join(", ")).toBeGreaterThanOrEqual(LEAST_DIALOGS);
      expect(titles.size).toBe(Object.keys(shop.pages).length);
      expect(await page.evaluate("window.hacked")).toBeUndefined();
      expect([foreign(requests), faults.filter(isFault)]).toEqual([[], []]);
      await close();
    },
    600_000,
  );

  /** Words of the page itself that are Chinese; what stands in `bdi`, between isolating marks and in cells is data. */
  const chineseWords = (page: Page) =>
    page.evaluate<
      string[]
    >(`[...document.querySelectorAll("nav a, nav h2, main h1, main h2, main th, main dt, main button, main label .name, main .hint, main legend, main caption")]
      .map((at) => { const copy = at.cloneNode(true); copy.querySelectorAll("bdi, .brief").forEach((one) => one.remove()); return copy.textContent.replaceAll(/\\u2068[^\\u2069]*\\u2069/gu, "").trim(); })
      .filter((text) => /\\p{Script=Han}/u.test(text))`);

  /** Presses what may open a dialog, each kind of button once. @returns titles of the dialogs */
  async function everyDialog(page: Page, path: string, serious: string[], look: string): Promise<readonly string[]> {
    const titles: string[] = [];
    const pressed = new Set<string>();
    const buttons = page.locator("main button:not([disabled]):not(.el-select *)");
    for (let at = 0; at < Math.min(await buttons.count(), 40); at++) {
      const button = buttons.nth(at);
      const what = (await button.textContent({ timeout: 2_000 }).catch(() => undefined))?.trim();
      if (what === undefined || pressed.has(what) || !(await button.isVisible())) continue;
      pressed.add(what);
      const before = page.url();
      // A file or a search is none of our business; what asks before it acts is.
      if ((await button.getAttribute("data-test"))?.match(/^(resume|save|dry-run|start|take|check)/)) continue;
      await button.click({ timeout: 2_000 }).catch(() => undefined);
      const dialog = page.locator("dialog[open]");
      await dialog
        .waitFor({ timeout: (await button.getAttribute("data-test").catch(() => null)) === "run" ? 5_000 : 250 })
        .catch(() => undefined);
      if ((await dialog.count()) > 0) {
        titles.push((await dialog.locator("h2").first().textContent()) ?? "");
        serious.push(...(await seriousFindings(page)).map((finding) => `${path} > ${what}: ${finding}`));
        await expectNoSidewaysScroll(page, `${look} ${path} > ${what}`);
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached", timeout: 2_000 }).catch(() => undefined);
      } else if (page.url() !== before) await visit(page, path);
    }
    return titles;
  }
});

/** A catalogue whose words are two fifths longer; what is put into them stays. */
function longer(tree: unknown): unknown {
  if (typeof tree === "string")
    return tree
      .split(/(\{\w+\})/)
      .map((part) =>
        part.startsWith("{")
          ? part
          : part.replaceAll(/\p{L}{2,}/gu, (word) => word + word.slice(0, Math.ceil(word.length * 0.4)).toLowerCase()),
      )
      .join("");
  return Object.fromEntries(Object.entries(Object(tree)).map(([key, value]) => [key, longer(value)]));
}
