import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { verifyEvidence } from "@recallkit/core/evidence";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runCommand } from "../../testing/command-line.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const DAY = 86_400_000;
const PATIENCE = { timeout: 20_000, interval: 50 };
const TEXT = "喵～主人，猫砂告急 https://shop.example.com/recall";

let server: TestServer;
let ids: { rule: number; occurrence: number; got: number; late: number };
let now: number;

/** Runs a command beside the server, over its database. */
function run(...argv: readonly string[]) {
  const env = { DATABASE_URL: `sqlite:${join(server.dataDir, "recallkit.db")}`, DATA_DIR: server.dataDir };
  return runCommand(argv, env);
}

/** What a command answers, as JSON and as text in both languages. */
async function answers(...argv: readonly string[]) {
  const json = await run(...argv, "--json");
  const [zh, en] = [await run(...argv, "--lang", "zh"), await run(...argv, "--lang", "en")];
  expect([json.code, zh.code, en.code], `${json.stderr}${zh.stderr}${en.stderr}`).toEqual([0, 0, 0]);
  return { json: json.answer, zh: zh.stdout, en: en.stdout };
}

/** What a route answers in both languages. */
async function asked(path: string) {
  const [zh, en] = [await server.get(path), await server.get(path, { "accept-language": "en" })];
  expect([zh.status, en.status], zh.text).toEqual([200, 200]);
  return { zh: zh.text, en: en.text, json: zh.json as Readonly<Record<string, unknown>> };
}

beforeAll(async () => {
  server = await startTestServer();
  const { kit } = server.context;
  now = Date.now();
  const bought = (key: string, days: number) => ({
    externalId: `o-${key}`,
    externalKey: key,
    orderedAt: now - days * DAY,
    amount: 50,
    buyer: { externalUserId: `wm_${key}`, city: "上海" },
  });
  await kit.orders.ingest([bought("got", 35), bought("late", 49)]);
  await kit.customers.upsert([{ externalKey: "got", name: "王小明", mobile: "+8613800138000" }]);
  await kit.consents.record({ externalKey: "got", channel: "*", status: "granted", source: "checkout", at: now - DAY });
  const rule = {
    name: "45天未购买用户召回",
    status: 1,
    startDate: "2024-01-01",
    endDate: "2099-12-31",
    weekDayPushTime: [{ week: 1, time: "10:00" }],
    cityLabels: "上海",
    lastOrderDay: 30,
    lastOrderDayLimit: 45,
    content: TEXT,
  };
  await server.post("/wechatpush/create", rule);
  const [{ id: ruleId = 0 } = {}] = (await kit.rules.list()).items;
  await server.post("/wechatpush/editstatus", { id: ruleId, status: 0 });
  await server.post("/wechatpush/run", { id: ruleId });
  const occurrence = (await kit.occurrences.list()).items[0]?.id ?? 0;
  await vi.waitFor(async () => {
    const { items } = await kit.deliveries.list();
    expect(items.map(({ acceptedAt }) => typeof acceptedAt)).toEqual(["number"]);
  }, PATIENCE);
  await server.post("/api/suppressions", { customer_key: "got", reason: "opt_out" });
  await kit.orders.ingest([{ ...bought("got", 0), externalId: "o-after", orderedAt: Date.now() }]);
  const idOf = async (key: string) => (await kit.people.get(key)).id;
  ids = { rule: ruleId, occurrence, got: await idOf("got"), late: await idOf("late") };
});

afterAll(() => server.close());

