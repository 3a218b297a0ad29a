import { describe, expect, test } from "vitest";
import { InputError } from "../errors.js";
import type { DeliveryReport } from "../ports/channel.js";
import type { RuleInput } from "../rule/rule-input.js";
import { accept, HOUR, lose, MINUTE, pushRig } from "../testing/push-rig.js";
import { recordingChannel } from "../testing/recording-channel.js";

/** People c0, c1 … of whom staff are asked first (`scripted`), and who get an SMS otherwise. */
async function rigOf(rule: Partial<RuleInput> = {}, people = 3) {
  const rig = await pushRig({ people: 0, caps: { maxPerDay: 1 }, quietHours: "off" });
  const sms = {
    ...recordingChannel({ clock: rig.clock, name: "sms", personal: true }),
    addressType: "mobile" as const,
  };
  const kit = rig.open({ channels: [rig.channel, sms] });
  const numbers = Array.from({ length: people }, (_, n) => n);
  await kit.customers.upsert(
    numbers.map((n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}`, mobile: `+8613800000${100 + n}` })),
  );
  const input = { ...rig.input, name: "fall back", channels: ["scripted", "sms"], ...rule };
  const { id } = await kit.rules.create(input);
  const tick = () => rig.tick(kit);
  return {
    ...rig,
    kit,
    sms,
    tick,
    texts: () => sms.sent.map(({ recipients: [first] }) => `${first?.address.slice(-3)} ${first?.content.text}`),
    async push() {
      const occurrence = await kit.occurrences.runNow(id);
      await tick();
      return occurrence.id;
    },
    /** Lets the sweep hand people on, and what follows be sent. */
    async after(ms: number) {
      await rig.clock.advance(ms);
      await tick();
      await tick();
    },
    chain: async () =>
      (await kit.deliveries.list({ limit: 200 })).items.map(
        ({ externalKey, channel, state, reason, handedTo }) =>
          `${externalKey} ${channel} ${state}${reason ? ` (${reason})` : ""}${handedTo ? ` → ${handedTo}` : ""}`,
      ),
  };
}

const waiting = (words: Readonly<Record<string, Omit<DeliveryReport, "address">>>) => (address: string) => ({
  address,
  ...(words[address] ?? { kind: "pending" as const }),
});

describe("the next channel gets", () => {
  test("whoever has no address on the first, is no friend, or was refused; each once, with a text of its own", async () => {
    const { kit, channel, push, after, chain, texts } = await rigOf({ contents: { sms: { text: "短信" } } });
    await kit.customers.upsert([{ externalKey: "c3", mobile: "+8613800000103" }, { externalKey: "c4" }]);
    await kit.suppressions.add({ externalKey: "c0", channel: "scripted", reason: "not_a_friend" });
    channel.steps.push(accept({ wm_1: "invalid" }));
    const id = await push();
    await after(MINUTE);
    expect(await chain()).toEqual([
      "c0 scripted suppressed (not_a_friend) → sms",
      "c1 scripted failed (invalid) → sms",
      "c2 scripted delivered",
      "c3 scripted suppressed (no_address) → sms",
      "c4 scripted suppressed (no_address)",
      "c3 sms delivered",
      "c0 sms accepted",
      "c1 sms accepted",
    ]);
    expect(texts().sort()).toEqual(["100 短信", "101 短信", "103 短信"]);
    expect(await kit.occurrences.status(id)).toMatchObject({
      state: "completed",
      audienceSize: 5,
      deliveries: { delivered: 2, accepted: 2, suppressed: 1 },
    });
    const { handedOn, ruleId } = await kit.occurrences.status(id);
    expect(await kit.report(ruleId)).toMatchObject({ audience: 5, pushed: 4, failed: 0, accepted: 4, delivered: 2 });
    const { audience, byChannel } = await kit.funnel({ ruleId });
    expect([audience, byChannel.map((part) => [part.channel, part.audience, part.steps[1]?.people])]).toEqual([
      5,
      [
        ["scripted", 5, 1],
        ["sms", 3, 3],
      ],
    ]);
    expect(handedOn.map(({ reason, people }) => `${reason} ${people}`).sort()).toEqual([
      "invalid 1",
      "no_address 1",
      "not_a_friend 1",
    ]);
  });

  test("whom the first channel never reached, by its own report", async () => {
    const { channel, push, after, chain } = await rigOf();
    channel.report = waiting({
      wm_0: { kind: "not_delivered", reason: "provider_quota" },
      wm_1: { kind: "not_delivered", reason: "not_a_friend" },
      wm_2: { kind: "not_delivered", reason: "lost" },
    });
    await push();
    await after(MINUTE);
    expect((await chain()).filter((line) => line.includes("→"))).toEqual([
      "c0 scripted not_delivered (provider_quota) → sms",
      "c1 scripted not_delivered (not_a_friend) → sms",
    ]);
  });

  test("nobody of whom nothing is known, until a look-up finds nothing", async () => {
    const { channel, push, after, chain, texts } = await rigOf();
    channel.steps.push(lose(true));
    await push();
    await after(MINUTE);
    expect(texts()).toEqual([]);
    expect(await chain()).toEqual(["c0 scripted accepted", "c1 scripted accepted", "c2 scripted accepted"]);
  });

  test("nobody who said no, is over a cap, or whose rule has ended", async () => {
    const { kit, channel, push, after, texts } = await rigOf({ expireAfterMs: MINUTE });
    await kit.suppressions.add({ externalKey: "c0", reason: "opt_out" });
    channel.steps.push(accept({ wm_1: "provider_blacklist" }));
    channel.report = waiting({ wm_2: { kind: "not_delivered", reason: "not_a_friend" } });
    await push();
    await after(2 * MINUTE);
    expect(texts()).toEqual([]);
  });
});

describe("what staff have not confirmed in time", () => {
  const rule = { fallBackAfterMs: 4 * HOUR };

  test("is called off first, and goes to the next channel once that is certain", async () => {
    const { channel, push, after, chain, kit, texts } = await rigOf(rule);
    channel.report = waiting({ wm_0: { kind: "delivered" } });
    const id = await push();
    await after(4 * HOUR - MINUTE);
    expect([channel.cancelled, (await kit.occurrences.status(id)).state]).toEqual([[], "running"]);
    await after(MINUTE);
    expect([channel.cancelled, texts()]).toEqual([["m1"], []]);
    // Confirmed right before it was called off.
    channel.report = waiting({ wm_0: { kind: "delivered" }, wm_1: { kind: "delivered" } });
    await after(10 * MINUTE);
    expect(texts()).toEqual(["102 喵"]);
    expect(await chain()).toEqual([
      "c0 scripted delivered",
      "c1 scripted delivered",
      "c2 scripted not_delivered (called_off) → sms",
      "c2 sms accepted",
    ]);
    expect((await kit.occurrences.status(id)).state).toBe("completed");
  });

  test("is asked to be called off again as long as the provider does not say yes, and nobody is handed on", async () => {
    const { channel, push, after, texts } = await rigOf(rule);
    channel.report = waiting({});
    channel.onCancel = () => {
      throw new Error("no answer");
    };
    await push();
    await after(4 * HOUR);
    await after(HOUR);
    expect(texts()).toEqual([]);
    channel.onCancel = undefined;
    await after(HOUR);
    await after(10 * MINUTE);
    expect(texts()).toHaveLength(3);
  });

  test("waits for reports that come: without them nobody is handed on", async () => {
    const { channel, push, after, texts } = await rigOf(rule);
    channel.report = waiting({});
    await push();
    await after(4 * HOUR);
    channel.onResults = () => {
      throw new Error("away");
    };
    await after(10 * MINUTE);
    expect(texts()).toEqual([]);
    channel.onResults = undefined;
    await after(HOUR);
    expect(texts()).toHaveLength(3);
  });

  test("stays with staff once the push has expired", async () => {
    const { channel, push, after, texts, kit } = await rigOf({ ...rule, expireAfterMs: 4 * HOUR + 1 });
    channel.report = waiting({});
    const id = await push();
    await after(3 * HOUR);
    await after(2 * HOUR);
    expect([channel.cancelled, texts(), (await kit.occurrences.status(id)).state]).toEqual([[], [], "completed"]);
  });
});

test("each attempt counts once against the caps of a person", async () => {
  const { channel, push, after, texts, kit } = await rigOf({ fallBackAfterMs: HOUR });
  channel.report = waiting({});
  await push();
  await after(HOUR);
  await after(10 * MINUTE);
  expect(texts()).toHaveLength(3);
  const second = await push();
  expect((await kit.occurrences.status(second)).deliveries).toEqual({ suppressed: 3 });
});

test("a rule's order of channels is judged as a whole", async () => {
  const { kit, input } = await rigOf();
  const faultsOf = async (rule: Partial<RuleInput>) => {
    const error = await kit.rules.create({ ...input, name: "x", ...rule }).catch((thrown: unknown) => thrown);
    return InputError.is(error) ? error.issues.map(({ path }) => path) : error;
  };
  expect(await faultsOf({ channels: ["sms", "scripted"] })).toEqual(["channel"]);
  expect(await faultsOf({ channels: ["scripted", "sms", "sms"] })).toEqual(["channels.2"]);
  expect(await faultsOf({ channels: ["scripted"], contents: { sms: { text: "x" } } })).toEqual(["contents.sms"]);
  expect(await faultsOf({ channels: ["scripted", "sms"], contents: { sms: { text: "{{no}}" } } })).toEqual([
    "contents.sms.text",
  ]);
  expect(await faultsOf({ fallBackAfterMs: HOUR })).toEqual(["fallBackAfterMs"]);
  const { channel: _, ...unnamed } = input;
  const rule = await kit.rules.create({ ...unnamed, name: "y", channels: ["scripted", "sms"], contents: null });
  expect(rule.definition).toMatchObject({ channel: "scripted", channels: ["scripted", "sms"] });
});

test("a channel that can't call anything off is no one to wait for", async () => {
  const { kit, input } = await rigOf();
  const rule = { ...input, name: "x", channel: "sms", channels: ["sms", "scripted"], fallBackAfterMs: HOUR };
  await expect(kit.rules.create(rule)).rejects.toMatchObject({
    issues: [{ path: "fallBackAfterMs", code: "channel.cancel-unavailable" }],
  });
});
