import { createRecallKit, type RuleInput, silentLogger } from "@recallkit/core";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { expect, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../app.js";
import { commandLine } from "../testing/command-line.js";

const rule: RuleInput = {
  name: "全部客户",
  segment: { everybody: true },
  validFrom: "2020-01-01",
  validTo: "2099-12-31",
  channel: "wecom",
  content: { text: "好久不见 https://shop.example.com/back" },
};

/** A database with three customers and one rule. */
async function shop(env: Record<string, string> = {}) {
  const line = await commandLine(env);
  const stores = await sqliteStores({ file: line.file, migrate: true, sets: moduleMigrations });
  const kit = createRecallKit({ stores, logger: silentLogger });
  await kit.customers.upsert(["c1", "c2", "c3"].map((key) => ({ externalKey: key, externalUserId: `wm_${key}` })));
  const { id } = await kit.rules.create(rule);
  await kit.close();
  return { ...line, ruleId: id };
}

test("push run plans an occurrence of a rule by id or by name, once per request id", async () => {
  const { run, ruleId } = await shop();
  const first = await run("push", "run", String(ruleId), "--json");
  expect(first.code).toBe(0);
  expect(first.answer).toMatchObject({ occurrence_id: 1, rule_id: ruleId, state: "planned", deliveries: {} });
  const named = ["push", "run", "全部客户", "--request-id", "r1", "--json"];
  expect((await run(...named)).answer).toMatchObject({ occurrence_id: 2 });
  expect((await run(...named)).answer).toMatchObject({ occurrence_id: 2 });
});

test("push run refuses a rule outside its validity, unless forced", async () => {
  const { run, file } = await shop();
  const stores = await sqliteStores({ file, migrate: true, sets: moduleMigrations });
  const kit = createRecallKit({ stores, logger: silentLogger });
  await kit.rules.create({ ...rule, name: "过期", validTo: "2020-01-31" });
  await kit.close();
  const refused = await run("push", "run", "过期", "--json");
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("rule.outside-validity")]);
  expect((await run("push", "run", "过期", "--force", "--json")).answer).toMatchObject({ state: "planned" });
});

test("push run --wait sends with the account in the environment and tells the outcome", async () => {
  const app = { corpId: "ww-test", secret: "test-secret" };
  const simulator = await startWecomSimulator({ corps: [app], customers: ["wm_c1", "wm_c2"] });
  onTestFinished(() => simulator.close());
  const { run, ruleId } = await shop({
    WECOM_CORP_ID: app.corpId,
    WECOM_SECRET: app.secret,
    WECOM_BASE_URL: simulator.url,
  });
  const { code, answer, stderr } = await run("push", "run", String(ruleId), "--wait", "--json");
  expect(stderr).not.toContain("recallkit:");
  expect(code).toBe(0);
  expect(answer).toMatchObject({
    state: "completed",
    audience: 3,
    batches: { accepted: 1 },
    deliveries: { accepted: 2, failed: 1 },
  });
  expect(simulator.ledger.figures()).toMatchObject({ tasks: 1, accepted: 2, failed: 1 });
  expect((await run("doctor", "--json")).answer).toMatchObject({ ok: true });
});

test("push run --wait without an account leaves the sending to a server and gives up after its time", async () => {
  const { run, ruleId } = await shop();
  const { code, answer, stderr } = await run("push", "run", String(ruleId), "--wait", "--timeout", "1", "--json");
  expect(code).toBe(1);
  expect(answer).toMatchObject({ state: "planned" });
  expect(stderr).toContain("recallkit: push.not-finished");
});

test("push plan tells when a rule would reach whom, and changes nothing", async () => {
  const { run, file } = await shop();
  const stores = await sqliteStores({ file, migrate: true, sets: moduleMigrations });
  const kit = createRecallKit({ stores, logger: silentLogger });
  const slots = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday: weekday as 1, time: "10:00" }));
  await kit.rules.create({ ...rule, name: "每日", slots });
  await kit.customers.upsert([{ externalKey: "c4" }]);
  await kit.close();
  const { code, answer } = await run("push", "plan", "每日", "--days", "3", "--json");
  expect(code).toBe(0);
  expect(answer).toMatchObject({
    slots: [
      { audience: 4, contacted: 3, reasons: { no_address: 1 }, skipped: null, batches: [{ number: 1, people: 3 }] },
      { audience: 4, contacted: 0, reasons: { no_address: 1, frequency_cap: 3 }, batches: [] },
      { audience: 4, contacted: 3, reasons: { no_address: 1 } },
    ],
  });
  const { stdout } = await run("push", "plan", "每日", "--days", "1");
  expect(stdout).toMatch(/时间 +人群 +触达 +不触达\n\d{4}-\d\d-\d\d 10:00:00 +4 +3 +no_address 1/);
  expect((await run("push", "plan", "全部客户")).stdout).toContain("这段时间没有推送");
  expect((await run("report", "--json")).answer).toMatchObject({ pushed: 0 });
});
