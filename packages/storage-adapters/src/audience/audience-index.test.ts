import { createRecallKit, type SegmentInput, silentLogger } from "@recallkit/core";
import { type AudienceIndex, createAudienceIndex } from "@recallkit/core/audience-index";
import { type AudienceQuery, compileSegment, segmentSchema } from "@recallkit/core/ports";
import { seededRandom, virtualClock } from "@recallkit/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sqliteStores } from "../sqlite/sqlite-stores.js";
import { draws } from "./shop-model.js";

/** 100 000 with RECALLKIT_FULL=1. */
const CHANGES = process.env.RECALLKIT_FULL === "1" ? 100_000 : 1_200;
const ROUNDS = 12;
const PEOPLE = 150;
const NOW = Date.UTC(2026, 2, 16, 2);
const DAY = 86_400_000;
const STATUSES = ["paid", "completed"];
const CITIES = ["上海", "北京", "Orléans"];
const SKUS = ["1", "2", "3", "4"];

const SEGMENTS: readonly SegmentInput[] = [
  { everybody: true },
  { lapse: { minDays: 5, maxDays: 30 } },
  { lapse: { minDays: 5, maxDays: 30, recency: "any-order" }, labels: { city: ["上海"], sku: ["1"] } },
  { lapse: { minDays: 0, maxDays: 60 }, labels: { city: ["上海"], sku: ["1", "2"] }, labelMode: "grouped" },
  { orders: { count: { min: 2, max: 6 }, totalMinor: { min: 5_000 } } },
  { orders: { averageGapDays: { max: 20 } }, none: [{ products: [{ sku: ["3"] }] }] },
  { orders: { overdue: { factor: 1.5 } } },
  { products: [{ sku: ["2"], bought: false, within: { minDays: 0, maxDays: 20 } }], everybody: true },
  { any: [{ labels: { city: ["北京"] } }, { orders: { firstOrder: { minDays: 0, maxDays: 15 } } }] },
  { birthday: { toDays: 60 } },
  { customers: ["c1", "c2", "c99"], none: [{ labels: { city: ["上海"] } }] },
];

const stores = await sqliteStores({ file: ":memory:", migrate: true });
const clock = virtualClock(NOW);
const kit = createRecallKit({ stores, clock, logger: silentLogger, secretKey: "x".repeat(32) });
afterAll(() => kit.close());

const d = draws(seededRandom(20));
const key = () => `c${d.below(PEOPLE)}`;
let orders = 0;

function newOrder(externalId = `o${orders++}`) {
  const amountMinor = d.pick([0, 500, 999, 10_000]);
  return {
    ...{ externalId, externalKey: key(), amountMinor, status: d.pick(["paid", "completed", "pending"]) },
    orderedAt: NOW - d.below(70) * DAY - d.below(DAY),
    lines: d.some(SKUS, 0.4).map((sku) => ({ sku, amountMinor: 0 })),
  };
}

/** Orders as they were last told, so that they can be told again. */
const told = new Map<string, ReturnType<typeof newOrder>>();

const CHANGE: readonly ((size: number) => Promise<unknown>)[] = [
  (size) => {
    const fresh = Array.from({ length: size }, () => newOrder());
    for (const one of fresh) told.set(one.externalId, one);
    return kit.orders.ingest(fresh, { source: "shop", onRejected: "return" });
  },
  (size) => {
    // Refunds, in part and in full, and other statuses of orders that are there.
    const again = d.some([...told.values()], Math.min(1, size / Math.max(1, told.size))).map((one) => ({
      ...one,
      status: d.pick(["paid", "refunded", "partially_refunded"]),
      refundedMinor: d.pick([0, one.amountMinor, one.amountMinor >> 1]),
      refundedAt: NOW - d.below(20) * DAY,
    }));
    return kit.orders.ingest(again, { source: "shop", onRejected: "return" });
  },
  (size) =>
    kit.labels.assign(
      Array.from({ length: size }, () => ({ externalKey: key(), kind: "city" as const, key: d.pick(CITIES) })),
      { onRejected: "return" },
    ),
  (size) =>
    kit.labels.unassign(
      Array.from({ length: size }, () => ({ externalKey: key(), kind: "city" as const, key: d.pick(CITIES) })),
      { onRejected: "return" },
    ),
  (size) =>
    kit.customers.upsert(
      Array.from({ length: size }, () => ({ externalKey: key(), bornOn: `199${d.below(9)}-0${1 + d.below(8)}-11` })),
      { onRejected: "return" },
    ),
  () => kit.customers.merge(key(), key()).catch(() => {}),
  () => kit.customers.erase(key()).catch(() => {}),
];

