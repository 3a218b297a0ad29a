import { describe, expect, test } from "vitest";
import { DAY, HOUR, pushRig, START } from "../testing/push-rig.js";
import { pushSentence } from "./timeline.js";

/** A rule for people who bought 30 to 45 days ago, and a few of them. */
async function shop() {
  const rig = await pushRig({
    people: 3,
    caps: { maxPerDay: 1, maxPerWeek: 3, minGapHours: 48 },
    rule: { segment: { lapse: { minDays: 30, maxDays: 45 } }, content: { text: "喵，{{merchant_name}} 想你了" } },
  });
  const { kit } = rig;
  const bought = (key: string, days: number) => ({
    externalId: `o-${key}`,
    externalKey: key,
    orderedAt: START - days * DAY,
    amount: 12.5,
    status: "paid",
  });
  await kit.orders.ingest([bought("c0", 40), bought("c1", 49), bought("c2", 35)], { source: "shop" });
  await kit.customers.upsert([
    { externalKey: "c0", name: "王小明", mobile: "+8613800138000" },
    { externalKey: "c1", name: "王小红" },
  ]);
  return rig;
}

describe("a person's story", () => {
  test("people are found by key, mobile, identity and the beginning of a name", async () => {
    const { kit } = await shop();
    const keys = async (query: string) =>
      (await kit.people.search({ query })).items.map(({ externalKey }) => externalKey);
    expect(await keys("c0")).toEqual(["c0"]);
    expect(await keys("13800138000")).toEqual(["c0"]);
    expect(await keys("+8613800138000")).toEqual(["c0"]);
    expect(await keys("wm_2")).toEqual(["c2"]);
    expect(await keys("王小")).toEqual(["c0", "c1"].sort((a, b) => (a === b ? 0 : a < b ? -1 : 1)));
    expect(await keys("小")).toEqual([]);
    const first = await kit.people.search({ query: "王", limit: 1 });
    expect(first.items).toHaveLength(1);
    const second = await kit.people.search({ query: "王", limit: 1, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ externalKey }) => externalKey).sort()).toEqual(["c0", "c1"]);
    expect(second.nextCursor).toBeNull();
  });

  test("a timeline tells everything newest first, page by page, in both languages", async () => {
    const { kit, push, after, ruleId, clock } = await shop();
    const occurrence = await push();
    await after(HOUR);
    await kit.consents.record({
      externalKey: "c0",
      channel: "sms",
      status: "granted",
      source: "checkout",
      at: clock.now(),
    });
    await kit.suppressions.add({ externalKey: "c0", reason: "opt_out" });
    const { items, nextCursor } = await kit.people.timeline("c0", { language: "en" });
    expect(nextCursor).toBeNull();
    expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).toSorted((a, b) => b - a));
    expect(items.map(({ kind }) => kind).sort()).toEqual(["consent", "known", "opt_out", "order", "push"]);
    const event = items.find(({ kind }) => kind === "push");
    expect(event?.sentence).toBe('push "召回" over scripted: delivered');
    expect(event?.push).toMatchObject({ occurrenceId: occurrence, ruleId, ruleVersion: 1, state: "delivered" });
    expect(event?.push?.content).toEqual({ text: expect.stringMatching(/^喵，.* 想你了$/) });
    expect(event?.push?.attempts).toMatchObject([{ number: 1, class: "OK" }]);
    const walked: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof kit.people.timeline>> = await kit.people.timeline("c0", {
        limit: 2,
        cursor,
      });
      walked.push(...page.items.map(({ kind, id }) => `${kind} ${id}`));
      cursor = page.nextCursor;
    }
    expect(walked).toEqual(items.map(({ kind, id }) => `${kind} ${id}`));
    const zh = await kit.people.timeline("c0");
    expect(zh.items.find(({ kind }) => kind === "push")?.sentence).toBe("推送“召回”（scripted）：已送达");
  });

  test("a name can't turn the words around it", () => {
    const push = {
      ruleName: "\u202E召回",
      channel: "wecom",
      state: "delivered",
      reason: null,
      handedTo: null,
    } as const;
    expect(pushSentence(push).zh).toBe("推送“召回”（企业微信）：已送达");
  });

  test("an explanation names the fact that decided each condition and gate", async () => {
    const { kit, push, after, ruleId } = await shop();
    const late = await kit.people.explain("c1", ruleId, { language: "en" });
    expect(late).toMatchObject({ included: false, verdict: "not_in_audience" });
    expect(late.sentence).toBe(
      "is not in the audience: last order 2026-04-13, 49 days before, window 30–45: too long ago",
    );
    expect((await kit.people.explain("c1", ruleId)).sentence).toBe(
      "不在人群中：最近一单 2026-04-13，49 天前，区间 30–45 天：太久以前",
    );
    expect(await kit.people.explain("c0", ruleId)).toMatchObject({ included: true, verdict: "would_be_contacted" });
    await push();
    await after(HOUR);
    const capped = await kit.people.explain("c0", ruleId, { language: "en" });
    expect(capped).toMatchObject({ verdict: "frequency_cap" });
    expect(capped.sentence).toContain("1 marketing messages that day (at most 1)");
    expect(capped.pushes).toMatchObject([{ sentence: 'push "召回" over scripted: delivered' }]);
    await kit.suppressions.add({ externalKey: "c0", reason: "opt_out" });
    const out = await kit.people.explain("c0", ruleId, { language: "en" });
    expect(out.verdict).toBe("opt_out");
    expect(out.gates.map(({ reason }) => reason)).toEqual([
      "no_address",
      "duplicate_contact",
      "quiet_hours_expired",
      "opt_out",
      "no_consent",
      "not_a_friend",
      "blocklist",
      "open_ticket",
      "frequency_cap",
      "provider_quota",
      "spend_limit",
    ]);
    expect(out.gates.find(({ reason }) => reason === "opt_out")?.sentence).toMatch(
      /^suppressed since 2026-06-01 11:\d\d on all channels \(opt_out\)$/,
    );
  });

  test("times before the person or the rule, deleted rules, erased, merged and unknown people have a plain answer", async () => {
    const { kit, ruleId, after, clock } = await shop();
    const early = await kit.people.explain("c0", ruleId, { at: START - DAY, language: "en" });
    expect(early).toMatchObject({ verdict: "not_known_yet", included: false });
    expect(early.sentence).toBe("at 2026-05-31 10:00 this person was not known yet, only since 2026-06-01 10:00");
    await after(HOUR);
    const { id: later } = await kit.rules.create({
      name: "later",
      segment: { everybody: true },
      validFrom: "2026-01-01",
      validTo: "2026-12-31",
      content: { text: "hi" },
    });
    expect(await kit.people.explain("c0", later, { at: START })).toMatchObject({ verdict: "no_rule_yet" });
    await kit.rules.delete(later);
    const deleted = await kit.people.explain("c0", later, { at: clock.now(), language: "en" });
    expect(deleted.notes).toEqual(["the rule was deleted on 2026-06-01 11:00"]);
    const former = await kit.people.get("c2");
    await kit.customers.merge("c0", "c2");
    expect(await kit.people.get(former.id)).toMatchObject({ externalKey: "c0", mergedFrom: "c2" });
    expect(await kit.people.get("c2")).toMatchObject({ externalKey: "c0", mergedFrom: "c2" });
    const { externalKey } = await kit.customers.erase("c1");
    expect(await kit.people.get(externalKey)).toMatchObject({ isErased: true, name: null });
    expect((await kit.people.timeline(externalKey)).items.map(({ kind }) => kind)).toContain("order");
    for (const who of ["c1", "nobody", 999])
      for (const ask of [
        () => kit.people.get(who),
        () => kit.people.timeline(who),
        () => kit.people.explain(who, ruleId),
      ])
        await expect(ask()).rejects.toMatchObject({ code: "customer.not-found" });
    await expect(kit.people.explain("c0", 999)).rejects.toMatchObject({ code: "rule.not-found" });
    const { id } = await kit.tenants.create({ name: "other" });
    await expect(kit.forTenant(id).people.timeline("c0")).rejects.toMatchObject({ code: "customer.not-found" });
    await expect(kit.forTenant(id).people.timeline(1)).rejects.toMatchObject({ code: "customer.not-found" });
  });
});
