import type { Claim, Coupon } from "../../coupon/coupon.js";
import type { ClaimPatch, NewClaim, NewCoupon } from "../../ports/coupon-store.js";
import { addReachable, addTenant, DIFFICULT_TEXT } from "../builders.js";
import { type ConformanceCase, casesOf, type Facts, type Scene, type StoresHarness } from "../conformance-case.js";
import { expectSame, expectThat, present, walk } from "../expect.js";

/** Facts about `CouponStore`. */
export function couponStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("coupons", harness, facts);
}

/** A coupon without a stock that makes its codes. */
export function newCoupon({ tenantId, now }: Pick<Scene, "tenantId" | "now">, row: Partial<NewCoupon> = {}): NewCoupon {
  return {
    tenantId,
    name: "coupon",
    title: null,
    terms: null,
    codes: "generated",
    stock: null,
    perPerson: 1,
    valueMinor: 500,
    minSpendMinor: null,
    validFrom: now,
    validTo: now + 1_000,
    claimValidDays: null,
    createdAt: now,
    ...row,
  };
}

/** A claim of a coupon, whose code is of its numbers. */
export function newClaim(coupon: Coupon, customerId: number, row: Partial<NewClaim> = {}): NewClaim {
  const { tenantId, id: couponId, createdAt: claimedAt, validTo: validUntil } = coupon;
  const number = row.number ?? 1;
  return {
    tenantId,
    couponId,
    customerId,
    number,
    code: `C${couponId}-${customerId}-${number}`,
    linkId: null,
    ownLinkId: null,
    claimedAt,
    validUntil,
    ...row,
  };
}

/** Makes a claim that nothing is in the way of. */
export async function addClaim({ stores }: Pick<Scene, "stores">, claim: NewClaim): Promise<Claim> {
  const made = await stores.coupons.claim(claim);
  if (typeof made === "string") throw new Error(`the claim is ${made}`);
  return made;
}

const kindOf = (made: Claim | string) => (typeof made === "string" ? made : "claimed");
const NOTHING = { orderNo: null, amountMinor: 0, reason: null } as const;

