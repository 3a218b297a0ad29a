import { describe, expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import {
  type Capability,
  CHANNEL_SPEC_VERSION,
  type Channel,
  type DeliveryReport,
  type SendOutcome,
} from "../ports/channel.js";
import type { RuleInput } from "../rule/rule-input.js";
import { recordingChannel, sequentialIds, virtualClock } from "../testing/index.js";
import { breathe } from "../testing/push-rig.js";

const START = Date.UTC(2026, 5, 1, 2);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const RULE: RuleInput = {
  name: "召回",
  segment: { everybody: true },
  validFrom: "2026-01-01",
  validTo: "2026-12-31",
  content: { subject: "{{customer_name}}，想你了", text: "{{customer_name}}，{{rule_name}} {{date}}" },
  variables: { customer_name: "朋友" },
};

/** What becomes of one recipient's call; absent: accepted. */
type Fate = (address: string) => SendOutcome | Error | undefined;

async function personalRig({ people = 3, capability = "lookup" as Capability, fate = (() => undefined) as Fate } = {}) {
  const clock = virtualClock(START);
  const recording = recordingChannel({ clock, personal: true, name: "mail" });
  const state = { fate, inFlight: 0, most: 0, reports: undefined as readonly DeliveryReport[] | undefined };
  const channel: Channel = {
    ...recording,
    capability: () => capability,
    async *results(ids, options) {
      if (state.reports) yield state.reports;
      else if (recording.results) yield* recording.results(ids, options);
    },
    async send(batch, options) {
      state.inFlight += 1;
      state.most = Math.max(state.most, state.inFlight);
      await clock.sleep(10);
      state.inFlight -= 1;
      const end = state.fate(batch.recipients[0]?.address ?? "");
      if (end instanceof Error) throw end;
      if (end && end.kind !== "accepted" && end.kind !== "unknown") return [end];
      const made = end?.kind === "unknown" && end.reason === "dropped" ? [] : await recording.send(batch, options);
      return end ? [end] : made;
    },
  };
  const stores = memoryStores();
  const kit = createRecallKit({ stores, clock, channels: [channel], logger: silentLogger, ids: sequentialIds() });
  await kit.customers.upsert(
    Array.from({ length: people }, (_, n) => ({
      externalKey: `c${n}`,
      externalUserId: `wm_${n}`,
      ...(n % 2 === 0 && { name: `客户${n}` }),
    })),
  );
  const { id: ruleId } = await kit.rules.create(RULE);
  const tick = async () => {
    let isOver = false;
    const work = kit.tick().finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await clock.advance(10);
      await breathe(1);
    }
    await work;
  };
  return {
    clock,
    kit,
    state,
    sent: recording.sent,
    ruleId,
    tick,
    async push() {
      const { id } = await kit.occurrences.runNow(ruleId);
      await tick();
      return id;
    },
    async after(ms: number) {
      await clock.advance(ms);
      await tick();
    },
    rows: async () => (await kit.deliveries.list({ limit: 200 })).items,
    batches: async () => (await kit.batches.list({ limit: 200 })).items,
  };
}

