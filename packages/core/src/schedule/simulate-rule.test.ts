import { describe, expect, test } from "vitest";
import type { RuleInput } from "../rule/rule-input.js";
import { DAY, HOUR, MINUTE, pushRig } from "../testing/push-rig.js";
import { seededRandom } from "../testing/seeded.js";
import type { SimulatedPerson } from "./simulate-rule.js";

/** One line per person and slot, as the plan says and as the ledger has it. */
const line = (
  nominal: string,
  { externalKey, reason, batch }: Omit<SimulatedPerson, "reason"> & { readonly reason: string | null },
) => `${nominal} ${externalKey} ${reason ?? "contacted"} in ${batch}`;

async function planAndTruth(rule: Partial<RuleInput>, days: number, seed: number) {
  const random = seededRandom(seed);
  const rig = await pushRig({ people: 12, maxBatchSize: 3, rule });
  const { kit, clock, ruleId, stores } = rig;
  await kit.customers.upsert([{ externalKey: "silent" }]);
  await kit.suppressions.add({ externalKey: "c2", reason: "opt_out" });
  await kit.suppressions.add({ channel: "scripted", address: "wm_5", reason: "complaint" });
  if (random.next() < 0.5) {
    // An earlier push of another rule counts against some people's caps.
    const other = await kit.rules.create({ ...rig.input, name: "earlier", slots: [] });
    await rig.push(other.id);
    await clock.advance(Math.floor(random.next() * 3 * DAY));
    await rig.tick();
  }
  const plan: string[] = [];
  const slots = await kit.simulate(await kit.rules.get(ruleId), {
    days,
    onPerson: ({ nominal }, person) => plan.push(line(nominal, person)),
  });
  const until = clock.now() + days * DAY;
  while (clock.now() < until) {
    await clock.advance(Math.min(MINUTE * 10, until - clock.now()));
    await rig.tick();
  }
  await clock.advance(2 * HOUR);
  await rig.tick();
  const truth: string[] = [];
  const occurrences = (await kit.occurrences.list({ ruleId, limit: 200 })).items.filter(
    ({ kind, dueAt }) => kind === "slot" && dueAt <= until,
  );
  for (const { id, nominal } of occurrences) {
    for (const delivery of (await kit.deliveries.list({ occurrenceId: id, limit: 200 })).items) {
      const batch = delivery.batchId === null ? undefined : await stores.batches.get(1, delivery.batchId);
      const isContacted = ["accepted", "delivered", "not_delivered"].includes(delivery.state);
      const reason = isContacted ? null : (delivery.reason ?? delivery.state);
      truth.push(line(nominal, { externalKey: delivery.externalKey, reason, batch: batch?.number ?? null }));
    }
  }
  const skipped = occurrences.map(({ nominal, reason }) => `${nominal} ${reason}`);
  return { slots, plan, truth, skipped };
}

describe("a rule run ahead of time", () => {
  const slots = [
    { weekday: 1 as const, time: "11:00" },
    { weekday: 1 as const, time: "11:30" },
    { weekday: 3 as const, time: "09:00" },
    { weekday: 6 as const, time: "23:30" },
  ];
  const rules: readonly (readonly [string, Partial<RuleInput>])[] = [
    ["weekly", { slots }],
    ["transactional", { slots, messageClass: "transactional" }],
    ["with pauses that overlap", { slots, batchPauseMs: 20 * MINUTE, messageClass: "transactional" }],
    ["with overlaps allowed", { slots, batchPauseMs: 20 * MINUTE, overlap: "allow", messageClass: "transactional" }],
    ["that expires between batches", { slots, batchPauseMs: 30 * MINUTE, expireAfterMs: 60 * MINUTE }],
    ["that ends", { slots, validTo: "2026-06-03" }],
  ];

  test.each(rules.flatMap(([name, rule]) => [1, 2, 3].map((seed) => [name, seed, rule] as const)))(
    "%s: the plan is what the engine then does (seed %i)",
    async (_, seed, rule) => {
      const { slots: planned, plan, truth, skipped } = await planAndTruth(rule, 9, seed);
      expect(plan).toEqual(truth);
      expect(planned.map(({ nominal, skipped: reason }) => `${nominal} ${reason}`)).toEqual(skipped);
      expect(plan.length).toBeGreaterThan(0);
      for (const slot of planned) {
        const reasons = Object.values(slot.reasons).reduce((sum, count) => sum + count, 0);
        expect(slot.contacted + reasons).toBe(slot.audience);
      }
    },
  );

  test("may be one that is only thought of, and leaves nothing behind", async () => {
    const { kit, input, channel } = await pushRig({ people: 3 });
    const plan = await kit.simulate({ ...input, name: "a thought", slots }, { days: 7 });
    expect(plan.map(({ nominal, contacted }) => [nominal, contacted])).toEqual([
      ["2026-06-01T11:00", 3],
      ["2026-06-01T11:30", 0],
      ["2026-06-03T09:00", 0],
      ["2026-06-06T23:30", 3],
    ]);
    expect(plan[1]).toMatchObject({ reasons: { frequency_cap: 3 }, batches: [], skipped: null });
    expect(channel.calls).toEqual([]);
    expect((await kit.occurrences.list()).items).toEqual([]);
    expect((await kit.rules.page()).total).toBe(1);
  });

  test("of a paused rule says so, and refuses what can't be", async () => {
    const { kit, ruleId, input, open } = await pushRig({ rule: { slots } });
    await kit.rules.setStatus(ruleId, "paused");
    const plan = await kit.simulate(await kit.rules.get(ruleId), { days: 1 });
    expect(plan.map(({ skipped }) => skipped)).toEqual(["paused", "paused"]);
    for (const days of [0, 32, 1.5]) {
      await expect(kit.simulate(input, { days })).rejects.toMatchObject({ issues: [{ path: "days" }] });
    }
    await expect(open({ channels: [] }).simulate(input)).rejects.toMatchObject({ code: "channel.missing" });
  });
});
