import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandLine } from "../../testing/command-line.js";
import {
  CHROMIUM,
  expectNoSidewaysScroll,
  launchBrowser,
  openConsole,
  seriousFindings,
  signIn,
} from "../../testing/console-browser.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";
const SCREENS = process.env.SCREENS_DIR;
const folder = process.env.RECALLKIT_DATA_DIR;
const FIGURES = ["rows", "inserted", "updated", "unchanged", "repeated", "rejected_rows"] as const;

/** Files with one fault a row: the row, and the column, value and code that are told of it. */
const FAULTS = {
  orders: {
    header: "订单号,会员号,下单时间,实付金额,订单状态",
    rows: [
      ["A1,n1,2026-01-05 10:30,199.00,交易成功"],
      ["A2,n2,坏,12,交易成功", "下单时间", "坏", "time.invalid"],
      ["A3,n2,,12,交易成功", "下单时间", "—", "time.missing"],
      ["A4,n2,1950-01-05 10:30,12,交易成功", "下单时间", "1950-01-05 10:30", "time.out-of-range"],
      ['A5,n2,2026-01-05 10:30,"1,2.50x",交易成功', "实付金额", "1,2.50x", "amount.invalid"],
      ["A6,n2,2026-01-05 10:30,,交易成功", "实付金额", "—", "amount.missing"],
      ["A7,n2,2026-01-05 10:30,1.23456,交易成功", "实付金额", "1.23456", "amount.decimals"],
      ["A8,n2,2026-01-05 10:30,99999999999999999,交易成功", "实付金额", "99999999999999999", "amount.range"],
      ["A9,,2026-01-05 10:30,12,交易成功", "会员号", "—", "customer.missing"],
      [",n2,2026-01-05 10:30,12,交易成功", "订单号", "—", "order.number-missing"],
      [`A11,${"长".repeat(256)},2026-01-05 10:30,12,交易成功`, "会员号", "长".repeat(256), "key.too-long"],
      ['A12,"<img src=x onerror=""window.hacked=1"">",坏,12,交易成功', "下单时间", "坏", "time.invalid"],
    ],
  },
  suppressions: {
    header: "手机号,原因",
    rows: [
      ["13800138000,退订"],
      ["138000,投诉", "手机号", "138000", "mobile.invalid"],
      [",投诉", "—", "—", "suppression.nobody"],
    ],
  },
} as const;

describe.skipIf(isMissing)("files through the browser (needs /usr/bin/chromium)", () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchBrowser();
    if (SCREENS) await mkdir(SCREENS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function figures(page: Page) {
    const shown = await Promise.all(
      FIGURES.map(async (name) => [
        name,
        Number(await page.locator(`[data-figure=${name}]`).getAttribute("data-value")),
      ]),
    );
    return Object.fromEntries(shown) as Record<(typeof FIGURES)[number], number>;
  }

  test.each(["orders", "suppressions"] as const)(
    "every kind of fault in %s is told by line, column, value and code",
    async (kind) => {
      const { page, faults, close } = await openConsole(browser);
      await signIn(page, server);
      await page.goto(`${server.url}/console/imports?kind=${kind}`);
      const { header, rows } = FAULTS[kind];
      const buffer = Buffer.from([header, ...rows.map(([row]) => row)].join("\n"));
      await page.locator("[data-test=file]").setInputFiles({ name: `${kind}.csv`, mimeType: "text/csv", buffer });
      await page.waitForURL(/\/imports\/\d+$/);
      await page.locator("[data-test=dry-run]").click();
      await page.locator("[data-test=rejected]").waitFor();
      for (const [at, [, column, value = "", code]] of rows.entries()) {
        const row = page.locator(`[data-test=rejected] [data-line='${at + 2}']`);
        if (column === undefined) expect(await row.count()).toBe(0);
        else
          expect(await row.locator("td").allTextContents()).toEqual([
            String(at + 2),
            column,
            value,
            expect.stringContaining(code),
          ]);
      }
      expect((await figures(page)).rejected_rows).toBe(rows.length - 1);
      expect(await seriousFindings(page)).toEqual([]);
      await expectNoSidewaysScroll(page, kind);
      if (SCREENS) await page.screenshot({ path: `${SCREENS}/console-import-faults-${kind}.png`, fullPage: true });
      await page.setViewportSize({ width: 360, height: 740 });
      await expectNoSidewaysScroll(page, `${kind} 360`);
      expect(await page.evaluate("window.hacked")).toBeUndefined();
      // The whole of them, as a file that is imported again once it is corrected.
      const [download] = await Promise.all([page.waitForEvent("download"), page.locator("a[download]").click()]);
      expect(download.suggestedFilename()).toMatch(/^import-\d+-rejects\.csv$/);
      expect(faults).toEqual([]);
      await close();
    },
  );

  const retail = folder ? test : test.skip;
  retail(
    `541 909 lines are imported with the page closed, to the figures of the command line; a second time nothing changes${folder ? "" : " (needs RECALLKIT_DATA_DIR)"}`,
    async () => {
      const file = join(folder ?? "", "online_retail.csv.gz");
      const { run } = await commandLine();
      const { answer } = await run("import", "orders", file, "--preset", "online-retail", "--json");
      const runs = [];
      for (const _ of ["first", "second"]) {
        const { page, close } = await openConsole(browser);
        await signIn(page, server);
        await page.goto(`${server.url}/console/imports`);
        await page.locator("[data-test=file]").setInputFiles(file);
        await page.waitForURL(/\/imports\/\d+$/, { timeout: 120_000 });
        const url = page.url();
        await page.locator("[data-test=start]:not([disabled])").click();
        await page.locator("[data-test=import-state][data-state=running]").waitFor();
        await close();
        const later = await openConsole(browser);
        await signIn(later.page, server);
        await later.page.goto(url);
        await later.page.locator("[data-test=import-state][data-state=done]").waitFor({ timeout: 400_000 });
        await later.page.locator("[data-figure=inserted]").waitFor();
        runs.push(await figures(later.page));
        if (SCREENS) await later.page.screenshot({ path: `${SCREENS}/console-import-retail.png`, fullPage: true });
        await later.close();
      }
      const [first, second] = runs;
      expect(first).toMatchObject({ rows: 541_909, inserted: 18_536, updated: 0, unchanged: 0, rejected_rows: 0 });
      expect(answer).toMatchObject({
        ...{
          lines: first?.rows,
          orders: { inserted: first?.inserted, updated: first?.updated, unchanged: first?.unchanged },
        },
        ...{ repeated: first?.repeated, rejects: first?.rejected_rows },
      });
      expect(second).toMatchObject({ rows: 541_909, inserted: 0, updated: 0, unchanged: 18_536, rejected_rows: 0 });
    },
    900_000,
  );
});
