import { describe, expect, test } from "vitest";
import { memoryStores } from "../memory/index.js";
import type { Stores } from "../ports/stores.js";
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