async function queries(): Promise<readonly AudienceQuery[]> {
  const context = { tenantId: 1, timeZone: "Asia/Shanghai", asOf: clock.now(), statuses: STATUSES };
  const all = SEGMENTS.map((segment) => compileSegment(segmentSchema.parse(segment), context, stores));
  return (await Promise.all(all)).map(({ query }) => query);
}

/** Fails unless the index says of every segment what the store says. @returns people counted */
async function expectEqual(index: AudienceIndex): Promise<number> {
  const counts: number[] = [];
  for (const query of await queries()) {
    const members = await stores.audience.page(query, 0, 10_000);
    expect([...(index.members(query) ?? [])]).toEqual(members.map(({ customerId }) => customerId));
    expect(index.count(query)).toBe(members.length);
    counts.push(members.length);
  }
  expect(index.people).toBe(counts[0]);
  return counts.reduce((sum, count) => sum + count, 0);
}

async function saved(index: AudienceIndex): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  expect(await index.save((bytes) => void pieces.push(bytes.slice()))).toBe(true);
  return pieces;
}

beforeAll(async () => {
  await kit.customers.upsert(
    Array.from({ length: PEOPLE }, (_, n) => ({
      externalKey: `c${n}`,
      city: n % 3 ? "上海" : "北京",
      bornOn: "1990-04-01",
    })),
  );
  await CHANGE[0]?.(300);
});

test(
  `the index is equal to the store through ${CHANGES} changes and restarts from its snapshot`,
  async () => {
    let index = createAudienceIndex({ stores, tenantId: 1 });
    expect(await index.build()).toBe(true);
    expect(await expectEqual(index)).toBeGreaterThan(PEOPLE);
    const size = Math.max(1, Math.ceil(CHANGES / ROUNDS / 4 / CHANGE.length));
    let snapshot = await saved(index);
    for (let round = 0; round < ROUNDS; round++) {
      for (let turn = 0; turn < 4 * CHANGE.length; turn++) await d.pick(CHANGE)(size);
      // Every third round the process dies, and begins again with what it had written some time before.
      if (round % 3 === 2) {
        index = createAudienceIndex({ stores, tenantId: 1 });
        expect(await index.load(snapshot)).toBe(true);
        expect(index.count((await queries())[0] as AudienceQuery)).toBeUndefined();
      }
      expect(await index.refresh()).toBe(true);
      await expectEqual(index);
      if (round % 4 === 1) snapshot = await saved(index);
    }
    expect(index.state).toBe("current");
  },
  process.env.RECALLKIT_FULL === "1" ? 3_600_000 : 60_000,
);

test("an instant of the past is answered as the store answers it", async () => {
  const index = createAudienceIndex({ stores, tenantId: 1 });
  await index.build();
  for (const asOf of [NOW - 10 * DAY, NOW - 40 * DAY, NOW + 400 * DAY]) {
    const context = { tenantId: 1, timeZone: "America/Havana", asOf, statuses: ["paid"] };
    for (const segment of SEGMENTS) {
      const { query } = await compileSegment(segmentSchema.parse(segment), context, stores);
      expect(index.count(query), JSON.stringify(segment)).toBe(await stores.audience.count(query));
    }
  }
});

