import { describe, expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import { recordingChannel, virtualClock } from "../testing/index.js";
import type { SegmentInput } from "./segment-input.js";

const NOW = Date.UTC(2026, 5, 1, 2); // 1 June, 10:00 in Shanghai
const ORDERS: readonly [string, string, string, string?][] = [
  ["lapsed", "2026-04-27 23:59:59.999", "猫粮"],
  ["lapsed", "2026-01-01 10:00", "猫砂"],
  ["back", "2026-04-27 00:00:00.000", "猫粮"],
  ["back", "2026-05-31 10:00", "猫粮"],
  ["old", "2026-01-01 10:00", "猫粮"],
  ["closed", "2026-04-27 10:00", "猫粮", "closed"],
  ["future", "2026-06-01 10:00:00.000", "猫粮"],
];

async function shop() {
  const clock = virtualClock(NOW);
  const kit = createRecallKit({
    stores: memoryStores(),
    clock,
    channels: [recordingChannel({ clock, name: "wecom", maxBatchSize: 1, capability: "none" })],
    logger: silentLogger,
  });
  await kit.customers.upsert([
    { externalKey: "lapsed", externalUserId: "wm_1", city: "上海" },
    { externalKey: "back", externalUserId: "wm_2", city: "上海" },
    { externalKey: "old" },
    { externalKey: "closed", city: "上海" },
    { externalKey: "future" },
    { externalKey: "nothing", externalUserId: "wm_3" },
  ]);
  await kit.orders.ingest(
    ORDERS.map(([externalKey, orderedAt, category, status], n) => ({
      externalId: `o${n}`,
      externalKey,
      orderedAt,
      amount: 1,
      lines: [{ category }],
      status,
    })),
  );
  return kit;
}
const lapse = { minDays: 30, maxDays: 45 };
const keys = (members: readonly { readonly externalKey: string }[]) => members.map(({ externalKey }) => externalKey);

describe("a preview", () => {
  test("counts the funnel step by step, without sending", async () => {
    const kit = await shop();
    const segment = { lapse: { ...lapse, recency: "any-order" as const }, labels: { category: ["猫粮"] } };
    const preview = await kit.audience.preview({ segment });
    expect(preview.steps).toEqual([
      { name: "customers", count: 6 },
      { name: "window", count: 2 },
      { name: "labels", count: 2 },
      { name: "reachable", count: 2 },
    ]);
    expect(preview).toMatchObject({ count: 2, batches: 2, asOf: NOW, unknownLabels: [], warnings: [] });
    expect(keys(preview.sample)).toEqual(["lapsed", "back"]);
    expect(await kit.occurrences.list()).toMatchObject({ items: [] });
  });

  test("counts members before reachability", async () => {
    const kit = await shop();
    const preview = await kit.audience.preview({ segment: { everybody: true } });
    expect(preview.steps).toEqual([
      { name: "customers", count: 6 },
      { name: "reachable", count: 3 },
    ]);
    expect(preview).toMatchObject({ count: 6, batches: 3 });
  });

  test("warns of what a person should know", async () => {
    const kit = await shop();
    const codes = async (source: Parameters<typeof kit.audience.preview>[0]) =>
      (await kit.audience.preview(source)).warnings.map(({ code }) => code);
    expect(await codes({ segment: { labels: { brand: ["蓝氏"], category: ["猫粮"] } } })).toEqual(["label.unknown"]);
    expect(await codes({ segment: { labels: { brand: ["蓝氏"] } } })).toEqual(["label.unknown", "audience.empty"]);
    expect(await codes({ segment: { everybody: true }, channel: "sms" })).toEqual(["channel.missing"]);
    const rule = {
      name: "r",
      segment: { lapse },
      validFrom: "2026-01-01",
      validTo: "2026-12-31",
      content: { text: "a" },
    };
    expect(await codes(rule)).toEqual(["content.no-marker"]);
    expect(await codes(await kit.rules.create(rule))).toEqual(["content.no-marker"]);
  });

  test("shows at most ten people", async () => {
    const kit = await shop();
    await kit.customers.upsert(Array.from({ length: 20 }, (_, n) => ({ externalKey: `more ${n}` })));
    expect((await kit.audience.preview({ segment: { everybody: true } })).sample).toHaveLength(10);
  });

  test("looks from any instant", async () => {
    const kit = await shop();
    const asOf = Date.UTC(2026, 5, 1, 2, 0, 0, 1);
    const today = { segment: { lapse: { minDays: 0, maxDays: 0 } } };
    expect(await kit.audience.count(today)).toBe(0);
    expect(await kit.audience.count(today, { asOf })).toBe(1);
    expect(await kit.audience.count({ segment: { lapse } }, { asOf: NOW - 5 * 86_400_000 })).toBe(2);
    expect(await kit.audience.count({ segment: { lapse: { minDays: 35, maxDays: 35 } } })).toBe(1);
  });

  test("of a wrong segment is refused", async () => {
    const kit = await shop();
    await expect(kit.audience.count({ segment: {} })).rejects.toMatchObject({ code: "input.invalid" });
  });
});

describe("an explanation", () => {
  test("tells for one customer which condition holds, with the facts", async () => {
    const kit = await shop();
    const source = { segment: { lapse, labels: { city: ["上海"] } } };
    expect(await kit.audience.explain(source, { externalKey: "lapsed" })).toMatchObject({
      included: true,
      checks: [
        { name: "has_order", passed: true, detail: "counted orders: 2, last: 2026-04-27 23:59:59" },
        {
          name: "window",
          passed: true,
          detail: "last-order from 2026-04-17 to 2026-05-02, as of 2026-06-01 10:00:00",
        },
        { name: "labels", passed: true, detail: "mode any" },
        { name: "reachable", passed: true, detail: "has external_userid" },
      ],
    });
  });

  test.each([
    ["back", [true, false, true, true]],
    ["old", [true, false, true, false]],
    ["closed", [false, false, false, false]],
    ["nothing", [false, false, false, true]],
  ])("of %s who is out shows why", async (externalKey, passed) => {
    const kit = await shop();
    const source = { segment: { lapse, labels: { category: ["猫粮"] } } };
    const { included, checks } = await kit.audience.explain(source, { externalKey });
    expect(included).toBe(false);
    expect(checks.map((check) => check.passed)).toEqual(passed);
  });

  test("names labels that nobody can have", async () => {
    const kit = await shop();
    const { checks } = await kit.audience.explain({ segment: { labels: { sku: ["404"] } } }, { externalKey: "old" });
    expect(checks).toMatchObject([
      { name: "labels", passed: false, detail: "mode any; unknown: sku=404" },
      { name: "reachable", passed: false, detail: "no external_userid" },
    ]);
  });

  test("needs a customer who exists", async () => {
    const kit = await shop();
    const unknown = kit.audience.explain({ segment: { lapse } }, { externalKey: "nobody" });
    await expect(unknown).rejects.toMatchObject({ code: "customer.not-found" });
  });
});

describe("resolving", () => {
  test("walks page by page by ascending id, and stops when aborted", async () => {
    const kit = await shop();
    await kit.customers.upsert(Array.from({ length: 2500 }, (_, n) => ({ externalKey: `more ${n}` })));
    const stop = new AbortController();
    const source = { segment: { everybody: true } };
    const ids: number[] = [];
    for await (const { customerId } of kit.audience.resolve(source)) ids.push(customerId);
    expect(ids).toHaveLength(2506);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    let seen = 0;
    const walk = async () => {
      for await (const _ of kit.audience.resolve(source, { signal: stop.signal })) {
        seen += 1;
        if (seen === 10) stop.abort(new Error("enough"));
      }
    };
    await expect(walk()).rejects.toThrow("enough");
    expect(seen).toBe(10);
  });
});

describe("what is not known", () => {
  const count = async (segment: SegmentInput) => {
    const kit = await shop();
    const { count, warnings, steps } = await kit.audience.preview({ segment });
    return { count, codes: warnings.map(({ code }): string => code), steps };
  };

  test.each<[SegmentInput, number, string]>([
    [{ products: [{ sku: ["9"] }] }, 0, "label.unknown"],
    [{ products: [{ sku: ["9"], bought: false }] }, 0, "label.unknown"],
    [{ everybody: true, none: [{ labels: { city: ["上海", "南京"] } }] }, 0, "label.unknown"],
    [{ everybody: true, none: [{ none: [{ labels: { city: ["南京"] } }] }] }, 0, "label.unknown"],
    [{ any: [{ labels: { city: ["南京"] } }, { labels: { city: ["上海"] } }] }, 3, "label.unknown"],
    [{ none: [{ attributes: [{ name: "level", isSet: false }] }] }, 0, "attribute.unknown"],
    [{ reachable: ["fax"] }, 0, "segment.channel-unknown"],
    [{ reachable: ["fax", "wecom"] }, 3, "segment.channel-unknown"],
    [{ none: [{ reachable: ["fax"] }] }, 0, "segment.channel-unknown"],
    [{ customers: ["lapsed", "stranger"] }, 1, "customer.unknown"],
  ])("matches nobody, also where it is negated: %j", async (segment, expected, code) => {
    const { count: found, codes } = await count(segment);
    expect([found, codes.includes(code)]).toEqual([expected, true]);
  });

  test("conditions are steps of the funnel, each after the ones before", async () => {
    const { steps } = await count({
      lapse: { minDays: 30, maxDays: 400 },
      orders: { count: { min: 2 } },
      none: [{ customers: ["back"] }],
    });
    expect(steps.map(({ name, count }) => `${name} ${count}`)).toEqual([
      "customers 6",
      "window 2",
      "orders 1",
      "none 1",
      "reachable 1",
    ]);
  });

  test("an explanation goes into the parts of a segment", async () => {
    const kit = await shop();
    const segment: SegmentInput = {
      orders: { count: { min: 1 } },
      any: [{ labels: { category: ["猫粮"] }, customers: ["old"] }, { engagement: [{ did: "sent", withinDays: 7 }] }],
    };
    const { included, checks } = await kit.audience.explain({ segment }, { externalKey: "back" });
    expect(included).toBe(false);
    expect(checks.map(({ name, passed, path }) => `${path ?? ""} ${name} ${passed}`)).toEqual([
      " orders true",
      " any false",
      "any.0 segment false",
      "any.0 labels true",
      "any.0 customers false",
      "any.1 segment false",
      "any.1 engagement false",
      " reachable true",
    ]);
  });
});
