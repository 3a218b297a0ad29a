// A thousand people at a hundred coupons, through two sets of stores as two processes have them. The naive way, which reads
// the stock and then writes it, is run through the same barrier to show that the race is real.
import { createRecallKit, type RecallKit, RecallKitError, silentLogger } from "@recallkit/core";
import type { ClaimOutcome } from "@recallkit/core/ports";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SqlStores } from "../sql/sql-stores.js";
import { sqliteStores } from "../sqlite/sqlite-stores.js";
import { newFile } from "../sqlite/test-support.js";
import { type TestServer, testServers } from "./test-support.js";

const PEOPLE = 1_000;
const STOCK = 100;
const DAYS = { validFrom: "2020-01-01", validTo: "2100-12-31" };

const places: readonly Pick<TestServer, "name" | "isThere" | "place">[] = [
  {
    name: "SQLite",
    isThere: true,
    async place() {
      const file = newFile();
      return async () => {
        const stores = await sqliteStores({ file, migrate: true });
        onTestFinished(() => stores.close());
        return stores;
      };
    },
  },
  ...testServers,
];

const kitOf = (stores: SqlStores): RecallKit =>
  createRecallKit({
    stores,
    logger: silentLogger,
    secretKey: "x".repeat(32),
    links: { publicUrl: "https://shop.example" },
  });

/** A claim as callers make it: what is busy is asked again, since a repeat gives the same answer. */
async function claimed(kit: RecallKit, token: string): Promise<ClaimOutcome> {
  for (;;) {
    try {
      return await kit.coupons.claim({ token });
    } catch (error) {
      if (!RecallKitError.is(error) || !error.retryable) throw error;
    }
  }
}

for (const { name, isThere, place } of places) {
  describe.skipIf(!isThere)(`${STOCK} coupons and ${PEOPLE} people on ${name}`, () => {
    test("make exactly as many claims, one for each, and repeats are equal", { timeout: 240_000 }, async () => {
      const open = await place();
      const [one, two] = [kitOf(await open()), kitOf(await open())];
      await one.customers.upsert(Array.from({ length: PEOPLE }, (_, n) => ({ externalKey: `c${n}` })));
      const coupon = await one.coupons.create({ name: "c", stock: STOCK, ...DAYS });
      const tokens: string[] = [];
      for (let n = 0; n < PEOPLE; n += 1)
        tokens.push((await one.links.issue({ externalKey: `c${n}`, channel: "sms", couponId: coupon.id })).token);
      const outcomes = await Promise.all(tokens.map((token, n) => claimed(n % 2 === 0 ? one : two, token)));
      const won = outcomes.flatMap((outcome, n) => ("claim" in outcome ? [{ n, claim: outcome.claim }] : []));
      expect(won).toHaveLength(STOCK);
      expect(new Set(won.map(({ claim }) => claim.customerId)).size).toBe(STOCK);
      expect(new Set(won.map(({ claim }) => claim.code)).size).toBe(STOCK);
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["claimed", "sold_out"]));
      expect(await two.coupons.report(coupon.id)).toMatchObject({ issued: STOCK, claimed: STOCK, stockLeft: 0 });
      const again = await Promise.all(won.flatMap(({ n }) => [one, two].map((kit) => claimed(kit, tokens[n] ?? ""))));
      expect(again).toEqual(won.flatMap(({ claim }) => [0, 1].map(() => ({ kind: "repeated", claim }))));
    });

    test("make one claim of one person, however many links and processes ask at once", {
      timeout: 120_000,
    }, async () => {
      const open = await place();
      const [one, two] = [kitOf(await open()), kitOf(await open())];
      await one.customers.upsert([{ externalKey: "c" }]);
      const coupon = await one.coupons.create({ name: "c", stock: STOCK, ...DAYS });
      const tokens: string[] = [];
      for (let n = 0; n < 20; n += 1)
        tokens.push((await one.links.issue({ externalKey: "c", channel: "sms", couponId: coupon.id })).token);
      const outcomes = await Promise.all(tokens.flatMap((token) => [one, two].map((kit) => claimed(kit, token))));
      const codes = outcomes.map((outcome) => ("claim" in outcome ? outcome.claim.code : outcome.kind));
      expect(new Set(codes).size).toBe(1);
      expect(outcomes.filter(({ kind }) => kind === "claimed")).toHaveLength(1);
      expect((await one.coupons.report(coupon.id)).stockLeft).toBe(STOCK - 1);
    });

    test("are oversold by whoever reads the stock and then writes it", async () => {
      const open = await place();
      const [one, two] = [await open(), await open()];
      const coupon = await kitOf(one).coupons.create({ name: "c", stock: 1, ...DAYS });
      await kitOf(one).customers.upsert([{ externalKey: "c1" }, { externalKey: "c2" }]);
      const people = await one.customers.findByKeys(1, ["c1", "c2"]);
      const readers = barrier(2);
      const naive = async ({ sql: db }: SqlStores, customerId: number) => {
        const { stock_left: left } = await db
          .selectFrom("rk_coupons")
          .select("stock_left")
          .where("id", "=", coupon.id)
          .executeTakeFirstOrThrow();
        await readers();
        if (left === null || left < 1) return "sold_out";
        await sql`update rk_coupons set stock_left = ${left - 1} where id = ${coupon.id}`.execute(db);
        await sql`insert into rk_claims (tenant_id, coupon_id, customer_id, number, code, state, used_minor, claimed_at,
            valid_until, updated_at)
          values (1, ${coupon.id}, ${customerId}, 1, ${`N${customerId}`}, 'claimed', 0, 1, 2, 1)`.execute(db);
        return "claimed";
      };
      const outcomes = await Promise.all([one, two].map((stores, n) => naive(stores, people[n]?.id ?? 0)));
      expect(outcomes).toEqual(["claimed", "claimed"]);
      const { issued, stockLeft } = await kitOf(one).coupons.report(coupon.id);
      expect(issued + (stockLeft ?? 0)).toBeGreaterThan(coupon.stock ?? 0);
    });
  });
}

/** Lets nobody go on before all are there. */
function barrier(count: number): () => Promise<void> {
  let waiting = 0;
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    waiting += 1;
    if (waiting === count) open();
    return opened;
  };
}
