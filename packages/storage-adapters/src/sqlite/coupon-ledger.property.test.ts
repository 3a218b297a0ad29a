import { createRecallKit, type RecallKit, silentLogger } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import type { Stores } from "@recallkit/core/ports";
import { seededRandom, virtualClock } from "@recallkit/core/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sqliteStores } from "./sqlite-stores.js";

const START = Date.UTC(2026, 5, 1, 2);
const HOUR = 3_600_000;
const PEOPLE = 5;
const VALUE = 300;

const who = fc.nat(PEOPLE - 1);
const order = fc.constantFrom("o1", "o2", "o3");
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("claim" as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("claimFor" as const), who }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("reserve" as const, "confirm" as const, "release" as const, "redeem" as const),
      who,
      order,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reverse" as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("merge" as const), who, into: who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("raise" as const), by: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), hours: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire" as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;
const plan = fc.record({
  stock: fc.nat(4),
  perPerson: fc.integer({ min: 1, max: 2 }),
  codes: fc.constantFrom("generated" as const, "imported" as const),
  actions: fc.array(action, { maxLength: 40 }),
});
type Plan = typeof plan extends fc.Arbitrary<infer P> ? P : never;

/** Runs a plan, and looks at the sums after every action. @returns the answers and the figures */
async function run(stores: Stores, { stock, perPerson, codes, actions }: Plan): Promise<unknown> {
  const clock = virtualClock(START);
  const options = { stores, clock, logger: silentLogger, random: seededRandom(1), secretKey: "x".repeat(32) };
  const all = createRecallKit({ ...options, links: { publicUrl: "https://shop.example" } });
  const tenant = await all.tenants.create({ name: "t" });
  const kit = all.forTenant(tenant.id);
  const keys = Array.from({ length: PEOPLE }, (_, n) => `c${n}`);
  await kit.customers.upsert(keys.map((externalKey) => ({ externalKey })));
  const coupon = await kit.coupons.create({
    name: "c",
    stock,
    perPerson,
    codes,
    valueMinor: VALUE,
    validFrom: "2026-06-01",
    validTo: "2026-06-05",
    claimValidDays: 1,
  });
  if (codes === "imported") await kit.coupons.addCodes(coupon.id, ["k1", "k2", "k3"]);
  const tokens: string[] = [];
  for (const externalKey of keys) {
    tokens.push((await kit.links.issue({ externalKey, channel: "sms", couponId: coupon.id })).token);
  }
  const merged = new Set<number>();
  const codeOf = async (n: number) =>
    (await kit.coupons.claims({ couponId: coupon.id, externalKey: `c${n}` })).items[0]?.code ?? "none";
  const answer = async (given: Action): Promise<unknown> => {
    switch (given.do) {
      case "claim":
        return (await kit.coupons.claim({ token: tokens[given.who] ?? "" })).kind;
      case "claimFor":
        return (await kit.coupons.claimFor({ couponId: coupon.id, externalKey: `c${given.who}` })).kind;
      case "reverse":
        return (await kit.coupons.reverse(await codeOf(given.who), { reason: "r" })).kind;
      case "merge":
        if (given.who === given.into || merged.has(given.who) || merged.has(given.into)) return undefined;
        merged.add(given.who);
        return (await kit.customers.merge(`c${given.into}`, `c${given.who}`)).apart;
      case "raise": {
        const { stock: now } = await kit.coupons.get(coupon.id);
        return (await kit.coupons.update(coupon.id, { stock: (now ?? 0) + given.by })).stock;
      }
      case "wait":
        return clock.advance(given.hours * HOUR);
      case "expire":
        return kit.coupons.expireDue();
      default:
        return (await kit.coupons[given.do](await codeOf(given.who), { orderNo: given.order })).kind;
    }
  };
  const answers: unknown[] = [];
  for (const given of actions) {
    answers.push(await answer(given));
    await assertSums(kit as RecallKit, stores, tenant.id, coupon.id);
  }
  return [answers, await kit.coupons.report(coupon.id)].map((part) =>
    JSON.stringify(part).replaceAll(`"couponId":${coupon.id}`, ""),
  );
}

async function assertSums(kit: RecallKit, stores: Stores, tenantId: number, couponId: number): Promise<void> {
  const { stock, stockLeft } = await kit.coupons.get(couponId);
  const { items: claims } = await kit.coupons.claims({ couponId, limit: 200 });
  expect((stockLeft ?? 0) + claims.length).toBe(stock);
  expect(stockLeft).toBeGreaterThanOrEqual(0);
  const report = await kit.coupons.report(couponId);
  const { claimed, reserved, redeemed, reversed, expired, issued } = report;
  expect(claimed + reserved + redeemed + reversed + expired).toBe(issued);
  expect(issued).toBe(claims.length);
  expect(report.budget.usedMinor).toBe(redeemed * VALUE);
  expect(new Set(claims.map(({ code }) => code)).size).toBe(claims.length);
  expect(new Set(claims.map(({ customerId, number }) => `${customerId}/${number}`)).size).toBe(claims.length);
  // The ledger tells the same: what was used, less what was taken back.
  let used = 0;
  for (const { id } of claims)
    for (const { kind, amountMinor } of await stores.coupons.events(tenantId, id)) {
      if (kind === "redeemed" || kind === "confirmed") used += amountMinor;
      if (kind === "reversed") used -= amountMinor;
    }
  expect(used).toBe(report.budget.usedMinor);
}

test("whatever happens to coupons, the sums add up, in memory as on SQLite", { timeout: 120_000 }, async () => {
  const [memory, sqlite] = [memoryStores(), await sqliteStores({ file: ":memory:", migrate: true })];
  try {
    await fc.assert(
      fc.asyncProperty(plan, async (given) => {
        expect(await run(sqlite, given)).toEqual(await run(memory, given));
      }),
      { numRuns: 60 },
    );
  } finally {
    await sqlite.close();
  }
});
