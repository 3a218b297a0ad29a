import { describe } from "vitest";
import { couponStoreConformance } from "./coupon/coupon-store.js";
import { linkStoreConformance } from "./link/link-store.js";
import {
  broken,
  brokenBy,
  merelyTells,
  mixTenants,
  provesEveryCase,
  skipsRow,
  takes,
  tells,
} from "./testing/broken.js";

describe("links", () => {
  const fields = "every field comes back, by the hash of the token and of the code";
  const taken = "a link whose token, code, delivery or batch is taken is left out";
  const seeds = "people of a batch are told with what their links were made from";
  const visits = "visits are counted, and the first ones remembered";
  const revoked = "links are taken back one by one, by firing and by person, once";
  const lists = "lists go by id and by what is asked for";
  const people = "the people of a shared link are found by id and by name, as long as the message may have come";
  provesEveryCase(linkStoreConformance, {
    "forgets whose a link is": broken(
      { links: { find: tells((found) => found && { ...found, link: { ...found.link, externalKey: null } }) } },
      [fields],
    ),
    "counts links that it left out": broken({ links: { insertMany: tells((_, __, links) => links.length) } }, [taken]),
    "forgets what links are made from": broken(
      { links: { seedsOf: tells((rows) => rows.map((row) => ({ ...row, seed: null }))) } },
      [seeds],
    ),
    "counts no clicks": broken(
      { links: { visit: takes((tenantId, id, kind, at) => [tenantId, id, kind === "click" ? "view" : kind, at]) } },
      [visits],
    ),
    "loses visits that come together": broken(
      {
        links: {
          visit: (real) => {
            let last: Promise<boolean> | undefined;
            return (...args) => {
              last ??= real(...args).finally(() => {
                last = undefined;
              });
              return last;
            };
          },
        },
      },
      ["visits at once are all counted"],
    ),
    "takes back what was taken back": broken({ links: { revoke: tells((count) => count + 1) } }, [revoked]),
    "passes over a row of a list": broken({ links: { list: tells(skipsRow) } }, [lists]),
    "finds everybody": broken({ links: { peopleOf: merelyTells([1, 2]) } }, [people]),
    "mixes tenants": brokenBy(mixTenants, [people]),
  });
});

describe("coupons", () => {
  const makes = "a claim takes one of the stock, and its fields come back";
  const taken = "a claim whose number, code or own link is taken takes nothing";
  const race = "nobody gets what is gone, however many ask at once";
  const codes = "codes that were added are claimed once each, in their order";
  const moves = "a claim moves from the state it is in, with a line in the ledger";
  const ends = "what is over ends: reservations before validities, in pieces";
  const lists = "claims are listed by what is asked for, and add up";
  provesEveryCase(couponStoreConformance, {
    "forgets the title": broken({ coupons: { get: tells((coupon) => coupon && { ...coupon, title: null }) } }, [
      "every field of a coupon comes back",
      "a change writes what it names, and raises the stock",
    ]),
    "forgets by which link a claim was made": broken(
      { coupons: { claim: tells((claim) => (typeof claim === "string" ? claim : { ...claim, linkId: null })) } },
      [makes],
    ),
    "takes any claim": broken({ coupons: { claim: takes((claim) => [{ ...claim, ownLinkId: null }]) } }, [taken]),
    "looks at the stock first and writes it later": broken(
      {
        coupons: {
          claim: (real, stores) => async (claim) => {
            const coupon = await stores.coupons.get(claim.tenantId, claim.couponId);
            if (coupon?.stockLeft === 0) return "sold_out";
            await stores.coupons.update(claim.tenantId, claim.couponId, { stockBy: 1, updatedAt: 0 });
            return real(claim);
          },
        },
      },
      [race],
    ),
    "gives a code twice": broken(
      {
        coupons: { addCodes: tells((count) => count + 1), figures: tells((figures) => ({ ...figures, freeCodes: 1 })) },
      },
      [codes],
    ),
    "writes no ledger": broken({ coupons: { events: tells(() => []) } }, [moves, makes]),
    "ends nothing": broken({ coupons: { expireDue: merelyTells({ released: 0, expired: 0 }) } }, [ends]),
    "passes over a claim of a list": broken({ coupons: { claims: tells(skipsRow) } }, [lists]),
  });
});
