import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../testing/free-port.js";
import { BROWSERS } from "../../testing/link-visitors.js";
import { startTestServer } from "../../testing/test-server.js";

const EXECUTABLE = "/usr/bin/chromium";
const isMissing = !existsSync(EXECUTABLE) && process.env.REQUIRE_SERVICES !== "1";
const SCREENS = process.env.LANDING_SCREENS;

test.skipIf(isMissing)(
  "from the recall to the phone's inbox, the page and the coupon (needs /usr/bin/chromium)",
  { timeout: 60_000 },
  async () => {
    const port = await freePort();
    const server = await startTestServer({ PORT: String(port), QUIET_HOURS: "off", SWEEP_INTERVAL_MS: "100" });
    onTestFinished(() => server.close());
    const inbox = /SMS inbox \(simulator\): (\S+)/.exec(server.printed.join("\n"))?.[1] ?? "";
    const made = await server.post("/recalls/create", {
      recall_users: [
        {
          merchant_id: 1,
          user_name: "张三",
          product: "猫粮",
          product_type: "食品",
          contact: "13800138000",
          contact_type: "mobile",
        },
      ],
    });
    expect(made.json).toMatchObject({ status_code: "200", data: { accepted: 1 } });

    const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", "--disable-gpu"] });
    onTestFinished(() => browser.close());
    const userAgent = String(BROWSERS[0]?.headers["user-agent"]);
    const context = await browser.newContext({ viewport: { width: 390, height: 720 }, locale: "zh-CN", userAgent });
    const page = await context.newPage();
    const link = page.getByRole("link", { name: /\/landing\// });
    await expect
      .poll(
        async () => {
          await page.goto(inbox);
          return link.count();
        },
        { timeout: 60_000, interval: 200 },
      )
      .toBe(1);
    if (SCREENS) await page.screenshot({ path: `${SCREENS}/sms-inbox.png`, fullPage: true });
    const address = (await link.getAttribute("href")) ?? "";
    await page.goto(address);
    await page.locator("[data-test=claim]").click();
    const code = (await page.locator("[data-test=code]").textContent()) ?? "";
    expect(code).toMatch(/^[2-9A-Z]{10,}$/);
    const task = (made.json as { data: { recall_task_id: number } }).data.recall_task_id;
    const report = await server.get(`/recalls/${task}/report`);
    expect(report.json).toMatchObject({ data: { people: 1, viewed: 1, clicked: 1, claimed: 1 } });
    const { items } = await server.context.kit.coupons.claims();
    expect(items.map((claim) => claim.code)).toEqual([code]);
  },
);