describe("a personal channel", () => {
  test("gives everybody their own text, and each delivery its own message", async () => {
    const { push, sent, rows, batches } = await personalRig();
    await push();
    expect(sent.map(({ content }) => content.text)).toEqual([
      "客户0，召回 2026-06-01",
      "朋友，召回 2026-06-01",
      "客户2，召回 2026-06-01",
    ]);
    expect(sent[0]?.content.subject).toBe("客户0，想你了");
    expect(new Set(sent.map(({ marker }) => marker)).size).toBe(3);
    const messages = (await rows()).map(({ state, providerMessageId }) => [state, providerMessageId]);
    expect(messages).toEqual([
      ["accepted", "mail-1"],
      ["accepted", "mail-2"],
      ["accepted", "mail-3"],
    ]);
    expect(await batches()).toMatchObject([{ size: 3, providerMessageId: null, state: "accepted" }]);
  });

  test("holds hundreds in a batch, of which some go out at once, and writes them in bulk", async () => {
    const { push, state, batches, rows, after } = await personalRig({ people: 450 });
    await push();
    expect((await batches()).map(({ size }) => size)).toEqual([200, 200, 50]);
    expect(state.most).toBeGreaterThan(8);
    expect(state.most).toBeLessThanOrEqual(4 * 16);
    await after(2 * MINUTE);
    expect((await rows()).every((row) => row.state === "delivered")).toBe(true);
  });

  test("believes a report that names a message only for whom this one was sent to", async () => {
    const rig = await personalRig();
    await rig.push();
    const [first, second] = await rig.rows();
    rig.state.reports = [
      { address: "wm_2", kind: "delivered", providerMessageId: first?.providerMessageId ?? "" },
      { address: "wm_2", kind: "delivered", providerMessageId: "somebody-elses" },
      { address: "wm_1", kind: "delivered", providerMessageId: second?.providerMessageId ?? "" },
    ];
    await rig.after(2 * MINUTE);
    expect((await rig.rows()).map(({ state }) => state)).toEqual(["accepted", "delivered", "accepted"]);
  });

  test("keeps whom the provider's blacklist holds from further messages on the channel", async () => {
    const fate: Fate = (address) =>
      address === "wm_1" ? { kind: "refused", reason: "provider_blacklist", providerCode: "10" } : undefined;
    const rig = await personalRig({ fate });
    await rig.push();
    expect((await rig.kit.suppressions.list()).items).toMatchObject([
      { channel: "mail", address: "wm_1", customerId: null, reason: "provider_blacklist" },
    ]);
    expect((await rig.rows())[1]).toMatchObject({ state: "failed", reason: "provider_blacklist" });
  });

  test("has one outcome for each: some refused, some later, some unknown, found one by one", async () => {
    const fates: Record<string, SendOutcome> = {
      wm_0: { kind: "refused", reason: "mailbox_full" },
      wm_1: { kind: "deferred", notBefore: START + 5 * MINUTE },
      wm_2: { kind: "unknown", reason: "lost" },
      wm_3: { kind: "unknown", reason: "dropped" },
    };
    const rig = await personalRig({ people: 6, fate: (address) => fates[address] });
    await rig.push();
    const states = async () => (await rig.rows()).map(({ state, reason }) => (reason ? `${state}: ${reason}` : state));
    expect(await states()).toEqual([
      "failed: mailbox_full",
      "in_batch: deferred",
      "unknown",
      "unknown",
      "accepted",
      "accepted",
    ]);
    expect(await rig.batches()).toMatchObject([{ state: "unknown" }, { state: "pending", size: 1 }]);
    rig.state.fate = () => undefined;
    await rig.after(15 * SECOND);
    expect((await states()).slice(2, 4)).toEqual(["accepted", "unknown"]);
    await rig.after(5 * MINUTE);
    expect((await states()).slice(1, 2)).toEqual(["accepted"]);
    // Certainly not there: that person alone goes out again, in a batch of their own, under the same marker.
    await rig.after(10 * MINUTE);
    await rig.after(MINUTE);
    expect(await states()).toEqual([
      "failed: mailbox_full",
      expect.stringMatching(/accepted|delivered/),
      expect.stringMatching(/accepted|delivered/),
      "accepted",
      expect.stringMatching(/accepted|delivered/),
      expect.stringMatching(/accepted|delivered/),
    ]);
    const toThree = rig.sent.filter(({ recipients }) => recipients[0]?.address === "wm_3");
    expect(toThree).toHaveLength(1);
    expect(new Set(rig.sent.map(({ recipients }) => recipients[0]?.address)).size).toBe(rig.sent.length);
  });

  test("says the same in a repeat, although the name has changed since", async () => {
    const rig = await personalRig({ people: 1, fate: () => ({ kind: "unknown", reason: "dropped" }) });
    await rig.push();
    await rig.kit.customers.upsert([{ externalKey: "c0", name: "改名" }]);
    rig.state.fate = () => undefined;
    await rig.after(15 * MINUTE);
    await rig.after(MINUTE);
    expect(rig.sent.map(({ content }) => content.text)).toEqual(["客户0，召回 2026-06-01"]);
  });

  test("that can be asked nothing leaves to a person only those of whom nobody knows", async () => {
    const fates: Record<string, SendOutcome> = { wm_1: { kind: "unknown", reason: "lost" } };
    const rig = await personalRig({ people: 4, capability: "none", fate: (address) => fates[address] });
    const id = await rig.push();
    await rig.after(MINUTE);
    expect((await rig.rows()).map(({ state }) => state)).toEqual(["accepted", "needs_review", "accepted", "accepted"]);
    const [batch] = await rig.batches();
    const [, lost] = await rig.rows();
    const customerIds = [lost?.customerId ?? 0];
    await expect(rig.kit.batches.decide(batch?.id ?? 0, "pending", { customerIds })).rejects.toMatchObject({
      code: "input.invalid",
    });
    await rig.kit.batches.decide(batch?.id ?? 0, "rejected", { customerIds });
    expect((await rig.rows()).map(({ state }) => state)).toEqual(["accepted", "failed", "accepted", "accepted"]);
    expect(await rig.kit.occurrences.status(id)).toMatchObject({ state: "completed" });
  });
});