describe("a support person's question", () => {
  test("1 who is this number? is answered by a search, with addresses masked for those who may not see them", async () => {
    const route = await asked("/api/people?query=13800138000");
    expect(route.json).toMatchObject({ items: [{ customer_key: "got", name: "王小明" }] });
    const { json, zh } = await answers("person", "search", "13800138000");
    expect(json).toMatchObject({ people: [{ customer_key: "got" }] });
    expect(zh).toContain("王小明");
  });

  test("2 why did they not get it? is answered by the fact that decided", async () => {
    const route = await asked(`/api/people/${ids.late}/explain?rule_id=${ids.rule}`);
    expect(route.json).toMatchObject({ included: false, verdict: "not_in_audience" });
    expect(route.zh).toContain("49 天前，区间 30–45 天：太久以前");
    expect(route.en).toContain("49 days before, window 30–45: too long ago");
    const { json, zh, en } = await answers("person", "explain", "late", "--rule", "45天未购买用户召回");
    expect(json).toMatchObject({ verdict: "not_in_audience" });
    expect(zh).toContain("49 天前，区间 30–45 天：太久以前");
    expect(en).toContain("49 days before, window 30–45: too long ago");
  });

  test("3 was it sent twice? is answered by the deliveries of the person", async () => {
    const route = await asked(`/api/ops/deliveries?customer_id=${ids.got}&rule_id=${ids.rule}`);
    expect(route.json).toMatchObject({ items: [{ customer_key: "got", occurrence_id: ids.occurrence }] });
    expect(route.json.items).toHaveLength(1);
    const { json, zh, en } = await answers("deliveries", "list", "--person", "got");
    expect(json.items).toHaveLength(1);
    expect(zh.trim().split("\n")).toHaveLength(2);
    expect(en).toContain("outcome");
  });

  test("4 who let the rule go? is answered by the audit log", async () => {
    const route = await asked(`/api/ops/audit?target=${ids.rule}&action=${encodeURIComponent("POST /wechatpush/")}`);
    const found = { action: "POST /wechatpush/editstatus", actor_name: "merchant_username" };
    expect(route.json.items).toEqual(expect.arrayContaining([expect.objectContaining(found)]));
    const { json, zh, en } = await answers(
      "audit",
      "list",
      "--target",
      String(ids.rule),
      "--action",
      "POST /wechatpush/",
    );
    expect(json.items).toEqual(expect.arrayContaining([expect.objectContaining(found)]));
    for (const text of [zh, en]) expect(text).toContain("merchant_username");
  });

  test("5 what did it say exactly? is answered by the timeline", async () => {
    const route = await asked(`/api/people/${ids.got}/timeline`);
    const push = { kind: "push", push: { content: { text: TEXT }, rule_version: expect.any(Number) } };
    expect(route.json.items).toEqual(expect.arrayContaining([expect.objectContaining({ kind: "push" })]));
    const of = (events: unknown) => (events as { kind: string }[]).find(({ kind }) => kind === "push");
    expect(of(route.json.items)).toMatchObject(push);
    const { json, zh, en } = await answers("person", "timeline", "got");
    expect(of(json.items)).toMatchObject(push);
    const shown = await answers("deliveries", "show", "1");
    expect(shown.json).toMatchObject({ customer_key: "got", content: { text: TEXT }, attempts: [{ number: 1 }] });
    expect(shown.zh).toContain("猫砂告急");
    expect(zh).toContain("推送“45天未购买用户召回”（企业微信）");
    expect(en).toContain('push "45天未购买用户召回" over wecom');
  });

  test("6 when is the next? is answered for a rule and for all", async () => {
    const route = await asked(`/api/rules/${ids.rule}/upcoming?count=2&people=true`);
    const slots = route.json.items as { nominal: string; due_at: number; audience: number }[];
    expect(slots).toHaveLength(2);
    expect(slots.map(({ nominal }) => nominal.slice(10))).toEqual(["T10:00", "T10:00"]);
    expect((slots[1]?.due_at ?? 0) - (slots[0]?.due_at ?? 0)).toBe(7 * DAY);
    expect(slots[0]?.audience).toEqual(expect.any(Number));
    expect((await asked("/api/rules/upcoming?count=1")).json).toMatchObject({
      items: [{ rule_id: ids.rule, holds: [] }],
    });
    const { json, zh, en } = await answers("rules", "upcoming", String(ids.rule), "--count", "2");
    expect(json.items).toMatchObject([{ nominal: slots[0]?.nominal }, { nominal: slots[1]?.nominal }]);
    expect(zh).toContain("渠道");
    expect(en).toContain("channel");
  });

  test("7 who opted out, and when? is answered by the timeline", async () => {
    const route = await asked(`/api/people/${ids.got}/timeline`);
    expect(route.zh).toContain("免打扰（全部渠道）：客户要求不再接收消息");
    expect(route.en).toContain("not to be contacted on all channels: the person asked not to be contacted");
    const { zh, en } = await answers("person", "show", "got");
    expect(zh).toContain("免打扰（全部渠道）");
    expect(en).toContain("asked not to be contacted");
  });

  test("8 would they get the next one? is answered by the gate that holds them", async () => {
    const route = await asked(`/api/people/${ids.got}/explain?rule_id=${ids.rule}&at=${now + 36 * DAY}`);
    expect(route.json.gates).toEqual(
      expect.arrayContaining([expect.objectContaining({ reason: "opt_out", is_asked: true, holds: true })]),
    );
    const { zh, en } = await answers("person", "explain", "got", "--rule", String(ids.rule));
    expect(zh).toMatch(/✗ +opt_out +自 .* 起免打扰/);
    expect(en).toMatch(/✗ +opt_out +suppressed since/);
  });

  test("9 did they agree, where and when? is answered by the timeline", async () => {
    const route = await asked(`/api/people/${ids.got}/timeline?limit=200`);
    expect(route.zh).toContain("同意在全部渠道接收营销消息（来源 checkout）");
    const { en } = await answers("person", "timeline", "got");
    expect(en).toContain("agreed to marketing messages on all channels (by checkout)");
  });

  test("10 what did the provider say? is answered by the calls of the occurrence", async () => {
    const route = await asked(`/api/ops/attempts?occurrence_id=${ids.occurrence}`);
    expect(route.json).toMatchObject({ items: [{ number: 1, class: "OK" }] });
    const { json, zh, en } = await answers("occurrences", "show", String(ids.occurrence));
    expect(json).toMatchObject({ id: ids.occurrence, attempts: [{ number: 1, class: "OK" }] });
    expect(zh).toContain("调用 1: OK");
    expect(en).toContain("call 1: OK");
  });

  test("11 did they buy afterwards? is answered by the timeline", async () => {
    const route = await asked(`/api/people/${ids.got}/timeline?limit=2`);
    expect(route.json.next_cursor).toEqual(expect.any(String));
    expect((await asked(`/api/people/${ids.got}/timeline`)).zh).toContain("订单 o-after");
    const { zh, en } = await answers("person", "timeline", "got");
    expect(zh).toContain("订单 o-after");
    expect(en).toContain("order o-after");
  });

  test("12 can we prove it? is answered by a file that shows every change", async () => {
    const path = `/api/people/${ids.got}/evidence?occurrence_id=${ids.occurrence}`;
    const route = await server.get(path);
    const verdict = verifyEvidence(route.text);
    if (verdict.kind !== "intact") throw new Error(verdict.what);
    expect(verdict.pack.entries.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["consent", "rule", "audience", "gate", "text", "attempt", "receipt", "order"]),
    );
    expect((await server.get("/api/ops/audit?action=evidence.export")).text).toContain(verdict.pack.head);
    for (const [language, word] of [
      ["zh", "推送证据"],
      ["en", "Evidence of a push"],
    ] as const) {
      const page = await server.get(
        `/api/people/${ids.got}/evidence.html?occurrence_id=${ids.occurrence}&language=${language}`,
      );
      expect(page.text).toContain(word);
      expect(page.text).toContain("喵～主人");
    }
    const file = join(server.dataDir, "evidence.json");
    const { json } = await answers(
      "evidence",
      "--person",
      "got",
      "--occurrence",
      String(ids.occurrence),
      "--out",
      file,
    );
    expect(json).toMatchObject({ file, head: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const { zh, en } = await answers("evidence", "verify", file);
    expect([zh, en]).toEqual([expect.stringContaining("未被改动"), expect.stringContaining("intact")]);
    await writeFile(file, route.text.replace("got", "gut"));
    const changed = await run("evidence", "verify", file, "--lang", "en", "--json");
    expect(changed).toMatchObject({ code: 1, stderr: expect.stringContaining("recallkit: evidence.changed") });
    expect(changed.answer).toMatchObject({ intact: false, what: "entry" });
  });
});

describe("what is asked for in vain", () => {
  test("has a code and a sentence", async () => {
    for (const path of [
      "/api/people/99999",
      "/api/people/99999/timeline",
      `/api/people/99999/explain?rule_id=${ids.rule}`,
    ])
      expect(await server.get(path)).toMatchObject({ status: 404, json: { code: "customer.not-found" } });
    expect(await server.get(`/api/people/${ids.got}/explain?rule_id=99999`)).toMatchObject({ status: 404 });
    expect(await server.get(`/api/people/${ids.late}/evidence?occurrence_id=${ids.occurrence}`)).toMatchObject({
      status: 404,
      json: { code: "delivery.not-found" },
    });
    expect((await server.get(`/api/people/${ids.got}/timeline?cursor=x`)).status).toBe(400);
    const zh = await run("person", "show", "nobody", "--lang", "zh");
    expect(zh).toMatchObject({ code: 1, stdout: "", stderr: "recallkit: customer.not-found: 客户不存在\n" });
    const en = await run("person", "show", "nobody", "--lang", "en");
    expect(en.stderr).toMatch(/^recallkit: customer.not-found: no customer/);
  });

  test("makes no database", async () => {
    const missing = join(server.dataDir, "typo.db");
    for (const argv of [
      ["rules", "list"],
      ["report"],
      ["person", "show", "got"],
      ["jobs", "list"],
      ["alarms", "list"],
    ]) {
      const { code, stderr } = await runCommand([...argv, "--db", `sqlite:${missing}`], {});
      expect({ argv, code, stderr }).toEqual({ argv, code: 2, stderr: expect.stringContaining("没有这个数据库") });
    }
    expect(
      (await runCommand(["rules", "list", "--db", `sqlite:${missing}`], { LANG: "en_GB.UTF-8" })).stderr,
    ).toContain("there is no such database");
    await expect(import("node:fs/promises").then(({ stat }) => stat(missing))).rejects.toMatchObject({
      code: "ENOENT",
    });
  });
});

test("an alarm is looked after by the first who says so, and its code can be muted", async () => {
  const { stores } = server.context;
  await stores.alarms.add({ tenantId: 1, code: "missed", entity: "rule", entityId: 1, detail: "", at: now });
  const id = (await stores.alarms.list(1, {})).items[0]?.id ?? 0;
  const taken = await server.post(`/api/ops/alarms/${id}/acknowledge`);
  expect(taken.json).toMatchObject({ id, acknowledged_by: expect.stringMatching(/^user:/), muted_until: null });
  expect((await run("alarms", "acknowledge", String(id), "--json")).answer).toMatchObject({
    acknowledged_by: expect.stringMatching(/^user:/),
  });
  await server.post("/api/ops/alarm-mutes", { code: "missed", minutes: 60 });
  const list = await asked("/api/ops/alarms");
  expect(list.json).toMatchObject({ items: [{ id, muted_until: expect.any(Number) }] });
  expect(list.zh).toContain("有一次推送开始得太晚");
  expect(list.en).toContain("A slot began too late");
  expect((await run("alarms", "list", "--lang", "en")).stdout).toContain("A slot began too late");
  expect((await server.post("/api/ops/alarm-mutes", { code: "missed", minutes: 0 })).json).toEqual({ items: [] });
  expect((await server.post("/api/ops/alarms/99999/acknowledge")).json).toMatchObject({ code: "alarm.not-found" });
});
