import { createRecallKit, type SegmentInput, silentLogger, type TenantKit } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import type { Stores } from "@recallkit/core/ports";
import fc from "fast-check";
import { expect, test } from "vitest";
import { firstInstantOf, isMeant, type KnownCustomer, type KnownOrder, localDay, stored } from "./audience-oracle.js";
import { sqliteStores } from "./sqlite-stores.js";
import { newFile } from "./test-support.js";

const DAY = 86_400_000;

/** Half hours and quarters of offset, half-hour clock changes, midnights that do not exist, days longer than 24 h. */
const ZONES = [
  "Asia/Shanghai",
  "America/New_York",
  "Europe/London",
  "Australia/Lord_Howe",
  "America/St_Johns",
  "America/Havana",
  "Africa/Cairo",
  "Asia/Kathmandu",
  "Pacific/Chatham",
  "Pacific/Kiritimati",
];

/** Days around which shops do business: leap days, the lack of one, year's end, clock changes of the zones above. */
const CENTRES = [
  "2024-02-29",
  "2023-03-01",
  "2023-12-31",
  "2024-03-10",
  "2024-11-03",
  "2025-03-30",
  "2025-10-26",
  "2024-04-07",
  "2024-04-26",
  "2024-10-31",
];

const KEYS = {
  city: ["Orléans", "上海", "北京", "a,b"],
  store: ["w1", "w2"],
  category: ["猫粮", "猫砂", "cat"],
  brand: ["蓝氏", "皇家"],
  sku: ["1", "2", "3"],
} as const;
const UNKNOWN = "nobody-has-it";

/** A moment of a local day, days counted from the shop's centre. */
interface Moment {
  readonly day: number;
  readonly at: number | "first" | "last";
}
const moment: fc.Arbitrary<Moment> = fc.record({
  day: fc.integer({ min: -50, max: 10 }),
  at: fc.oneof(fc.constantFrom("first" as const, "last" as const), fc.integer({ min: 0, max: DAY - 1 })),
});

const key = (kind: keyof typeof KEYS) => fc.constantFrom(...KEYS[kind]);
const line = fc.record(
  { store: key("store"), category: key("category"), brand: key("brand"), sku: key("sku") },
  { requiredKeys: [] },
);
const order = fc.record({
  buyer: fc.nat(),
  placed: moment,
  status: fc.constantFrom("paid", "shipped", "completed", "partially_refunded", "pending", "closed", "PAID"),
  amountMinor: fc.constantFrom(0, 1, 999, 10_000),
  refund: fc.option(
    fc.record({ part: fc.constantFrom("all", "more", "half", "nothing"), at: fc.option(moment, { nil: undefined }) }),
    { nil: undefined, freq: 2 },
  ),
  lines: fc.array(line, { maxLength: 2 }),
});

const wantedKeys = (kind: keyof typeof KEYS) =>
  fc.array(
    fc.oneof({ weight: 5, arbitrary: key(kind) }, fc.constantFrom(UNKNOWN, ` ${KEYS[kind][0]} `.normalize("NFD"))),
    { minLength: 1, maxLength: 3 },
  );
const lapse = fc
  .record({
    minDays: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 })),
    length: fc.constantFrom(0, 0, 1, 6, 15, 30, 3000),
    recency: fc.constantFrom("last-order" as const, "any-order" as const),
  })
  .map(({ minDays, length, recency }) => ({ minDays, maxDays: minDays + length, recency }));
const kinds = fc.subarray(["city", "store", "category", "brand", "sku"] as const, { minLength: 1, maxLength: 2 });
const labels = kinds.chain((chosen) => fc.record(Object.fromEntries(chosen.map((kind) => [kind, wantedKeys(kind)]))));
const segment: fc.Arbitrary<SegmentInput> = fc.record(
  { lapse, labels, labelMode: fc.constantFrom("any" as const, "grouped" as const, "all" as const) },
  { requiredKeys: [] },
);
const question = fc.record({
  // An instant of the data itself or of a day's edge, or one millisecond beside it.
  asOf: fc.oneof(
    moment.map(({ day, at }) => ({ day: day + 30, at })),
    fc.record({ order: fc.nat(), refund: fc.boolean() }),
  ),
  shift: fc.constantFrom(0, 0, 1, -1),
  zone: fc.option(fc.constantFrom(...ZONES), { nil: undefined, freq: 3 }),
  segment: segment.map((one) => ({ ...one, everybody: true })),
});
const shop = fc.record({
  zone: fc.constantFrom(...ZONES),
  centre: fc.constantFrom(...CENTRES),
  customers: fc.array(fc.subarray([...KEYS.city]), { minLength: 5, maxLength: 40 }),
  orders: fc.array(order, { minLength: 5, maxLength: 60 }),
  questions: fc.array(question, { minLength: 25, maxLength: 25 }),
});
type Shop = typeof shop extends fc.Arbitrary<infer T> ? T : never;

const REFUNDED = { all: (a: number) => a, more: (a: number) => a + 1, half: (a: number) => a >> 1, nothing: () => 0 };

function instantsOf({ zone, centre }: Shop): (moment: Moment) => number {
  const centreDay = Date.parse(centre) / DAY;
  return ({ day, at }) => {
    if (at === "last") return firstInstantOf(centreDay + day + 1, zone) - 1;
    return firstInstantOf(centreDay + day, zone) + (at === "first" ? 0 : at);
  };
}