describe("content of a rule", () => {
  const shared = (): Channel => ({ ...recordingChannel({ clock: virtualClock(START) }), name: "group" });

  test("can't name a person on a channel that sends one text to all", async () => {
    const kit = createRecallKit({ stores: memoryStores(), channels: [shared()], logger: silentLogger });
    await expect(kit.rules.create(RULE)).rejects.toMatchObject({
      issues: [{ path: "content", code: "content.personal-variable" }],
    });
    expect((await kit.rules.page()).total).toBe(0);
  });

  test("needs what to say to people without a name", async () => {
    const { kit } = await personalRig();
    await expect(kit.rules.create({ ...RULE, name: "b", variables: {} })).rejects.toMatchObject({
      issues: [{ path: "variables.customer_name", code: "content.variable-needs-default" }],
    });
  });

  test("is checked by its channel, with paths in the rule", async () => {
    const strict: Channel = {
      ...shared(),
      checkContent: ({ text = "" }) =>
        text.length > 5 ? [{ path: "text", code: "content.too-long", message: "at most 5 characters" }] : [],
    };
    const kit = createRecallKit({ stores: memoryStores(), channels: [strict], logger: silentLogger });
    const rule = { ...RULE, content: { text: "123456" } };
    await expect(kit.rules.create(rule)).rejects.toMatchObject({
      issues: [{ path: "content.text", code: "content.too-long" }],
    });
    const { id } = await kit.rules.create({ ...RULE, content: { text: "12345" } });
    await expect(kit.rules.edit(id, rule)).rejects.toMatchObject({ issues: [{ path: "content.text" }] });
  });

  test("goes over the only channel there is; of several one must be named", async () => {
    const other = { ...shared(), name: "other" };
    const one = createRecallKit({ stores: memoryStores(), channels: [other], logger: silentLogger });
    const rule = { ...RULE, content: { text: "a" } };
    expect((await one.rules.create(rule)).definition.channel).toBe("other");
    const two = createRecallKit({ stores: memoryStores(), channels: [shared(), other], logger: silentLogger });
    const unnamed = { issues: [{ path: "channel", code: "channel.unnamed" }] };
    await expect(two.rules.create(rule)).rejects.toMatchObject(unnamed);
    const none = createRecallKit({ stores: memoryStores(), logger: silentLogger });
    await expect(none.rules.create(rule)).rejects.toMatchObject(unnamed);
    expect((await none.rules.create({ ...rule, channel: "later" })).definition.channel).toBe("later");
    expect(CHANNEL_SPEC_VERSION).toBe(1);
  });
});
