import { describe, expect, test } from "vitest";
import { memoryStores } from "../memory/index.js";
import type { Stores } from "../ports/stores.js";
import type { RuleInput } from "../rule/rule-input.js";
import { HOUR, pushRig, START } from "../testing/push-rig.js";

/** Memory that counts the pages of outlook that are read. */
function counting() {
  const stores = memoryStores();
  const pages: number[] = [];
  const counted: Stores = {
    ...stores,
    deliveries: {
      ...stores.deliveries,
      outlook: async (page) => {
        pages.push(page.limit);
        return stores.deliveries.outlook(page);
      },
    },
  };
  return { counted, pages };
}

describe("a preview", () => {
  test("says who would be contacted, who not and why, and sends nothing", async () => {
    const { kit, ruleId, push, clock, channel } = await pushRig({ people: 5 });
    await push();
    await clock.advance(HOUR);
    await kit.customers.upsert([{ externalKey: "silent" }, { externalKey: "new", externalUserId: "wm_new" }]);
    await kit.suppressions.add({ externalKey: "c1", reason: "opt_out" });
    const rule = await kit.rules.get(ruleId);
    const expected = { count: 7, asked: 7, contacted: 1, reasons: { opt_out: 1, no_address: 1, frequency_cap: 4 } };
    expect(await kit.audience.preview(rule)).toMatchObject(expected);
    expect(channel.calls).toHaveLength(1);
  });

  test("goes by the parts of the rule: class, caps, pauses and expiry", async () => {
    const { kit, input, push, clock } = await pushRig({ people: 5, maxBatchSize: 2 });
    await push();
    await clock.advance(49 * HOUR);
    const told = async (part: object) => (await kit.audience.preview({ ...input, name: "new", ...part })).reasons;
    expect(await told({})).toEqual({});
    expect(await told({ caps: { maxPerWeek: 1 } })).toEqual({ frequency_cap: 5 });
    expect(await told({ caps: { maxPerWeek: 1 }, messageClass: "transactional" })).toEqual({});
    expect(await told({ batchPauseMs: HOUR, expireAfterMs: 2 * HOUR })).toEqual({ expired: 1 });
    await expect(told({ caps: { minGapHours: -1 } })).rejects.toMatchObject({ issues: [{ path: "caps.minGapHours" }] });
  });

  test("asks the gates as of now when it looks at an earlier instant, and then when at a later one", async () => {
    const { kit, input, push } = await pushRig({ people: 2 });
    await push();
    const capped = async (asOf: number) => (await kit.audience.preview({ ...input, name: "new" }, { asOf })).reasons;
    expect(await capped(START - 100 * HOUR)).toEqual({ frequency_cap: 2 });
    expect(await capped(START + 47 * HOUR)).toEqual({ frequency_cap: 2 });
    expect(await capped(START + 48 * HOUR)).toEqual({});
  });

  test("warns of a rule that will not fire any more", async () => {
    const { kit, input, clock } = await pushRig();
    const codes = async (source: Parameters<typeof kit.audience.preview>[0]) =>
      (await kit.audience.preview(source)).warnings.flatMap(({ code, detail }) =>
        code === "rule.never-fires" ? [detail] : [],
      );
    // START is the Monday 2026-06-01, 10:00 in Shanghai.
    const until = (validTo: string, slots: RuleInput["slots"]) => ({ ...input, name: validTo, validTo, slots });
    const monday: RuleInput["slots"] = [{ weekday: 1, time: "09:00" }];
    expect(await codes(until("2026-05-31", monday))).toEqual(["2026-05-31"]);
    expect(await codes(until("2026-06-07", monday))).toEqual(["2026-06-07"]);
    expect(await codes({ ...until("2026-06-07", monday), timeZone: "America/New_York" })).toEqual([]);
    expect(await codes(until("2026-06-08", monday))).toEqual([]);
    expect(await codes(until("2026-06-01", null))).toEqual([]);
    expect(await codes(until("2026-05-31", null))).toEqual(["2026-05-31"]);
    expect(await codes({ ...until("2026-06-03", [{ weekday: 7, time: "09:00" }]), validFrom: "2026-06-02" })).toEqual([
      "2026-06-03",
    ]);
    expect(await codes({ segment: input.segment })).toEqual([]);
    const rule = await kit.rules.create(until("2026-06-08", monday));
    expect(await codes(rule)).toEqual([]);
    await clock.advance(7 * 24 * HOUR);
    expect(await codes(rule)).toEqual(["2026-06-08"]);
  });

  test("reads pages of the first people only, and none when nobody is asked about", async () => {
    const { counted, pages } = counting();
    const { input, open } = await pushRig();
    const kit = open({ stores: counted });
    await kit.customers.upsert(Array.from({ length: 2500 }, (_, n) => ({ externalKey: `p${n}` })));
    const asked = async (people: number) => {
      pages.length = 0;
      const preview = await kit.audience.preview({ ...input, name: "new" }, { people });
      return [preview.count, preview.asked, ...pages];
    };
    expect(await asked(0)).toEqual([2500, 0]);
    expect(await asked(3)).toEqual([2500, 3, 3]);
    expect(await asked(1500)).toEqual([2500, 1500, 1000, 500]);
    expect(await asked(1_000_000)).toEqual([2500, 2500, 1000, 1000, 1000]);
    for (const people of [-1, 1.5, 1_000_001]) {
      await expect(asked(people)).rejects.toMatchObject({ issues: [{ path: "people" }] });
    }
  });
});