function knownOrders(shop: Shop): readonly (KnownOrder & { readonly buyer: number })[] {
  const instantOf = instantsOf(shop);
  return shop.orders.map(({ buyer, placed, status, amountMinor, refund, lines }) => ({
    buyer: buyer % shop.customers.length,
    at: instantOf(placed),
    status,
    amountMinor,
    refundedMinor: refund ? REFUNDED[refund.part as keyof typeof REFUNDED](amountMinor) : 0,
    refundedAt: refund?.at ? instantOf(refund.at) : null,
    labels: lines.flatMap((one) => Object.entries(one).map(([kind, value]) => `${kind}:${stored(value)}`)),
  }));
}

async function fill(kit: TenantKit, shop: Shop): Promise<void> {
  await kit.customers.upsert(
    shop.customers.flatMap((cities, n) => [undefined, ...cities].map((city) => ({ externalKey: `c${n}`, city }))),
  );
  const result = await kit.orders.ingest(
    knownOrders(shop).map((known, n) => ({
      externalId: `o${n}`,
      externalKey: `c${known.buyer}`,
      orderedAt: n % 2 === 0 ? known.at : new Date(known.at).toISOString(),
      amountMinor: known.amountMinor,
      status: known.status,
      refunded: known.refundedMinor / 100,
      refundedAt: known.refundedAt ?? undefined,
      lines: shop.orders[n]?.lines,
    })),
  );
  expect(result.rejected).toEqual([]);
}

async function tenantOf(stores: Stores, { zone }: Shop): Promise<TenantKit> {
  const { id } = await stores.tenants.insert({ name: zone, timeZone: zone, currency: "CNY", createdAt: 0 });
  return createRecallKit({ stores, logger: silentLogger }).forTenant(id);
}

async function membersOf(kit: TenantKit, source: Parameters<TenantKit["audience"]["resolve"]>[0], asOf: number) {
  const keys: string[] = [];
  for await (const { externalKey } of kit.audience.resolve(source, { asOf })) keys.push(externalKey);
  return { count: await kit.audience.count(source, { asOf }), keys: keys.sort() };
}

/** Asks both engines and the oracle; tells how many questions had an answer that is neither nobody nor everybody. */
async function ask(kits: readonly TenantKit[], shop: Shop): Promise<number> {
  const instantOf = instantsOf(shop);
  const orders = knownOrders(shop);
  // The city that was told last is the person's.
  const people = shop.customers.map(
    (cities, n): KnownCustomer => ({
      cities: cities.slice(-1).map(stored),
      orders: orders.filter(({ buyer }) => buyer === n),
    }),
  );
  let telling = 0;
  for (const [number, { asOf: when, shift, zone = shop.zone, segment }] of shop.questions.entries()) {
    const chosen = "order" in when ? orders[when.order % orders.length] : undefined;
    const base = "order" in when ? (when.refund && chosen?.refundedAt) || (chosen?.at ?? 0) : instantOf(when);
    const asOf = base + shift;
    const keys = people.flatMap((person, n) => (isMeant(person, segment, asOf, zone) ? [`c${n}`] : [])).sort();
    const someone = `c${number % people.length}`;
    for (const kit of kits) {
      const source = { segment, timeZone: zone };
      expect(await membersOf(kit, source, asOf)).toEqual({ count: keys.length, keys });
      const { included } = await kit.audience.explain(source, { externalKey: someone }, { asOf });
      expect(included).toBe(keys.includes(someone));
    }
    if (keys.length > 0 && keys.length < people.length) telling += 1;
  }
  return telling;
}

async function compare(numRuns: number, seed: number): Promise<{ telling: number; asked: number }> {
  const stores = [memoryStores(), await sqliteStores({ file: newFile(), migrate: true })];
  let telling = 0;
  try {
    const property = fc.asyncProperty(shop, async (one) => {
      const kits = await Promise.all(stores.map((engine) => tenantOf(engine, one)));
      for (const kit of kits) await fill(kit, one);
      telling += await ask(kits, one);
    });
    await fc.assert(property, { seed, numRuns, interruptAfterTimeLimit: 100_000, markInterruptAsFailure: true });
  } finally {
    for (const engine of stores) await engine.close();
  }
  return { telling, asked: numRuns * 25 };
}

test("SQLite and memory mean the same people as the oracle: 50 shops, 25 segments each", {
  timeout: 120_000,
}, async () => {
  const { telling, asked } = await compare(50, 20_240_229);
  expect(telling).toBeGreaterThan(asked / 5);
});

// Add the seed of a failed run here: it is replayed for ever.
test.each([7, 1_700_000_000])("they agree for seed %i", async (seed) => {
  await compare(5, seed);
});

test("the oracle knows the calendar of its zones", () => {
  const day = (text: string) => Date.parse(text) / DAY;
  expect(localDay(Date.UTC(2024, 1, 28, 16), "Asia/Shanghai")).toBe(day("2024-02-29"));
  expect(firstInstantOf(day("2024-03-01"), "Asia/Shanghai")).toBe(Date.UTC(2024, 1, 29, 16));
  expect(firstInstantOf(day("2024-04-26"), "Africa/Cairo")).toBe(Date.UTC(2024, 3, 25, 22));
  expect(
    firstInstantOf(day("2024-11-04"), "America/New_York") - firstInstantOf(day("2024-11-03"), "America/New_York"),
  ).toBe(25 * 3_600_000);
});
