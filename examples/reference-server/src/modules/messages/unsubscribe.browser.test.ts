import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { startSmsSimulator } from "@recallkit/sms/simulator";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const EXECUTABLE = "/usr/bin/chromium";
const isMissing = !existsSync(EXECUTABLE) && process.env.REQUIRE_SERVICES !== "1";
/** A folder to leave pictures in; `docs/screens` holds those that were looked at. */
const SCREENS = process.env.UNSUBSCRIBE_SCREENS;
const CATEGORY = "新品上架与会员日活动提醒";
const require = createRequire(import.meta.url);

describe.skipIf(isMissing)("the page that ends messages in a browser (needs /usr/bin/chromium)", () => {
  let server: TestServer;
  let sms: Awaited<ReturnType<typeof startSmsSimulator>>;
  let browser: Browser;
  let axe: string;

  beforeAll(async () => {
    sms = await startSmsSimulator();
    server = await startTestServer({
      SMS_SIGNATURE: "示例",
      YUNPIAN_API_KEY: "simulator-apikey",
      YUNPIAN_BASE_URL: sms.yunpianUrl,
      PUBLIC_URL: "https://shop.example",
    });
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", "--disable-gpu"] });
    axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
    if (SCREENS) await mkdir(SCREENS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await sms?.close();
  });

  /** Sends a message of a category. @returns the path of its way out */
  async function wayOut(name: string, recipient: string): Promise<string> {
    const text = `${name} {{unsubscribe_link}}`;
    const template = { name, channel: "sms", category: CATEGORY, message_class: "transactional", content: { text } };
    const { id: template_id } = (await server.post("/api/templates", template)).json as { id: number };
    await server.post("/api/messages/send", { template_id, recipient });
    return vi.waitFor(
      () => {
        const told = sms.ledger.messages.find(({ text: said }) => said.includes(name));
        const [, path] = /https:\/\/shop\.example(\/u\/m\/[a-z0-9.]+)/.exec(String(told?.text)) ?? [];
        if (path === undefined) throw new Error("it has not come yet");
        return path;
      },
      { timeout: 60_000, interval: 50 },
    );
  }

  test.each([
    [320, "light", "zh-CN", "13900139021"],
    [320, "dark", "en-US", "13900139022"],
    [390, "dark", "zh-CN", "13900139023"],
    [390, "light", "en-US", "13900139024"],
  ] as const)(
    "at %i px, %s, %s one kind of messages can be refused by itself",
    async (width, colorScheme, locale, phone) => {
      const path = await wayOut(`上新${width}${colorScheme}`, phone);
      const context = await browser.newContext({
        viewport: { width, height: 640 },
        deviceScaleFactor: 2,
        colorScheme,
        locale,
      });
      const page = await context.newPage();
      await page.goto(server.url + path);
      await page.evaluate(axe);
      const found: { readonly id: string; readonly impact: string | null }[] = await page.evaluate(
        "axe.run().then((result) => result.violations.map(({ id, impact }) => ({ id, impact })))",
      );
      expect(found.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(
        0,
      );
      const buttons = page.getByRole("button");
      for (const button of await buttons.all()) {
        expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
      }
      const name = `unsubscribe-${width}-${colorScheme}-${locale.slice(0, 2)}`;
      if (SCREENS) await page.screenshot({ path: `${SCREENS}/${name}.png`, fullPage: true });
      await buttons.filter({ hasText: CATEGORY }).click();
      await page.getByRole("heading", { name: locale === "zh-CN" ? "已退订" : "Unsubscribed" }).waitFor();
      // Whoever refuses one kind is told that the others still come.
      expect(await page.getByText(CATEGORY).count()).toBe(1);
      if (SCREENS) await page.screenshot({ path: `${SCREENS}/${name}-done.png`, fullPage: true });
      await context.close();
      const scoped = (await server.context.kit.suppressions.list({ channel: `sms#${CATEGORY}` })).items;
      expect(scoped.map(({ address }) => address)).toContain(`+86${phone}`);
      expect((await server.context.kit.suppressions.list({ channel: "sms" })).items).toEqual([]);
    },
  );
});