test("facets, counts without each part and last orders are those of the store", async () => {
  const index = createAudienceIndex({ stores, tenantId: 1 });
  await index.build();
  const context = { tenantId: 1, timeZone: "Asia/Shanghai", asOf: NOW, statuses: STATUSES };
  const compiled = async (segment: SegmentInput) =>
    (await compileSegment(segmentSchema.parse(segment), context, stores)).query;
  const lapse = { minDays: 3, maxDays: 60 };
  const query = await compiled({ lapse, labels: { city: ["上海"] }, products: [{ sku: ["1"] }] });
  const labels = await stores.labels.findMany(
    1,
    SKUS.map((sku) => ({ kind: "sku" as const, key: sku })),
  );
  const facets = index.facets(
    query,
    labels.map(({ id }) => id),
  );
  const bought = labels.map(({ key: sku }) =>
    compiled({ lapse, labels: { city: ["上海"] }, products: [{ sku: ["1"] }, { sku: [sku] }] }),
  );
  expect(facets).toEqual(await Promise.all(bought.map(async (one) => stores.audience.count(await one))));
  const without = [
    { labels: { city: ["上海"] }, products: [{ sku: ["1"] }] },
    { lapse, products: [{ sku: ["1"] }] },
    { lapse, labels: { city: ["上海"] } },
  ].map(async (segment) => stores.audience.count(await compiled(segment)));
  expect(index.withoutEach(query)?.map(({ part, count }) => [part, count])).toEqual([
    ["window", await without[0]],
    ["labelGroups", await without[1]],
    ["conditions", await without[2]],
  ]);
  const edges = [NOW - 60 * DAY, NOW - 30 * DAY, NOW];
  const told = index.lastOrders(await compiled({ everybody: true }), edges);
  const within = async (window: { from: number; to: number }) =>
    stores.audience.count({ ...(await compiled({ everybody: true })), window: { ...window, recency: "last-order" } });
  expect(told?.spans).toEqual([
    await within({ from: NOW - 60 * DAY, to: NOW - 30 * DAY }),
    await within({ from: NOW - 30 * DAY, to: NOW }),
  ]);
  expect(told?.none).toBe(await stores.audience.count(await compiled({ orders: { count: { max: 0 } } })));
});

test("what it does not hold it does not answer", async () => {
  const index = createAudienceIndex({ stores, tenantId: 1 });
  const [everybody] = (await queries()) as [AudienceQuery];
  expect([index.state, index.count(everybody)]).toEqual(["empty", undefined]);
  await index.build();
  expect(index.count({ ...everybody, reachableBy: "mobile" })).toBeUndefined();
  expect(index.count({ ...everybody, attributes: [{ attributeId: 1, isSet: true }] })).toBeUndefined();
  expect(index.count({ ...everybody, tenantId: 2 })).toBeUndefined();
  const consent = { kind: "consent", status: "granted", channel: "sms", purpose: "marketing" } as const;
  expect(index.count({ ...everybody, conditions: [{ kind: "none", of: [consent] }] })).toBeUndefined();
  index.drop();
  expect([index.state, index.people, index.bytes]).toEqual(["empty", 0, 0]);
});

test("a feed that no longer reaches back, an index that is too large, and a snapshot that was cut off are told", async () => {
  const index = createAudienceIndex({ stores, tenantId: 1 });
  await index.build();
  const pieces = await saved(index);
  const whole = Buffer.concat(pieces);
  const other = createAudienceIndex({ stores, tenantId: 1 });
  expect(await other.load([whole.subarray(0, whole.length - 9)])).toBe(false);
  const changed = Buffer.from(whole);
  changed[whole.length >> 1] = (changed[whole.length >> 1] ?? 0) ^ 1;
  expect(await other.load([changed])).toBe(false);
  expect(await createAudienceIndex({ stores, tenantId: 2 }).load([whole])).toBe(false);
  expect(await other.load([whole])).toBe(true);

  await CHANGE[0]?.(3);
  await stores.retention.purge("changes", Number.MAX_SAFE_INTEGER, 1_000_000);
  expect([await other.refresh(), other.state]).toEqual([false, "outdated"]);
  expect([await other.build(), other.state]).toEqual([true, "current"]);

  const small = createAudienceIndex({ stores, tenantId: 1, maxBytes: 10_000 });
  expect([await small.build(), small.state]).toEqual([false, "too-large"]);
  expect(small.count((await queries())[0] as AudienceQuery)).toBeUndefined();
});
