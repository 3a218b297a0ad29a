import type { Claim, Coupon } from "../../coupon/coupon.js";
import type { ClaimEvent, NewClaim } from "../../ports/coupon-store.js";
import type { Journal } from "../journal.js";
import { compositeKey, createTable, type Row } from "../table.js";

/** A code that was added, and who has it. */
export interface CodeRow extends Row {
  readonly couponId: number;
  readonly code: string;
  readonly claimId: number | null;
}

/** A claim with when it changes by itself. */
export type ClaimRow = Omit<Claim, "id" | "tenantId"> &
  Pick<NewClaim, "ownLinkId"> & { readonly dueAt: number | null } & Row;

export type ClaimEventRow = ClaimEvent & Row;

/** Coupons and the ledger of claims. */
export function couponTables(journal: Journal) {
  const coupons = createTable<Omit<Coupon, "id" | "tenantId"> & Row>(journal);
  const codes = createTable<CodeRow>(journal);
  const claims = createTable<ClaimRow>(journal);
  const claimEvents = createTable<ClaimEventRow>(journal);
  return {
    coupons,
    codes,
    codesByCode: codes.indexBy((row) => [compositeKey(row.tenantId, row.code)]),
    freeCodesByCoupon: codes.indexBy((row) => (row.claimId === null ? [row.couponId] : [])),
    claims,
    claimsByCode: claims.indexBy((row) => [compositeKey(row.tenantId, row.code)]),
    claimsByNumber: claims.indexBy((row) => [compositeKey(row.couponId, row.customerId, row.number)]),
    claimsByOwnLink: claims.indexBy((row) =>
      row.ownLinkId === null ? [] : [compositeKey(row.tenantId, row.ownLinkId)],
    ),
    claimsByCoupon: claims.indexBy((row) => [row.couponId]),
    claimsByCustomer: claims.indexBy((row) => [row.customerId]),
    claimEvents,
    claimEventsByClaim: claimEvents.indexBy((row) => [row.claimId]),
  };
}
