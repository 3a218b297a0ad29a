import { randomUUID } from "node:crypto";
import { createRecallKit, type SegmentInput, silentLogger } from "@recallkit/core";
import { createAudienceIndex } from "@recallkit/core/audience-index";
import { memoryStores } from "@recallkit/core/memory";
import { compileSegment, type Stores, segmentSchema } from "@recallkit/core/ports";
import { recordingChannel, seededRandom, virtualClock } from "@recallkit/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { mysqlStores } from "../mysql/mysql-stores.js";
import { mysqlUrl, newDatabase } from "../mysql/test-support.js";
import { postgresStores } from "../postgres/postgres-stores.js";
import { newSchema, postgresUrl } from "../postgres/test-support.js";
import { sqliteStores } from "../sqlite/sqlite-stores.js";
import { isMeant } from "./brute-force.js";
import { fillShop } from "./fill-shop.js";
import { CHANNELS, COUNTED, draws, newSegment, newShop, type Shop } from "./shop-model.js";

/** 10 000 segments with RECALLKIT_FULL=1, else a tenth of it. */
const isFull = process.env.RECALLKIT_FULL === "1";
const SHOPS = isFull ? 200 : 20;
const SEGMENTS = 50;
const PEOPLE = 24;

interface Asked {
  readonly shop: Shop;
  readonly questions: readonly {
    readonly segment: SegmentInput;
    readonly asOf: number;
    readonly zone: string;
    /** Keys of the people who are meant. */
    readonly meant: readonly string[];
  }[];
}

/** The same shops and segments for every engine. */
const shops: readonly Asked[] = Array.from({ length: SHOPS }, (_, seed) => {
  const d = draws(seededRandom(seed + 1));
  const shop = newShop(d, PEOPLE);
  const questions = Array.from({ length: SEGMENTS }, () => {
    const segment = newSegment(d);
    // An instant of the data or one millisecond beside it.
    const asOf = d.pick(shop.instants) + d.pick([0, 0, 1, -1, 5 * 86_400_000]);
    const zone = d.chance(0.7) ? shop.zone : "America/Havana";
    const meant = shop.people.filter((one) => isMeant(one, segment, { shop, asOf, zone })).map(({ key }) => key);
    return { segment, asOf, zone, meant };
  });
  return { shop, questions };
});

const postgres = newSchema();
const mysql = newDatabase();
afterAll(() => Promise.all([postgresUrl && postgres.drop(), mysqlUrl && mysql.drop()]));

const ENGINES: readonly (readonly [string, boolean, () => Promise<Stores>])[] = [
  ["memory", true, async () => memoryStores()],
  ["SQLite", true, () => sqliteStores({ file: ":memory:", migrate: true })],
  ["PostgreSQL (needs a server)", postgresUrl !== "", () => postgresStores({ ...postgres, migrate: true })],
  [
    "MariaDB (needs a server)",
    mysqlUrl !== "",
    () => mysql.create().then(() => mysqlStores({ ...mysql, migrate: true })),
  ],
];

/** Keys of everybody by id. */
async function everybodyOf(stores: Stores, tenantId: number) {
  const query = { tenantId, orders: { asOf: 0, statuses: [] }, labelGroups: [] };
  const page = await stores.audience.page(query, 0, 10_000);
  return { ids: new Map(page.map(({ customerId, externalKey }) => [customerId, externalKey])) };
}

/** A reference to a segment that is saved. */
async function savedOf(stores: Stores, tenantId: number, segment: SegmentInput): Promise<SegmentInput> {
  const write = { name: randomUUID(), description: null, segment: segmentSchema.parse(segment), at: 0 };
  return { saved: await stores.segments.insert(tenantId, write) };
}

const addressTypeOf = async (channel: string) => CHANNELS[channel];

describe.each(ENGINES)("%s", (_, isThere, open) => {
  test.skipIf(!isThere)(
    `means whom a brute force means: ${SHOPS * SEGMENTS} segments`,
    {
      timeout: isFull ? 3_600_000 : 120_000,
    },
    async () => {
      const stores = await open();
      const wrong: unknown[] = [];
      let telling = 0;
      for (const { shop, questions } of shops) {
        const tenantId = await fillShop(stores, shop);
        for (const [number, { segment: given, asOf, zone, meant: expected }] of questions.entries()) {
          const segment = number % 10 === 0 ? await savedOf(stores, tenantId, given) : given;
          const context = { tenantId, timeZone: zone, asOf, statuses: COUNTED, addressTypeOf };
          const { query } = await compileSegment(segmentSchema.parse(segment), context, stores);
          const page = await stores.audience.page(query, 0, 10_000);
          const found = page.map(({ externalKey }) => externalKey);
          const counts = [await stores.audience.count(query), (await stores.audience.steps(query)).at(-1)];
          const isSame = found.join() === expected.join() && counts.every((count) => count === expected.length);
          if (!isSame) wrong.push({ segment: JSON.stringify(segment), asOf, zone, expected, found, counts });
          if (expected.length > 0 && expected.length < PEOPLE) telling += 1;
        }
      }
      await stores.close();
      expect(wrong.slice(0, 3)).toEqual([]);
      expect(telling).toBeGreaterThan((SHOPS * SEGMENTS) / 3);
    },
  );
});

test("an index in memory means whom a brute force means, or says that it does not know", async () => {
  const stores = memoryStores();
  const wrong: unknown[] = [];
  let answered = 0;
  for (const { shop, questions } of shops) {
    const tenantId = await fillShop(stores, shop);
    const index = createAudienceIndex({ stores, tenantId });
    expect(await index.build()).toBe(true);
    const { ids } = await everybodyOf(stores, tenantId);
    for (const { segment, asOf, zone, meant } of questions) {
      const context = { tenantId, timeZone: zone, asOf, statuses: COUNTED, addressTypeOf };
      const { query } = await compileSegment(segmentSchema.parse(segment), context, stores);
      const found = index.members(query);
      if (!found) continue;
      answered += 1;
      const keys = [...found].map((id) => ids.get(id));
      if (keys.join() !== meant.join() || index.count(query) !== meant.length)
        wrong.push({ segment: JSON.stringify(segment), asOf, zone, meant, keys });
    }
  }
  await stores.close();
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(answered).toBeGreaterThan((SHOPS * SEGMENTS) / 4);
});

test("an explanation says of everybody what membership says, and its checks add up to it", async () => {
  const stores = memoryStores();
  const clock = virtualClock(Date.UTC(2026, 0, 1));
  const channels = Object.entries(CHANNELS).map(([name, addressType]) => ({
    ...recordingChannel({ clock, name }),
    addressType,
  }));
  const host = createRecallKit({ stores, clock, channels, logger: silentLogger, secretKey: "x".repeat(32) });
  let included = 0;
  for (const { shop, questions } of shops.slice(0, isFull ? 20 : 4)) {
    const kit = host.forTenant(await fillShop(stores, shop));
    for (const { segment, asOf, zone, meant } of questions.slice(0, isFull ? 50 : 12)) {
      for (const person of shop.people) {
        const source = { segment, timeZone: zone, channel: "wecom" };
        const answer = await kit.audience.explain(source, { externalKey: person.key }, { asOf });
        const isIn = meant.includes(person.key);
        expect(answer.included, JSON.stringify({ segment, person: person.key, asOf, zone })).toBe(isIn);
        const own = answer.checks.filter(({ name, path }) => path === undefined && name !== "reachable");
        expect(own.every(({ passed }) => passed)).toBe(isIn);
        if (isIn) included += 1;
      }
    }
  }
  expect(included).toBeGreaterThan(50);
  await host.close();
});
