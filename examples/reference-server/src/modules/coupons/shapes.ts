import type { TenantKit } from "@recallkit/core";
import type * as z from "zod";
import type { claimSchema, couponSchema, reportSchema } from "./schema.js";

type Coupon = Awaited<ReturnType<TenantKit["coupons"]["get"]>>;
type Report = Awaited<ReturnType<TenantKit["coupons"]["report"]>>;
type Step = Awaited<ReturnType<TenantKit["coupons"]["redeem"]>>;
export type ClaimStep = Step;
type Claim = Extract<Step, { readonly kind: "done" | "repeated" }>["claim"];

export function couponShape(coupon: Coupon): z.input<typeof couponSchema> {
  return {
    id: coupon.id,
    name: coupon.name,
    title: coupon.title,
    terms: coupon.terms,
    codes: coupon.codes,
    stock: coupon.stock,
    stock_left: coupon.stockLeft,
    per_person: coupon.perPerson,
    value_minor: coupon.valueMinor,
    min_spend_minor: coupon.minSpendMinor,
    valid_from: coupon.validFrom,
    valid_to: coupon.validTo,
    claim_valid_days: coupon.claimValidDays,
    closed_at: coupon.closedAt,
    created_at: coupon.createdAt,
  };
}

export function claimShape(claim: Claim): z.input<typeof claimSchema> {
  return {
    id: claim.id,
    coupon_id: claim.couponId,
    customer_id: claim.customerId,
    code: claim.code,
    state: claim.state,
    order_no: claim.orderNo,
    reserved_until: claim.reservedUntil,
    used_minor: claim.usedMinor,
    reason: claim.reason,
    claimed_at: claim.claimedAt,
    valid_until: claim.validUntil,
  };
}

export function reportShape({ couponId, stockLeft, budget, ...counts }: Report): z.input<typeof reportSchema> {
  const { usedMinor, reservedMinor, openMinor } = budget;
  const money = { used_minor: usedMinor, reserved_minor: reservedMinor, open_minor: openMinor };
  return { coupon_id: couponId, ...counts, stock_left: stockLeft, budget: money };
}
