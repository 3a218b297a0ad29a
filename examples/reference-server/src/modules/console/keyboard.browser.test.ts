import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CHROMIUM,
  expectNoSidewaysScroll,
  launchBrowser,
  openConsole,
  seriousFindings,
  signIn,
} from "../../testing/console-browser.js";
import { startTestServer, TEST_PASSWORD, TEST_USERNAME, type TestServer } from "../../testing/test-server.js";

const DAY = 86_400_000;
const MOST_TABS = 150;
const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";
const SCREENS = process.env.SCREENS_DIR;

describe.skipIf(isMissing)(
  "the way from an empty database to the effect, by keyboard (needs /usr/bin/chromium)",
  () => {
    let wecom: WecomSimulator;
    let server: TestServer;
    let browser: Browser;
    beforeAll(async () => {
      wecom = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s" }] });
      server = await startTestServer({
        ...{ WECOM_CORP_ID: "ww1", WECOM_SECRET: "s", WECOM_BASE_URL: wecom.url, FREQUENCY_CAPS: "off" },
        ...{ RESULTS_POLL_MS: "500", SWEEP_INTERVAL_MS: "100" },
      });
      browser = await launchBrowser();
      if (SCREENS) await mkdir(SCREENS, { recursive: true });
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
      await wecom?.close();
    });

    /** Where the focus is, whether one sees it, and whether it is on what is looked for. */
    const focus = (page: Page, selector = "*", text = "") =>
      page.evaluate<{ readonly at: string; readonly isVisible: boolean; readonly isFound: boolean }>(`(() => {
      const at = document.activeElement;
      const box = at?.getBoundingClientRect();
      // A list that is typed into is drawn by its frame.
      const style = at && getComputedStyle(at.closest(".el-select__wrapper") ?? at);
      const isSeen = !!box && box.width > 0 && box.height > 0 && at !== document.body;
      const isFound = !!at?.matches(${JSON.stringify(selector)}) && at.textContent.includes(${JSON.stringify(text)});
      return { at: at?.outerHTML.slice(0, 80) ?? "", isFound, isVisible: isSeen && (at.id === "content" || style.outlineStyle !== "none") };
    })()`);
    /** Goes on by Tab until the focus is on what a selector means; every step is to be seen. */
    async function tabTo(page: Page, selector: string, text = "", key = "Tab"): Promise<void> {
      for (let step = 0; step < MOST_TABS; step++) {
        await page.keyboard.press(key);
        const { at, isVisible, isFound } = await focus(page, selector, text);
        // Between the last and the first element the browser's own bar has the focus.
        if (!at.startsWith("<body") && !at.startsWith("<html")) expect(isVisible, at).toBe(true);
        if (isFound) return;
      }
      throw new Error(`${key} leads to no ${selector} ${text}`);
    }
    async function press(page: Page, selector: string, text = "", key = "Tab"): Promise<void> {
      await tabTo(page, selector, text, key);
      await page.keyboard.press("Enter");
    }
    async function goTo(page: Page, place: string): Promise<void> {
      // The navigation stands before the content, where the focus is.
      await press(page, "nav#nav a", place, "Shift+Tab");
      await page.locator("main h1", { hasText: place }).waitFor();
    }
    async function bring(page: Page, name: string, rows: readonly string[]): Promise<void> {
      await goTo(page, "导入");
      if (name.includes("客户")) {
        await tabTo(page, "main select");
        await page.keyboard.press("ArrowDown");
      }
      await tabTo(page, "[data-test=file]");
      // The system's own dialog for files is no part of the page.
      const file = { name, mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) };
      await page.locator("[data-test=file]").setInputFiles(file);
      await page.waitForURL(/\/imports\/\d+$/);
      await page.locator("main h1", { hasText: name }).waitFor();
      await press(page, "[data-test=start]");
      await page.locator("[data-figure=inserted][data-value='3']").waitFor();
    }

    test("sign-in, import, rule, test, confirmation, staff's yes, report: no mouse, the focus is always seen and never lost", async () => {
      const { page, faults, close } = await openConsole(browser);
      await page.addInitScript(
        `for (const kind of ["mousedown", "pointerdown", "touchstart"]) addEventListener(kind, () => (window.hasMouse = true), true);`,
      );
      const titles = new Set<string>();
      const arrived = async () => {
        const [title, heading] = [await page.title(), await page.locator("main h1").first().textContent()];
        titles.add(`${title} ${heading}`);
      };
      await page.goto(`${server.url}/console/`);
      await page.locator("[data-test=username]").waitFor();
      expect(await page.evaluate("document.activeElement?.dataset.test")).toBe("username");
      await page.keyboard.type(TEST_USERNAME);
      await page.keyboard.press("Tab");
      await page.keyboard.type(TEST_PASSWORD);
      await page.keyboard.press("Enter");
      await page.locator("h1", { hasText: "工作台" }).waitFor();
      await arrived();

      await bring(page, "客户.csv", [
        "客户编号,external_userid,姓名",
        ...[1, 2, 3].map((at) => `n${at},wm-n${at},客户${at}`),
      ]);
      await arrived();
      const day = new Date(server.context.clock.now() - 35 * DAY).toISOString().slice(0, 10);
      const orders = [1, 2, 3].map((at) => `A${at},n${at},${day} 10:30,199.00,交易成功`);
      await bring(page, "订单.csv", ["订单号,会员号,下单时间,实付金额,订单状态", ...orders]);

      await goTo(page, "推送规则");
      await arrived();
      await press(page, "a[data-test=new-rule], main a", "新建规则");
      await page.locator("[data-test=name]").waitFor();
      await arrived();
      await tabTo(page, "[data-test=name]");
      await page.keyboard.type("45天未购买");
      await press(page, "[data-test=add-slot]");
      await tabTo(page, "[data-test=content]");
      await page.keyboard.type("喵～主人，猫砂告急");
      await page.locator("[data-test=live-count][data-state=exact][data-value='3']").waitFor();
      await press(page, "[data-test=save]");
      await page.waitForURL(/\/rules$/);
      await press(page, "table.grid a", "45天未购买");
      await page.locator("[data-test=run]").waitFor();
      await arrived();

      await press(page, "[data-test=test-send]");
      await page.locator("dialog[open]").waitFor();
      expect(await page.evaluate("document.activeElement?.dataset.test")).toBe("cancel");
      await tabTo(page, "[data-test=test-customers]");
      await page.keyboard.type("wm-n1");
      await page.keyboard.press("Enter");
      await page.locator("[data-test=test-done]").waitFor();
      await page.keyboard.press("Escape");
      await page.locator("dialog[open]").waitFor({ state: "detached" });
      // The dialog gave the focus back.
      expect(await page.evaluate("document.activeElement?.dataset.test")).toBe("test-send");

      await press(page, "[data-test=run]");
      await page.locator("[data-test=send-count] [data-value='3']").waitFor();
      expect(await page.evaluate("document.activeElement?.dataset.test")).toBe("cancel");
      await page.locator("[data-test=confirm]:not([disabled])").waitFor();
      await press(page, "dialog[open] [data-test=confirm]");
      await page.waitForURL(/\/occurrences\/\d+$/);
      await page.locator("[data-test=sum]").waitFor();
      await arrived();
      expect((await focus(page)).isVisible).toBe(true);
      const occurrence = Number(page.url().split("/").at(-1));
      await page.locator("button[data-state=accepted][data-value='3']").waitFor({ timeout: 60_000 });
      if (SCREENS) await page.screenshot({ path: `${SCREENS}/console-keyboard-occurrence.png`, fullPage: true });

      // Staff say yes on the page of the simulator.
      const staff = await page.context().newPage();
      await staff.goto(wecom.url);
      const open = staff.locator("form[action='/confirm'] button");
      for (let count = await open.count(); count > 0; count--) {
        await open.first().focus();
        // Between two documents there is no button at all, and Chromium may never end a page that is closed there.
        await Promise.all([staff.waitForEvent("load"), staff.keyboard.press("Enter")]);
        await expect.poll(() => open.count()).toBe(count - 1);
      }
      await staff.close();
      await expect
        .poll(
          async () => {
            const { json } = await server.get(`/api/ops/occurrences/${occurrence}`);
            return (json as { deliveries: { by_state: Record<string, number> } }).deliveries.by_state.delivered;
          },
          { timeout: 60_000, interval: 1_000 },
        )
        .toBe(3);
      await goTo(page, "漏斗");
      await arrived();
      await page.locator("main [data-value='3']").first().waitFor();
      expect(await page.evaluate("window.hasMouse")).toBeUndefined();
      expect(titles.size).toBe(7);
      expect(faults).toEqual([]);
      await close();
    }, 150_000);

    test("whoever has not confirmed is told by name, and people by their batch and reason", async () => {
      const { kit } = server.context;
      await kit.customers.upsert([{ externalKey: "s1", externalUserId: "wm-s1" }]);
      const times = { startDate: "2020-01-01", endDate: "2099-12-31", weekDayPushTime: [{ week: 1, time: "03:00" }] };
      await server.post("/wechatpush/create", { name: "员工确认", ...times, allCustomers: true, content: "喵" });
      const rule = (await kit.rules.list()).items.find(({ definition }) => definition.name === "员工确认")?.id ?? 0;
      const { id } = await kit.occurrences.runNow(rule);
      await expect
        .poll(async () => (await kit.occurrences.status(id)).deliveries.accepted ?? 0, { timeout: 60_000 })
        .toBeGreaterThan(0);
      const { page, faults, close } = await openConsole(browser);
      await signIn(page, server);
      await page.goto(`${server.url}/console/rules/${rule}/occurrences/${id}`);
      await page.locator("[data-test=tab-staff]").click();
      await page.locator("[data-staff] [data-confirmed=false]").first().waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await expectNoSidewaysScroll(page, "staff");
      if (SCREENS) await page.screenshot({ path: `${SCREENS}/console-staff.png`, fullPage: true });
      wecom.confirmAll();
      await page.locator("[data-test=ask-again]").click();
      await page.locator("[data-staff] [data-confirmed=true]").first().waitFor();
      const staff = await page.locator("[data-staff]").count();
      expect(await page.locator("[data-test=staff-sum]").textContent()).toContain(`${staff} / ${staff}`);
      await page.locator("nav.tabs a", { hasText: "客户" }).click();
      await page.locator("main li a", { hasText: "第 1 批" }).click();
      await page.locator("[data-test=of-batch]").waitFor();
      await page.locator("table.grid tbody tr", { hasText: "s1" }).waitFor();
      expect(faults).toEqual([]);
      await close();
    });
  },
);
