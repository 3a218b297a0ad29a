import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PUSH } from "../../contract/shop.js";
import {
  CHROMIUM,
  IS_FULL,
  launchBrowser,
  openConsole,
  seriousFindings,
  signIn,
} from "../../testing/console-browser.js";
import { startTestServer, TEST_USERNAME, type TestServer } from "../../testing/test-server.js";

const isMissing = !existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== "1";
const SCREENS = process.env.SCREENS_DIR;
const DECISIONS = ["accepted", "rejected", "pending"] as const;
/** Each decision in each case; at every change each once, in a case of its own. */
const inCase = (at: number) => (IS_FULL ? DECISIONS : DECISIONS.slice(at % 3, (at % 3) + 1));
const NOTE = "企业微信后台「群发记录」已核对";

describe.skipIf(isMissing)("batches whose outcome is not known (needs /usr/bin/chromium)", () => {
  let wecom: WecomSimulator;
  let server: TestServer;
  let browser: Browser;
  let rule = 0;
  beforeAll(async () => {
    wecom = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s" }] });
    const environment = { WECOM_CORP_ID: "ww1", WECOM_SECRET: "s", WECOM_BASE_URL: wecom.url, FREQUENCY_CAPS: "off" };
    server = await startTestServer(environment, { role: "api" });
    browser = await launchBrowser();
    const { kit } = server.context;
    await kit.customers.upsert([{ externalKey: "c1", externalUserId: "wm_1" }]);
    await server.post("/wechatpush/create", PUSH);
    rule = (await kit.rules.list()).items[0]?.id ?? 0;
    if (SCREENS) await mkdir(SCREENS, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await wecom?.close();
  });

  /** A batch that the engine can't settle by itself. */
  async function inReview(): Promise<number> {
    const { kit, stores } = server.context;
    await kit.occurrences.runNow(rule);
    wecom.faults.push({ on: "add_msg_template", kind: "accept-then-reset" });
    await kit.tick();
    const id = (await kit.batches.list()).items.find(({ state }) => state === "unknown")?.id ?? 0;
    const asked = { tenantId: 1, batchId: id, kind: "lookup", number: 1, leaseEpoch: 1 } as const;
    const lookUp = await stores.attempts.open({ ...asked, startedAt: server.context.clock.now() });
    const answer = { class: "OK", answer: '{"found":1}', endedAt: server.context.clock.now() };
    await stores.attempts.close(1, lookUp, answer);
    await stores.sql.updateTable("rk_batches").set({ state: "needs_review" }).where("id", "=", id).execute();
    await stores.sql.updateTable("rk_deliveries").set({ state: "needs_review" }).where("batch_id", "=", id).execute();
    return id;
  }
  const stateOf = async (id: number) =>
    (await server.context.kit.batches.list()).items.find((batch) => batch.id === id)?.state;

  test.each(inCase(2))("%s is decided with a reason, which the audit log keeps with who and when", async (decision) => {
    const id = await inReview();
    const { page, faults, close } = await openConsole(browser);
    await signIn(page, server);
    await page.goto(`${server.url}/console/reviews`);
    await page.locator(`[data-batch='${id}'] [data-test=decide]`).click();
    const confirm = page.locator("dialog[open] [data-test=confirm]");
    // What was asked, and what was said, stands before the decision.
    await page.locator("dialog[open] [data-test=evidence] [data-kind=lookup]", { hasText: "找到 1 条" }).waitFor();
    expect(await page.locator("dialog[open] [data-test=evidence] li").count()).toBe(2);
    await page.locator(`dialog[open] input[value=${decision}]`).check();
    expect(await confirm.isDisabled()).toBe(true);
    await page.locator("[data-test=note]").fill(NOTE);
    if (decision === "pending") {
      // Whoever sends again types to how many.
      expect(await confirm.isDisabled()).toBe(true);
      await page.locator("[data-test=typed]").fill("1");
    }
    expect(await seriousFindings(page)).toEqual([]);
    if (SCREENS) await page.screenshot({ path: `${SCREENS}/console-review-${decision}.png` });
    await confirm.click();
    await page.locator(`[data-batch='${id}']`).waitFor({ state: "detached" });
    expect(await stateOf(id)).toBe(decision);
    const { json } = await server.get(`/api/ops/audit?target=${id}&action=POST%20%2Fapi%2Fops%2Freviews`);
    expect(json).toMatchObject({ items: [{ actor_name: TEST_USERNAME, note: NOTE, at: expect.any(Number) }] });
    expect(faults).toEqual([]);
    await close();
  });

  test.each(inCase(1))("%s that comes after an answer is refused, says so, and changes nothing", async (decision) => {
    const id = await inReview();
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    await page.goto(`${server.url}/console/reviews`);
    await page.locator(`[data-batch='${id}'] [data-test=decide]`).click();
    await page.locator(`dialog[open] input[value=${decision}]`).check();
    await page.locator("[data-test=note]").fill(NOTE);
    if (decision === "pending") await page.locator("[data-test=typed]").fill("1");
    // Meanwhile it became known: the provider's answer, or somebody else's.
    await server.context.kit.batches.decide(id, "rejected");
    const tasks = wecom.ledger.figures("ww1").tasks;
    await page.locator("dialog[open] [data-test=confirm]").click();
    await page.locator("dialog[open] [role=alert]").waitFor();
    expect(await page.locator("[data-test=note]").inputValue()).toBe(NOTE);
    await page.locator("dialog[open] [data-test=cancel]").click();
    await page.locator(`[data-batch='${id}']`).waitFor({ state: "detached", timeout: 30_000 });
    expect([await stateOf(id), wecom.ledger.figures("ww1").tasks]).toEqual(["rejected", tasks]);
    await close();
  });

  /** A batch in review whose call is still under way: the provider answers when it is let go on. */
  async function inReviewUnanswered() {
    const { kit, stores } = server.context;
    await kit.occurrences.runNow(rule);
    wecom.faults.push({ on: "add_msg_template", kind: "late" });
    const sending = kit.tick();
    await wecom.faults.whenHeld();
    const batch = (await kit.batches.list()).items.find(({ state }) => state === "dispatching");
    const id = batch?.id ?? 0;
    // What a lease that ran out and a used-up schedule come to, while the call still hangs.
    const lost = {
      state: "needs_review" as const,
      lease_owner: null,
      lease_until: null,
      lease_epoch: (batch?.leaseEpoch ?? 0) + 1,
    };
    await stores.sql.updateTable("rk_batches").set(lost).where("id", "=", id).execute();
    await stores.sql.updateTable("rk_deliveries").set({ state: "needs_review" }).where("batch_id", "=", id).execute();
    const answer = async () => {
      expect(wecom.faults.release()).toBe(1);
      await sending;
    };
    const attempts = async () =>
      (
        await stores.sql.selectFrom("rk_attempts").select("class").where("batch_id", "=", id).orderBy("id").execute()
      ).map((row) => row.class);
    return { id, answer, attempts };
  }
  const deliveriesOf = async (id: number) =>
    (
      await server.context.stores.sql.selectFrom("rk_deliveries").select("state").where("batch_id", "=", id).execute()
    ).map(({ state }) => state);

  test.each(inCase(0))(
    "%s: the provider's answer before the decision closes the case, and the page says so",
    async (decision) => {
      const { id, answer, attempts } = await inReviewUnanswered();
      const { page, faults, close } = await openConsole(browser);
      await signIn(page, server);
      await page.goto(`${server.url}/console/reviews`);
      await page.locator(`[data-batch='${id}'] [data-test=decide]`).click();
      await page.locator(`dialog[open] input[value=${decision}]`).check();
      await page.locator("[data-test=note]").fill(NOTE);
      if (decision === "pending") await page.locator("[data-test=typed]").fill("1");
      await answer();
      await page.locator("dialog[open] [role=alert]", { hasText: "已有结果" }).waitFor({ timeout: 30_000 });
      expect(await page.locator("dialog[open] [data-test=confirm]").isDisabled()).toBe(true);
      await page.locator("dialog[open] [data-test=cancel]").click();
      await page.locator("[data-test=settled]", { hasText: "没有记录您的决定" }).waitFor();
      expect(await page.locator(`[data-batch='${id}']`).count()).toBe(0);
      if (SCREENS) await page.screenshot({ path: `${SCREENS}/console-review-settled.png`, fullPage: true });
      // What the provider says holds, and nothing was written of a decision.
      expect([await stateOf(id), await deliveriesOf(id)]).toEqual(["accepted", ["accepted"]]);
      expect((await attempts()).at(-1)).toBe("OK");
      const { json } = await server.get(`/api/ops/audit?target=${id}&action=POST%20%2Fapi%2Fops%2Freviews`);
      expect(json).toMatchObject({ items: [] });
      expect(faults).toEqual([]);
      await close();
    },
  );

  test.each(inCase(2))(
    "%s: the provider's answer after the decision is kept, and takes nothing back",
    async (decision) => {
      const { id, answer, attempts } = await inReviewUnanswered();
      const { page, faults, close } = await openConsole(browser);
      await signIn(page, server);
      await page.goto(`${server.url}/console/reviews`);
      await page.locator(`[data-batch='${id}'] [data-test=decide]`).click();
      await page.locator(`dialog[open] input[value=${decision}]`).check();
      await page.locator("[data-test=note]").fill(NOTE);
      if (decision === "pending") await page.locator("[data-test=typed]").fill("1");
      await page.locator("dialog[open] [data-test=confirm]").click();
      await page.locator(`[data-batch='${id}']`).waitFor({ state: "detached" });
      const tasks = wecom.ledger.figures("ww1").tasks;
      await answer();
      // The answer stands beside the decision. Sent again is only what was to be sent again, by the typed number, once.
      await server.context.kit.tick();
      const isSentAgain = decision === "pending";
      expect([await stateOf(id), (await attempts()).filter((one) => one === "OK")]).toEqual(
        isSentAgain ? ["accepted", ["OK", "OK"]] : [decision, ["OK"]],
      );
      expect(wecom.ledger.figures("ww1").tasks).toBe(tasks + (isSentAgain ? 1 : 0));
      const { json } = await server.get(`/api/ops/audit?target=${id}&action=POST%20%2Fapi%2Fops%2Freviews`);
      expect(json).toMatchObject({ items: [{ actor_name: TEST_USERNAME, note: NOTE, at: expect.any(Number) }] });
      await page.reload();
      await page.locator("main h1").waitFor();
      expect(await page.locator(`[data-batch='${id}'], [data-test=settled]`).count()).toBe(0);
      expect(faults).toEqual([]);
      await close();
    },
  );

  test("nobody can be told to resend everything at once", async () => {
    await inReview();
    await inReview();
    const { page, close } = await openConsole(browser);
    await signIn(page, server);
    await page.goto(`${server.url}/console/reviews`);
    await page.locator("[data-test=decide]").nth(1).waitFor();
    expect(await page.locator("[data-test=decide]").count()).toBe(await page.locator("[data-batch]").count());
    await close();
  });
});
