import * as z from "zod";
import { type CouponContext, claimByLink, claimFor } from "../coupon/claim-coupon.js";
import type {
  Claim,
  ClaimInput,
  ClaimListOptions,
  ClaimOutcome,
  ClaimStep,
  Coupon,
  CouponInput,
  CouponListOptions,
  CouponPatch,
  CouponReport,
} from "../coupon/coupon.js";
import {
  addCodes,
  createCoupon,
  getCoupon,
  listClaims,
  reportCoupon,
  stepOf,
  updateCoupon,
} from "../coupon/coupon-calls.js";
import {
  claimForSchema,
  claimInputSchema,
  claimListSchema,
  codesSchema,
  couponPatchSchema,
  orderSchema,
  redeemSchema,
  reserveSchema,
  reverseSchema,
} from "../coupon/coupon-schema.js";
import { type ExpiredClaims, expireDue } from "../coupon/expire-due.js";
import type { CouponId } from "../id.js";
import { idSchema } from "../input.js";
import type { InstantInput, Read } from "../instant.js";
import { type Listing, type Page, type PageRequest, pageFields } from "../page.js";
import type { Argument, checkedCalls } from "./checked-call.js";
import { type listingsOf, optionsOf } from "./listings.js";

/** Coupons as a ledger: each step is taken once, however often it is asked for. Coupons are listed by ascending id. */
export interface CouponKit extends Listing<CouponListOptions, Coupon> {
  /** @throws {InputError} every fault at once */
  create(input: CouponInput): Promise<Coupon>;
  /** @throws {NotFoundError} `coupon.not-found` */
  get(couponId: CouponId): Promise<Coupon>;
  /** @throws {NotFoundError} `coupon.not-found`. @throws {InputError} a stock that is lower, or where there is none */
  update(couponId: CouponId, patch: CouponPatch): Promise<Coupon>;
  /**
   * Adds up to 100 000 codes of 1 … 64 characters, of which each claim takes one; those that the tenant has already stay.
   *
   * @throws {NotFoundError} `coupon.not-found`. @throws {ConflictError} `coupon.codes-generated`
   */
  addCodes(couponId: CouponId, codes: readonly string[]): Promise<{ readonly added: number; readonly known: number }>;
  /**
   * Claims the coupon of a link. One claim for each personal link, as many for each person as the coupon says; a repeat gives
   * the same claim, also when the coupon is over or gone. By the link of a test push the answer is a sample, and nothing is kept.
   */
  claim(input: ClaimInput): Promise<ClaimOutcome>;
  /** Claims for a person by hand. @throws {NotFoundError} `customer.not-found`, `coupon.not-found` */
  claimFor(claim: { readonly couponId: CouponId; readonly externalKey: string }): Promise<ClaimOutcome>;
  /** Holds a claim for an order. @param order `untilMs`: when it ends by itself. @default half an hour from now */
  reserve(
    code: string,
    order: { readonly orderNo: string; readonly untilMs?: InstantInput | null | undefined },
  ): Promise<ClaimStep>;
  /** The order that holds it was paid: it is used. */
  confirm(code: string, order: { readonly orderNo: string }): Promise<ClaimStep>;
  /** The order that holds it came to nothing: it can be used again. */
  release(code: string, order: { readonly orderNo: string }): Promise<ClaimStep>;
  /** Uses a claim, reserved by this order or free. @param order `amountMinor`: of the order, for the least amount. @default any is enough */
  redeem(
    code: string,
    order: { readonly orderNo: string; readonly amountMinor?: number | null | undefined },
  ): Promise<ClaimStep>;
  /** Takes its use back: it can be used again, by another order. */
  reverse(code: string, why: { readonly reason: string }): Promise<ClaimStep>;
  /** One page of claims by ascending id. */
  claims(options?: ClaimListOptions): Promise<Page<Claim>>;
  /** Figures and budget. @throws {NotFoundError} `coupon.not-found` */
  report(couponId: CouponId): Promise<CouponReport>;
  /** Ends reservations and validities that are over; `run` and `tick` do it for all tenants. */
  expireDue(): Promise<ExpiredClaims>;
}

const couponId: Argument = ["couponId", idSchema];
const code: Argument = ["code", z.string().min(1).max(255)];
const HALF_AN_HOUR_MS = 1_800_000;

/** The calls about coupons of a tenant. @param zone the tenant's */
export function couponKit(
  context: CouponContext,
  call: ReturnType<typeof checkedCalls>,
  listing: ReturnType<typeof listingsOf>,
  zone: () => Promise<string>,
): CouponKit {
  const { stores, clock, tenantId } = context;
  return {
    create: call([], async (input) => createCoupon(context, input, zone)),
    get: call([couponId], (id) => getCoupon(stores, tenantId, id)),
    update: call([couponId, ["patch", couponPatchSchema]], (...given) => updateCoupon(context, ...given)),
    addCodes: call([couponId, ["codes", codesSchema]], (...given) => addCodes(context, ...given)),
    claim: call([["", claimInputSchema]], (input) => claimByLink(context, input)),
    claimFor: call([["", claimForSchema]], (input) => claimFor(context, input)),
    reserve: call([code, ["", reserveSchema]], (given, { orderNo, untilMs }) =>
      stepOf(context, given, { step: "reserve", orderNo, until: untilMs ?? clock.now() + HALF_AN_HOUR_MS }),
    ),
    confirm: call([code, ["", orderSchema]], (given, order) => stepOf(context, given, { step: "confirm", ...order })),
    release: call([code, ["", orderSchema]], (given, order) => stepOf(context, given, { step: "release", ...order })),
    redeem: call([code, ["", redeemSchema]], (given, order) => stepOf(context, given, { step: "redeem", ...order })),
    reverse: call([code, ["", reverseSchema]], (given, why) => stepOf(context, given, { step: "reverse", ...why })),
    claims: call([optionsOf(claimListSchema)], (how) => listClaims(context, (how ?? {}) as Read<ClaimListOptions>)),
    report: call([couponId], (id) => reportCoupon(context, id)),
    expireDue: call([], () => expireDue(context, tenantId)),
    ...listing(z.strictObject(pageFields), (how: PageRequest) => stores.coupons.list(tenantId, how)),
  };
}
