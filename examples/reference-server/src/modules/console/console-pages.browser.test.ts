import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { SmsSimulator } from "@recallkit/sms/simulator";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CHROMIUM,
  expectNoSidewaysScroll,
  inFull,
  launchBrowser,
  openConsole,
  seriousFindings,
  signIn,
} from "../../testing/console-browser.js";
import { type Shop, startShop } from "../../testing/console-shop.js";
import { TEST_PASSWORD, type TestServer } from "../../testing/test-server.js";

const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";
/** Folder that pictures of the pages go to. */
const SCREENS = process.env.SCREENS_DIR;

describe.skipIf(isMissing)("the pages of every day in a browser (needs /usr/bin/chromium)", () => {
  let server: TestServer;
  let simulator: SmsSimulator;
  let browser: Browser;
  let shop: Shop;

  beforeAll(async () => {
    ({ server, simulator, shop } = await startShop());
    browser = await launchBrowser();
    if (SCREENS) await mkdir(SCREENS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await simulator?.close();
  });

  async function picture(page: Page, name: string): Promise<void> {
    if (SCREENS) await page.screenshot({ path: `${SCREENS}/pages-${name}.png`, fullPage: true });
  }
  /** A page that is signed in. */
  async function open(options: BrowserContextOptions = {}) {
    const watched = await openConsole(browser, options);
    const { page, settled } = watched;
    await signIn(page, server);
    async function visit(path: string) {
      await page.goto(`${server.url}/console/${path}`);
      await page.locator("main h1").waitFor();
      await settled();
    }
    return { ...watched, visit, at: (name: string) => page.locator(`[data-test=${name}]`) };
  }

  test("staff see coupons and templates, and are offered nothing that they may not do", async () => {
    await server.post("/api/users", { username: "staff_one", password: TEST_PASSWORD, role: "staff" });
    const { page, faults, close } = await openConsole(browser);
    await signIn(page, server, "staff_one");
    for (const [path, forbidden] of [
      [`coupons/${shop.coupon}`, "edit"],
      [`templates/${shop.template}`, "edit"],
      [`segments/${shop.segment}`, "archive"],
    ] as const) {
      await page.goto(`${server.url}/console/${path}`);
      await page.locator("main h1").waitFor();
      expect(await page.locator(`[data-test=${forbidden}]`).count(), path).toBe(0);
    }
    await page.goto(`${server.url}/console/suppressions`);
    await page.locator("table.grid").waitFor();
    expect(await page.locator("main").textContent()).not.toContain("13900139000");
    await page.goto(`${server.url}/console/coupons/999`);
    await page.locator("[role=alert]").waitFor();
    expect(faults.filter((fault) => !fault.includes("404"))).toEqual([]);
    await close();
  });

  test("a label is added, a segment is made of it, explained, changed and archived", async () => {
    const { page, faults, close, visit, at } = await open();
    await visit("labels");
    await at("add").click();
    expect(await page.evaluate("document.activeElement?.dataset.test")).toBe("cancel");
    await at("key").fill("苏州");
    expect(await seriousFindings(page)).toEqual([]);
    await at("confirm").click();
    await page.locator("table.grid tr", { hasText: "苏州" }).waitFor();
    expect((await server.get("/api/labels?kind=city")).text).toContain("苏州");
    await page.locator("tr", { hasText: "上海" }).getByRole("link").click();
    await page.locator("[data-test=live-count][data-value='12']").waitFor();
    await at("name").fill("上海老客");
    await at("json-tab").click();
    await at("json").fill('{"none":[{"saved":99}]}');
    await at("save").click();
    await at("faults").getByText("segment.none.0.saved").waitFor();
    await picture(page, "segment-faults");
    await at("json").fill('{"labels":{"city":["上海"]}}');
    await at("save").click();
    await page.waitForURL(/\/segments\/\d+$/);
    await page.locator("[data-test=count][data-value='12']").waitFor();
    await at("customer-key").fill("c1");
    await at("explain").click();
    await page.locator("[data-test=verdict][data-included=true]").waitFor();
    await picture(page, "segment");
    const id = Number(page.url().split("/").at(-1));
    expect((await server.get(`/api/segments/${id}`)).json).toMatchObject({ segment: { labels: { city: ["上海"] } } });
    await at("archive").click();
    await at("confirm").click();
    await page.waitForURL(/\/segments$/);
    expect((await server.get(`/api/segments/${id}`)).json).toMatchObject({ archived_at: expect.any(Number) });
    expect(faults.filter((fault) => !fault.includes("400"))).toEqual([]);
    await close();
  });

  inFull("somebody is suppressed and set free again; a consent is recorded with its proof", async () => {
    const { page, faults, close, visit, at } = await open();
    await visit("suppressions");
    await at("add").click();
    await at("whom").fill("c2");
    await at("reason").fill("complaint");
    await picture(page, "suppress");
    await at("confirm").dblclick();
    await page.locator("table.grid tr", { hasText: "c2" }).waitFor();
    const listed = async () => (await server.get("/api/suppressions")).text.includes('"c2"');
    expect(await listed()).toBe(true);
    await page.locator("tr", { hasText: "c2" }).locator("[data-test=lift]").click();
    await at("confirm").click();
    await page.getByText("已解除").waitFor();
    expect(await listed()).toBe(false);
    const [download] = await Promise.all([page.waitForEvent("download"), at("export").click()]);
    expect(download.suggestedFilename()).toBe("suppressions.csv");
    await visit("consents");
    await at("record").click();
    await at("customer-key").fill("nobody");
    await at("source").fill("pos");
    await at("confirm").click();
    await page.locator("dialog [role=alert]").waitFor();
    await at("customer-key").fill("c2");
    await at("confirm").click();
    await page.getByText("已记录「").waitFor();
    expect((await server.get("/api/consents?customer_key=c2")).json).toMatchObject({
      items: [{ status: "granted", source: "pos" }],
    });
    expect(faults.filter((fault) => !fault.includes("40"))).toEqual([]);
    await close();
  });

  inFull("a coupon is made, given more stock and closed; a use is taken back with its reason", async () => {
    const { page, faults, close, visit, at } = await open();
    await visit("coupons");
    await at("new").click();
    await at("name").fill("满99减20");
    await at("stock").fill("50");
    await picture(page, "new-coupon");
    expect(await seriousFindings(page)).toEqual([]);
    await at("confirm").click();
    await page.waitForURL(/\/coupons\/\d+$/);
    expect(await at("stock-of").textContent()).toBe("0 / 50");
    await at("edit").click();
    await at("stock").fill("80");
    await at("confirm").click();
    await page.getByText("0 / 80").waitFor();
    await at("close").click();
    await at("confirm").click();
    await page.locator("[data-state=closed]").waitFor();
    const id = Number(page.url().split("/").at(-1));
    expect((await server.get(`/api/coupons/${id}`)).json).toMatchObject({ stock: 80, closed_at: expect.any(Number) });
    await visit(`coupons/${shop.coupon}`);
    await at("reverse").click();
    await at("reason").fill("订单退货");
    await at("confirm").click();
    await page.locator("table.grid [data-state=reversed]").waitFor();
    expect((await server.get(`/api/coupons/${shop.coupon}/claims`)).json).toMatchObject({
      items: [{ state: "reversed", reason: "订单退货" }],
    });
    expect(faults).toEqual([]);
    await close();
  });

  inFull("a list becomes a recall task that tells of every row it refused", async () => {
    const { page, faults, close, visit, at } = await open();
    await visit("recalls");
    await at("new").click();
    const lines = ["用户名,联系方式", "王五,13800138005", "座机,010-12345678", "赵六,13800138006"];
    await at("file").setInputFiles({ name: "名单.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) });
    await at("name").fill("十月名单");
    await picture(page, "new-recall");
    await at("confirm").click();
    await page.waitForURL(/\/recalls\/\d+$/);
    await page.locator("[data-test=taken][data-value='2']").waitFor();
    await page.locator("[data-test=reject]").waitFor();
    expect(await at("reject").textContent()).toContain("13800138000");
    const id = Number(page.url().split("/").at(-1));
    await expect
      .poll(async () => ((await server.get(`/recalls/${id}`)).json as { data: { state: string } }).data.state, {
        timeout: 60_000,
      })
      .toBe("completed");
    await page.locator("h1 ~ [data-state=completed]").waitFor();
    await page.locator("[data-figure=accepted][data-value='2']").waitFor();
    await picture(page, "recall");
    expect(faults).toEqual([]);
    await close();
  });

  inFull("a template gets a second version and goes out; its message is told step by step", async () => {
    const { page, faults, close, visit, at } = await open();
    await visit("templates/new");
    await at("name").fill("到货通知");
    await at("class").selectOption("transactional");
    await at("text").fill("【喵星球】{{name}}，您要的货到了");
    await page.locator("[data-variable=name] [data-test=example]").fill("张三");
    await page.locator("[data-test=segments][data-value='1']").waitFor();
    await at("save").click();
    await page.waitForURL(/\/templates\/\d+$/);
    await page.getByText("【喵星球】张三，您要的货到了").waitFor();
    await at("edit").click();
    await at("text").fill("【喵星球】{{name}}，您要的货今天到了");
    await at("save").click();
    await page.locator("[data-test=version][data-value='2']").waitFor();
    await page.locator("[data-test=version-row]").nth(1).waitFor();
    await picture(page, "template");
    await at("deactivate").click();
    await at("confirm").click();
    await at("activate").click();
    await at("send-one").click();
    await at("recipient").fill("13800138015");
    await at("confirm").dblclick();
    await page.waitForURL(/\/traces\/.+$/);
    await page.locator("[data-node=send][data-done=true]").waitFor();
    await expect.poll(() => simulator.ledger.messages.filter(({ to }) => to === "+8613800138015").length).toBe(1);
    await picture(page, "trace");
    await visit("traces");
    await at("recipient").fill("13800138015");
    await at("find-recipient").click();
    await page.waitForURL(/recipient_hash=[0-9a-f]{32}/);
    await page.locator("table.grid tbody tr").waitFor();
    await visit(`batches/${shop.batch}`);
    await at("cancel-batch").click();
    await at("confirm").click();
    await page.locator("[data-state=cancelled][data-value='2']").waitFor();
    expect((await server.get(`/api/messages/batches/${shop.batch}`)).json).toMatchObject({
      by_status: { cancelled: 2 },
    });
    expect(faults).toEqual([]);
    await close();
  });

  inFull("a list gets a message each, after it was counted: repeated lines once, a bad line told", async () => {
    const { page, faults, close, visit, at } = await open();
    await visit(`batches/new?template=${shop.template}`);
    await at("lines").fill("13800138020,A1\n13800138021,A2\n13800138020\n13800138022,A3,超出");
    await page.locator("[data-test=people][data-value='3']").waitFor();
    expect(await at("send-batch").isDisabled()).toBe(true);
    expect(await at("why").textContent()).toContain("第 4 行");
    await at("lines").fill("13800138020,A1\n13800138021,A2\n13800138020");
    expect(await seriousFindings(page)).toEqual([]);
    await at("send-batch").click();
    expect(await page.evaluate("document.activeElement?.dataset.test")).toBe("cancel");
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, "new-batch-ask");
    await at("confirm").dblclick();
    await page.waitForURL(/\/batches\/\d+$/);
    const id = Number(page.url().split("/").at(-1));
    expect((await server.get(`/api/messages/batches/${id}`)).json).toMatchObject({ accepted: 2, rejected: [] });
    const texts = () =>
      simulator.ledger.messages.filter(({ to }) => /^\+86138001380(20|21)$/.test(to)).map(({ text }) => text);
    await expect
      .poll(() => texts().toSorted(), { timeout: 60_000 })
      .toEqual(["【喵星球】订单 A1 已发货 拒收请回复R", "【喵星球】订单 A2 已发货 拒收请回复R"]);
    expect(faults).toEqual([]);
    await close();
  });

  inFull(
    "conditions are put together in groups, counted as they stand, and come back as they were written",
    async () => {
      const { page, faults, close, visit, at } = await open();
      await visit("segments/new");
      await at("name").fill("上海或常客，但不是最近的");
      await at("tree-tab").click();
      const group = (depth: number) => page.locator(`.group[data-depth='${depth}']`);
      await group(1).locator("[data-test=kind]").first().selectOption("lapse");
      await group(1).locator("[data-test=min]").fill("30");
      await group(1).locator("[data-test=max]").fill("45");
      await page.locator("[data-test=live-count][data-value='24']").waitFor();
      await at("add-group").click();
      await group(2).locator("[data-test=kind]").selectOption("city");
      await group(2).getByRole("combobox", { name: "是其中之一" }).fill("上海");
      await page.keyboard.press("Enter");
      await group(2).locator("[data-test=mode]").selectOption("none");
      await page.locator("[data-test=live-count][data-value='12']").waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await expectNoSidewaysScroll(page, "groups");
      await page.setViewportSize({ width: 360, height: 740 });
      await expectNoSidewaysScroll(page, "groups 360");
      await page.setViewportSize({ width: 1280, height: 860 });
      await at("save").click();
      await page.waitForURL(/\/segments\/\d+$/);
      const id = Number(page.url().split("/").at(-1));
      expect((await server.get(`/api/segments/${id}`)).json).toMatchObject({
        segment: {
          all: [{ lapse: { minDays: 30, maxDays: 45 } }, { none: [{ labels: { city: ["上海"] } }] }],
        },
      });
      await visit(`segments/${id}/edit`);
      await group(2).waitFor();
      expect(await group(2).locator("[data-test=mode]").inputValue()).toBe("none");
      // A push asks for it beside what it asks itself.
      await visit("rules/new");
      await at("segment").selectOption(String(id));
      // Twelve are meant, and the push has no address of any of them.
      await page.locator("aside td[data-value='12']").first().waitFor();
      expect(faults).toEqual([]);
      await close();
    },
  );

  inFull("the next lead is taken by one button, its number seen only then, and the call recorded", async () => {
    const { page, faults, close, visit, at } = await open();
    await visit("leads");
    await at("new").click();
    await at("name").fill("车展");
    await at("confirm").click();
    await page.waitForURL(/\/leads\/\d+$/);
    await at("add-leads").click();
    await at("lines").fill("13700137009,孙七,某公司");
    await at("confirm").click();
    await page.locator("[data-test=lead]").waitFor();
    // Whatever the hour here, it is noon where this person lives.
    const leads = (await server.get(`/api/packages/${page.url().split("/").at(-1)}/leads`)).json as {
      items: { id: number }[];
    };
    const awayFromNoon = new Date(server.context.clock.now()).getUTCHours() - 12;
    const time_zone = `Etc/GMT${awayFromNoon < 0 ? "" : "+"}${awayFromNoon}`;
    expect((await server.call("PUT", `/api/leads/${leads.items[0]?.id}`, { body: { time_zone } })).status).toBe(200);
    expect(await page.locator("main").textContent()).not.toContain("13700137009");
    await at("new-task").click();
    await at("name").fill("首轮外呼");
    await at("confirm").click();
    await page.waitForURL(/\/dial-tasks\/\d+$/);
    expect(await page.locator("main").textContent()).not.toContain("13700137009");
    await at("take").click();
    expect(await at("phone").textContent()).toBe("+8613700137009");
    await picture(page, "lead-taken");
    expect(await seriousFindings(page)).toEqual([]);
    await at("result-connected").check();
    await at("interested").check();
    await at("notes").fill("周末来店");
    await at("record").click();
    await page.locator("[data-test=calls][data-value='1']").waitFor();
    const id = Number(page.url().split("/").at(-1));
    expect((await server.get(`/api/tasks/${id}/calls`)).json).toMatchObject({
      items: [{ result: "connected", interested: true, notes: "周末来店" }],
    });
    expect(faults).toEqual([]);
    await close();
  });

  inFull(
    "a project goes on to the next stage; a ticket is given to somebody, solved and rated, with a word of others on it",
    async () => {
      const { page, faults, close, visit, at } = await open();
      await visit(`projects/${shop.project}`);
      await at("to-in_sales").click();
      await at("note").fill("合同已签");
      await at("confirm").click();
      await page.locator("h1 ~ [data-state=in_sales]").waitFor();
      expect((await server.get(`/api/projects/${shop.project}/history`)).text).toContain("合同已签");
      await visit("tickets");
      await at("new").click();
      await at("subject").fill("发票抬头有误");
      await page.locator("dialog select").first().selectOption("invoice");
      await at("confirm").click();
      await page.waitForURL(/\/tickets\/\d+$/);
      const opened = await server.get(`/api/tickets/${page.url().split("/").at(-1)}`);
      expect(opened.json).toMatchObject({ kind: "invoice", subject: "发票抬头有误" });
      const ticket = `/api/tickets/${shop.ticket}`;
      await server.post("/api/users", { username: "second_one", password: TEST_PASSWORD, role: "admin" });
      const token = await server.logIn("second_one", TEST_PASSWORD);
      expect((await server.call("POST", `${ticket}/viewing`, { token, body: {} })).status).toBe(200);
      await visit(`tickets/${shop.ticket}`);
      await at("others").getByText("second_one").waitFor();
      await at("transfer").click();
      await at("to").selectOption({ index: 2 });
      await picture(page, "assign");
      await at("confirm").click();
      await page.locator("h1 ~ [data-state=assigned]").waitFor();
      await at("solve").click();
      await at("note").fill("已换货");
      await at("confirm").click();
      await at("rate").click();
      await at("star-4").check();
      await at("confirm").click();
      await page.locator("[data-test=rating][data-value='4']").waitFor();
      await picture(page, "ticket-rated");
      expect((await server.get(ticket)).json).toMatchObject({ state: "confirmed", rating: 4 });
      expect(faults).toEqual([]);
      await close();
    },
  );
});
