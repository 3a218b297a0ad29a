import type { Claim, ClaimState, Coupon } from "../coupon/coupon.js";
import type { Page, PageRequest } from "../page.js";
import type { RowLock } from "./row-lock.js";

export type NewCoupon = Omit<Coupon, "id" | "stockLeft" | "closedAt" | "updatedAt">;

/** What a change of a coupon writes. */
export interface CouponWrite extends Partial<Pick<Coupon, "name" | "title" | "terms" | "closedAt">> {
  /** Claims more than before, in all and still to be had; needs a stock. @default 0 */
  readonly stockBy?: number;
  /** Epoch ms. */
  readonly updatedAt: number;
}

/** A claim to make. */
export interface NewClaim
  extends Pick<Claim, "tenantId" | "couponId" | "customerId" | "number" | "linkId" | "claimedAt" | "validUntil"> {
  /** Null: one of the coupon's codes that nobody has. */
  readonly code: string | null;
  /** The link if it is personal: one claim each. */
  readonly ownLinkId: number | null;
}

/** What a change of a claim writes; what is absent stays as it is. */
export interface ClaimPatch extends Partial<Pick<Claim, "orderNo" | "reservedUntil" | "usedMinor" | "reason">> {
  /** When the claim changes by itself: a reservation or the validity ends, epoch ms; null: never. */
  readonly dueAt: number | null;
  /** Epoch ms. */
  readonly updatedAt: number;
}

/** What can happen to a claim. */
export type ClaimEventKind = "claimed" | "reserved" | "confirmed" | "released" | "redeemed" | "reversed" | "expired";

/** A line of the coupon ledger; lines are never changed nor removed. */
export interface ClaimEvent {
  /** The claim meant. */
  readonly claimId: number;
  /** What happened. */
  readonly kind: ClaimEventKind;
  /** Order that it happened for; null: for none. */
  readonly orderNo: string | null;
  /** What the use took off an order, minor units; 0 of all else. */
  readonly amountMinor: number;
  /** Why, where somebody said so. */
  readonly reason: string | null;
  /** Epoch ms. */
  readonly at: number;
}

export interface ClaimFilter extends PageRequest {
  /** @default of all */
  readonly couponId?: number;
  /** @default of everybody */
  readonly customerId?: number;
  /** @default by all links and by hand */
  readonly linkId?: number;
  /** @default in any */
  readonly states?: readonly ClaimState[];
}

/** Sums over the claims of a coupon. */
export interface CouponFigures {
  /** Claims by state; states without any are left out. */
  readonly states: Readonly<Partial<Record<ClaimState, number>>>;
  /** What redeemed claims took off orders, minor units. */
  readonly usedMinor: number;
  /** Codes that were added and nobody has. */
  readonly freeCodes: number;
}

/** Coupons, their codes, and the ledger of claims. */
export interface CouponStore {
  /** @returns the coupon, with all of its stock left */
  insert(coupon: NewCoupon): Promise<Coupon>;
  /** One coupon, held on demand. */
  get(tenantId: number, couponId: number, lock?: RowLock): Promise<Coupon | undefined>;
  /** By ascending id. */
  list(tenantId: number, request: PageRequest): Promise<Page<Coupon>>;
  /** @returns false when there is no such coupon */
  update(tenantId: number, couponId: number, write: CouponWrite): Promise<boolean>;
  /** Adds codes to claim, at most 1 000; those that the tenant has already, also as codes of claims, are left out. @returns codes added */
  addCodes(tenantId: number, couponId: number, codes: readonly string[]): Promise<number>;
  /**
   * Makes a claim and takes it from the stock, all or nothing, with its line of the ledger. However many callers there are,
   * there are never more claims than stock, nor two with one number of a person, one code, or one personal link.
   *
   * @returns the claim; `taken`: one of its keys is; `sold_out`: nothing is left of the stock, or of the codes
   */
  claim(claim: NewClaim): Promise<Claim | "taken" | "sold_out">;
  /** A claim by its code; held as others are who ask for it so. */
  findClaim(tenantId: number, code: string, lock?: RowLock): Promise<Claim | undefined>;
  /**
   * Moves a claim that is in `from` to a state, and writes a line into the ledger.
   *
   * @returns false when it is in another state by now
   */
  moveClaim(
    claim: Pick<Claim, "tenantId" | "id" | "couponId">,
    from: ClaimState,
    to: ClaimState,
    patch: ClaimPatch,
    event: Omit<ClaimEvent, "claimId" | "at">,
  ): Promise<boolean>;
  /** Claims by ascending id. */
  claims(tenantId: number, filter: ClaimFilter): Promise<Page<Claim>>;
  /** The ledger of one claim, oldest first; at most 1 000 lines. */
  events(tenantId: number, claimId: number): Promise<readonly ClaimEvent[]>;
  /**
   * Ends reservations and validities that are over at an instant, of at most `limit` claims of all tenants: a reservation
   * becomes `claimed` again, what is past its validity `expired`, each with its line in the ledger.
   *
   * @param tenantId only of this tenant. @default of all
   */
  expireDue(
    now: number,
    limit: number,
    tenantId?: number,
  ): Promise<{ readonly released: number; readonly expired: number }>;
  /** Sums over the claims of a coupon; of one that is not there nothing. */
  figures(tenantId: number, couponId: number): Promise<CouponFigures>;
}
