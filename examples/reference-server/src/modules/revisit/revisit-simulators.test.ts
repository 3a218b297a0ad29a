import { addDays, localDateOf } from "@recallkit/core/ports";
import { type SmsSimulator, startSmsSimulator } from "@recallkit/sms/simulator";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { putInstitution } from "../institutions/service.js";

const PATIENCE = { timeout: 60_000, interval: 100 };
const CODE = "BJ-HA-001";
const PEOPLE = 24;

let sms: SmsSimulator;
let wecom: WecomSimulator;
let server: TestServer;
beforeAll(async () => {
  sms = await startSmsSimulator();
  wecom = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s" }], confirm: { afterMs: 0 } });
  server = await startTestServer({
    ...{ YUNPIAN_API_KEY: "simulator-apikey", YUNPIAN_BASE_URL: sms.url, SMS_SIGNATURE: "示例诊所" },
    ...{ WECOM_CORP_ID: "ww1", WECOM_SECRET: "s", WECOM_BASE_URL: wecom.url },
    ...{ SWEEP_INTERVAL_MS: "100", RESULTS_POLL_MS: "50", QUIET_HOURS: "off" },
  });
  const { kit, stores, clock } = server.context;
  const now = clock.now();
  const facts = { type: "诊所", address: "", phone: "", email: "", status: "active" as const, rowHash: null };
  await putInstitution(stores, { tenantId: kit.tenantId, code: CODE, name: "示例诊所", ...facts }, now);
  const today = localDateOf(now, "Asia/Shanghai");
  // Every third is a friend in WeCom, the others have a number.
  await kit.customers.upsert(
    Array.from({ length: PEOPLE }, (_, n) => ({
      ...{ externalKey: `c${n}`, name: `张${n % 2 ? "静" : "敏"}`, bornOn: `1988-${addDays(today, n % 8).slice(5)}` },
      ...(n % 3 === 0 ? { externalUserId: `wm_${n}` } : { mobile: `+8613800${String(100_100 + n)}` }),
    })),
  );
  // One has refused, and one had another message a moment ago.
  await kit.suppressions.add({ channel: "sms", externalKey: "c1", reason: "opt_out" });
});
afterAll(async () => {
  await server.close();
  await wecom.close();
  await sms.close();
});

const run = (body: object = {}) => server.post(`/api/v1/reminders/${CODE}/run`, body);
type Item = { readonly customer_code: string; readonly state: string; readonly reason: string | null };
const revisits = async () =>
  ((await server.get(`/api/v1/reminders/${CODE}/revisits?limit=200`)).json as { items: Item[] }).items;
const wecomPeople = () => Array.from(wecom.ledger.deliveries(), ({ externalUserid }) => externalUserid).sort();

test("in mode test nobody is called: the ledgers of the providers stay empty", async () => {
  expect((await run()).json).toMatchObject({ found: PEOPLE, written: PEOPLE, test_mode: true });
  expect((await run({ test_mode: true })).json).toMatchObject({ found: PEOPLE, written: PEOPLE });
  await server.context.kit.tick();
  expect([sms.ledger.messages, sms.ledger.calls, wecom.ledger.calls, wecomPeople()]).toEqual([[], [], [], []]);
});

test("in mode auto each person gets one greeting whatever runs race; who refused or had enough gets none", async () => {
  const { kit } = server.context;
  const rule = await kit.rules.create(
    {
      ...{ name: "促销", channel: "sms", content: { text: "上新了" }, segment: { everybody: true } },
      ...{ validFrom: "2020-01-01", validTo: "2100-12-31" },
    },
    { status: "active" },
  );
  await kit.occurrences.sendList({ ruleId: rule.id, requestId: "x", people: [{ externalKey: "c2" }] });
  await vi.waitFor(() => expect(sms.ledger.messages).toHaveLength(1), PATIENCE);
  await server.call("PUT", `/api/v1/reminders/${CODE}/settings`, { body: { mode: "auto" } });

  const answers = await Promise.all([run(), run(), run(), run()]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await vi.waitFor(async () => {
    // Figures are brought up to what became of the deliveries.
    await server.get("/api/v1/analytics/dashboard");
    expect((await revisits()).filter(({ state }) => state === "planned")).toEqual([]);
  }, PATIENCE);
  const states = await revisits();
  expect(states.filter(({ state }) => state === "sent")).toHaveLength(PEOPLE - 2);
  const rest = states.filter(({ state }) => state !== "sent").map((one) => [one.customer_code, one.reason]);
  expect(rest.toSorted()).toEqual([
    ["c1", "opt_out"],
    ["c2", "frequency_cap"],
  ]);
  const greetings = sms.ledger.messages.filter(({ text }) => !text.includes("上新了"));
  expect(new Set(greetings.map(({ to }) => to)).size).toBe(greetings.length);
  expect(greetings).toHaveLength(PEOPLE - PEOPLE / 3 - 2);
  expect(greetings.every(({ text }) => text.startsWith("【示例诊所】") && text.includes("生日"))).toBe(true);
  const friends = Array.from({ length: PEOPLE / 3 }, (_, n) => `wm_${n * 3}`).sort();
  expect(wecomPeople()).toEqual(friends);
  const again = (await run()).json as { readonly written: number; readonly skipped: readonly Item[] };
  expect(again.written).toBe(0);
  expect(again.skipped.find((one) => one.customer_code === "c2")).toMatchObject({ reason: "held_back" });
  const { total } = (await server.get("/api/v1/analytics/dashboard")).json as { total: object };
  expect(total).toMatchObject({ sent: PEOPLE - 2, not_sent: 1, planned: 0 });
});