const facts: Facts = {
  "every field of a coupon comes back": async (scene) => {
    const { stores, tenantId, now } = scene;
    const texts = { name: DIFFICULT_TEXT, title: DIFFICULT_TEXT, terms: DIFFICULT_TEXT };
    const row = newCoupon(scene, { ...texts, stock: 3, perPerson: 2, minSpendMinor: 0, claimValidDays: 7 });
    const coupon = await stores.coupons.insert(row);
    const { id, ...fields } = coupon;
    expectSame(fields, { ...row, stockLeft: 3, closedAt: null, updatedAt: now }, "the coupon");
    expectSame(await stores.coupons.get(tenantId, id), coupon, "by its id");
    expectSame(await stores.coupons.get(tenantId + 1, id), undefined, "of another tenant");
    const other = await stores.coupons.insert(newCoupon(scene));
    const all = await walk((cursor) => stores.coupons.list(tenantId, { limit: 1, cursor }));
    expectSame(
      all.map((one) => one.id),
      [id, other.id],
      "coupons by id",
    );
    expectSame([other.stock, other.stockLeft], [null, null], "a coupon without a stock");
  },

  "a change writes what it names, and raises the stock": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { id } = await stores.coupons.insert(newCoupon(scene, { stock: 2, title: "t" }));
    await addReachable(stores, tenantId, 1);
    const write = { terms: "new", closedAt: now + 5, stockBy: 3, updatedAt: now + 5 };
    expectSame(await stores.coupons.update(tenantId, id, write), true, "changed");
    const { title, terms, closedAt, stock, stockLeft, updatedAt } = present(
      await stores.coupons.get(tenantId, id),
      "it",
    );
    expectSame([title, terms, closedAt, stock, stockLeft, updatedAt], ["t", "new", now + 5, 5, 5, now + 5], "fields");
    expectSame(await stores.coupons.update(tenantId + 1, id, write), false, "another tenant's");
  },

  "a claim takes one of the stock, and its fields come back": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [customerId = 0] = await addReachable(stores, tenantId, 1);
    const coupon = await stores.coupons.insert(newCoupon(scene, { stock: 2 }));
    const claim = await addClaim(scene, newClaim(coupon, customerId, { linkId: 8, ownLinkId: 8 }));
    const { id, ...fields } = claim;
    expectSame(
      fields,
      {
        tenantId,
        couponId: coupon.id,
        customerId,
        number: 1,
        code: `C${coupon.id}-${customerId}-1`,
        state: "claimed",
        linkId: 8,
        orderNo: null,
        reservedUntil: null,
        usedMinor: 0,
        reason: null,
        claimedAt: now,
        validUntil: now + 1_000,
        updatedAt: now,
      },
      "the claim",
    );
    expectSame(await stores.coupons.findClaim(tenantId, claim.code), claim, "by its code");
    expectSame(await stores.coupons.findClaim(tenantId + 1, claim.code), undefined, "of another tenant");
    expectSame((await stores.coupons.get(tenantId, coupon.id))?.stockLeft, 1, "stock left");
    const events = await stores.coupons.events(tenantId, id);
    expectSame(events, [{ ...NOTHING, claimId: id, kind: "claimed", at: now }], "the ledger");
    expectSame(await stores.coupons.events(tenantId + 1, id), [], "another tenant's ledger");
  },

  "a claim whose number, code or own link is taken takes nothing": async (scene) => {
    const { stores, tenantId } = scene;
    const [one = 0, two = 0] = await addReachable(stores, tenantId, 2);
    const coupon = await stores.coupons.insert(newCoupon(scene, { stock: 9 }));
    await addClaim(scene, newClaim(coupon, one, { ownLinkId: 4 }));
    const claims = [
      newClaim(coupon, one, { code: "X1" }),
      newClaim(coupon, two, { code: `C${coupon.id}-${one}-1` }),
      newClaim(coupon, two, { ownLinkId: 4 }),
    ];
    for (const claim of claims)
      expectSame(await stores.coupons.claim(claim), "taken", "a claim with a key that is taken");
    expectSame((await stores.coupons.get(tenantId, coupon.id))?.stockLeft, 8, "stock left");
    expectSame(kindOf(await stores.coupons.claim(newClaim(coupon, one, { number: 2 }))), "claimed", "another number");
    const neighbour = await addTenant(stores);
    const theirs = await stores.coupons.insert(newCoupon({ tenantId: neighbour, now: scene.now }));
    const same = newClaim(theirs, one, { code: `C${coupon.id}-${one}-1`, ownLinkId: 4 });
    expectSame(kindOf(await stores.coupons.claim(same)), "claimed", "the same keys of another tenant");
    expectSame(await stores.coupons.claim({ ...same, tenantId, code: "X2" }), "sold_out", "another tenant's coupon");
  },

  "nobody gets what is gone, however many ask at once": async (scene) => {
    const { stores, tenantId } = scene;
    const people = await addReachable(stores, tenantId, 30);
    const coupon = await stores.coupons.insert(newCoupon(scene, { stock: 10 }));
    const asked = [...people, ...people].map((id, n) => newClaim(coupon, id, { code: `R${n}` }));
    const made = await Promise.all(asked.map((claim) => stores.coupons.claim(claim)));
    expectSame(made.filter((one) => kindOf(one) === "claimed").length, 10, "claims made");
    const claims = await walk((cursor) => stores.coupons.claims(tenantId, { couponId: coupon.id, cursor }));
    expectSame(new Set(claims.map(({ customerId }) => customerId)).size, 10, "people who have one");
    expectSame((await stores.coupons.get(tenantId, coupon.id))?.stockLeft, 0, "stock left");
  },

  "codes that were added are claimed once each, in their order": async (scene) => {
    const { stores, tenantId } = scene;
    const people = await addReachable(stores, tenantId, 4);
    const coupon = await stores.coupons.insert(newCoupon(scene, { codes: "imported" }));
    const made = await stores.coupons.insert(newCoupon(scene));
    await addClaim(scene, newClaim(made, people[3] ?? 0, { code: "used" }));
    expectSame(await stores.coupons.addCodes(tenantId, coupon.id, ["a", "A", "used"]), 2, "codes added");
    expectSame(await stores.coupons.addCodes(tenantId, coupon.id, ["a", "b"]), 1, "codes added again");
    expectSame(await stores.coupons.addCodes(tenantId, coupon.id, []), 0, "no codes");
    const claims = await Promise.all(people.map((id) => stores.coupons.claim(newClaim(coupon, id, { code: null }))));
    const codes = claims.map((claim) => (typeof claim === "string" ? claim : claim.code)).sort();
    expectSame(codes, ["A", "a", "b", "sold_out"], "codes of claims");
    expectSame((await stores.coupons.figures(tenantId, coupon.id)).freeCodes, 0, "codes that nobody has");
  },

  "a claim moves from the state it is in, with a line in the ledger": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [customerId = 0] = await addReachable(stores, tenantId, 1);
    const coupon = await stores.coupons.insert(newCoupon(scene));
    const claim = await addClaim(scene, newClaim(coupon, customerId));
    const patch: ClaimPatch = { orderNo: DIFFICULT_TEXT, usedMinor: 500, dueAt: null, updatedAt: now + 1 };
    const event = { kind: "redeemed", orderNo: DIFFICULT_TEXT, amountMinor: 500, reason: null } as const;
    expectSame(await stores.coupons.moveClaim(claim, "reserved", "redeemed", patch, event), false, "another state");
    expectSame(
      await stores.coupons.moveClaim({ ...claim, tenantId: tenantId + 1 }, "claimed", "redeemed", patch, event),
      false,
      "another tenant's",
    );
    expectSame(await stores.coupons.moveClaim(claim, "claimed", "redeemed", patch, event), true, "its own");
    const moved = present(await stores.coupons.findClaim(tenantId, claim.code, "exclusive"), "the claim");
    expectSame(
      [moved.state, moved.orderNo, moved.usedMinor, moved.updatedAt],
      ["redeemed", DIFFICULT_TEXT, 500, now + 1],
      "the claim",
    );
    const back = { usedMinor: 0, reason: "refund", dueAt: now + 9, updatedAt: now + 2 };
    const line = { kind: "reversed", orderNo: null, amountMinor: 500, reason: "refund" } as const;
    await stores.coupons.moveClaim(claim, "redeemed", "reversed", back, line);
    expectSame(
      (await stores.coupons.events(tenantId, claim.id)).map(({ kind, at, reason }) => [kind, at, reason]),
      [
        ["claimed", now, null],
        ["redeemed", now + 1, null],
        ["reversed", now + 2, "refund"],
      ],
      "the ledger",
    );
    expectSame((await stores.coupons.findClaim(tenantId, claim.code))?.orderNo, DIFFICULT_TEXT, "what is not named");
  },

  "what is over ends: reservations before validities, in pieces": async (scene) => {
    const { stores, tenantId, now } = scene;
    const people = await addReachable(stores, tenantId, 4);
    const coupon = await stores.coupons.insert(newCoupon(scene, { validTo: now + 100 }));
    const claims: Claim[] = [];
    for (const id of people) claims.push(await addClaim(scene, newClaim(coupon, id)));
    const [one, two] = claims;
    const hold = { orderNo: "o", reservedUntil: now + 50, dueAt: now + 50, updatedAt: now };
    const held = { ...NOTHING, kind: "reserved", orderNo: "o" } as const;
    if (one) await stores.coupons.moveClaim(one, "claimed", "reserved", hold, held);
    const used = { orderNo: "p", dueAt: null, updatedAt: now };
    if (two) await stores.coupons.moveClaim(two, "claimed", "redeemed", used, { ...NOTHING, kind: "redeemed" });
    const end = (at: number, limit: number) => stores.coupons.expireDue(at, limit, tenantId);
    expectSame(await end(now + 49, 10), { released: 0, expired: 0 }, "too early");
    expectSame(await stores.coupons.expireDue(now + 200, 10, tenantId + 1), { released: 0, expired: 0 }, "another's");
    expectSame(await end(now + 50, 10), { released: 1, expired: 0 }, "the reservation");
    expectSame(await end(now + 100, 2), { released: 0, expired: 2 }, "a piece");
    expectThat((await stores.coupons.expireDue(now + 100, 1_000)).expired >= 1, "of all tenants");
    expectSame(await end(now + 100, 10), { released: 0, expired: 0 }, "nothing is left");
    const states = (await stores.coupons.claims(tenantId, { couponId: coupon.id })).items;
    expectSame(
      states.map(({ state, orderNo, reservedUntil }) => [state, orderNo, reservedUntil]),
      [
        ["expired", null, null],
        ["redeemed", "p", null],
        ["expired", null, null],
        ["expired", null, null],
      ],
      "claims",
    );
    const kinds = (await stores.coupons.events(tenantId, one?.id ?? 0)).map(({ kind, orderNo }) => [kind, orderNo]);
    expectSame(
      kinds,
      [
        ["claimed", null],
        ["reserved", "o"],
        ["released", "o"],
        ["expired", null],
      ],
      "the ledger of the first",
    );
  },

  "claims are listed by what is asked for, and add up": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [one = 0, two = 0] = await addReachable(stores, tenantId, 2);
    const coupon = await stores.coupons.insert(newCoupon(scene));
    const other = await stores.coupons.insert(newCoupon(scene));
    const first = await addClaim(scene, newClaim(coupon, one, { linkId: 3 }));
    const second = await addClaim(scene, newClaim(coupon, two));
    const third = await addClaim(scene, newClaim(other, one));
    const patch = { usedMinor: 250, dueAt: null, updatedAt: now };
    await stores.coupons.moveClaim(second, "claimed", "redeemed", patch, { ...NOTHING, kind: "redeemed" });
    const ids = async (filter: object) =>
      (await walk((cursor) => stores.coupons.claims(tenantId, { ...filter, limit: 1, cursor }))).map(({ id }) => id);
    expectSame(await ids({}), [first.id, second.id, third.id], "all");
    expectSame(await ids({ couponId: coupon.id }), [first.id, second.id], "of a coupon");
    expectSame(await ids({ customerId: one }), [first.id, third.id], "of a person");
    expectSame(await ids({ linkId: 3 }), [first.id], "by a link");
    expectSame(await ids({ states: ["redeemed"] }), [second.id], "in a state");
    expectSame(await stores.coupons.claims(tenantId + 1, {}), { items: [], nextCursor: null }, "of another tenant");
    expectSame(
      await stores.coupons.figures(tenantId, coupon.id),
      { states: { claimed: 1, redeemed: 1 }, usedMinor: 250, freeCodes: 0 },
      "figures",
    );
    expectSame((await stores.coupons.figures(tenantId, other.id + 99)).states, {}, "figures of nothing");
  },
};
