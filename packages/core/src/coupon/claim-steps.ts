import type { ClaimEventKind, ClaimPatch } from "../ports/coupon-store.js";
import type { Claim, ClaimState, Coupon } from "./coupon.js";

/** What is asked of a claim. */
export type ClaimRequest =
  | { readonly step: "reserve"; readonly orderNo: string; readonly until: number }
  | { readonly step: "confirm" | "release"; readonly orderNo: string }
  | { readonly step: "redeem"; readonly orderNo: string; readonly amountMinor?: number | undefined }
  | { readonly step: "reverse"; readonly reason: string };

/** What follows: nothing, or a move with its line in the ledger. */
export type ClaimDecision =
  | { readonly kind: "repeated" }
  | {
      readonly kind:
        | "expired"
        | "reserved"
        | "redeemed"
        | "not_reserved"
        | "not_redeemed"
        | "reversed"
        | "below_minimum"
        | "not_started";
    }
  | {
      readonly kind: "move";
      readonly to: ClaimState;
      readonly patch: Omit<ClaimPatch, "updatedAt">;
      readonly event: ClaimEventKind;
      readonly orderNo: string | null;
      readonly amountMinor: number;
      readonly reason: string | null;
    };

type Terms = Pick<Coupon, "valueMinor" | "minSpendMinor" | "validFrom">;

/**
 * Decides about a step, from what is known alone.
 *
 * @param usedBefore whether this order has used the claim already, and its use was taken back
 */
export function decideStep(
  claim: Claim,
  request: ClaimRequest,
  coupon: Terms,
  now: number,
  usedBefore: boolean,
): ClaimDecision {
  switch (request.step) {
    case "reserve":
      return reserve(claim, request, coupon, now, usedBefore);
    case "confirm":
      if (isUsedBy(claim, request.orderNo)) return { kind: "repeated" };
      if (claim.state === "redeemed") return { kind: "redeemed" };
      if (claim.state === "expired") return { kind: "expired" };
      // Whoever paid in time is not turned away, as long as nobody else has taken it meanwhile.
      if (claim.state !== "reserved" || claim.orderNo !== request.orderNo) return { kind: "not_reserved" };
      return use(coupon, request.orderNo, undefined, "confirmed");
    case "release":
      if (claim.state === "redeemed") return { kind: "redeemed" };
      if (claim.state !== "reserved") return { kind: "repeated" };
      if (claim.orderNo !== request.orderNo) return { kind: "not_reserved" };
      return {
        kind: "move",
        to: "claimed",
        patch: { orderNo: null, reservedUntil: null, dueAt: claim.validUntil },
        event: "released",
        ...line(request.orderNo),
      };
    case "redeem":
      return redeem(claim, request, coupon, now, usedBefore);
    default:
      if (claim.state === "reversed") return { kind: "repeated" };
      if (claim.state !== "redeemed") return { kind: "not_redeemed" };
      return {
        kind: "move",
        to: "reversed",
        patch: { usedMinor: 0, reason: request.reason, dueAt: claim.validUntil },
        event: "reversed",
        ...line(claim.orderNo, claim.usedMinor, request.reason),
      };
  }
}

function reserve(
  claim: Claim,
  { orderNo, until }: Extract<ClaimRequest, { readonly step: "reserve" }>,
  { validFrom }: Terms,
  now: number,
  usedBefore: boolean,
): ClaimDecision {
  if (isUsedBy(claim, orderNo)) return { kind: "redeemed" };
  if (claim.state === "reserved" && claim.orderNo === orderNo && isHeld(claim, now)) return { kind: "repeated" };
  const no = refusal(claim, orderNo, now, validFrom, usedBefore);
  if (no) return no;
  return {
    kind: "move",
    to: "reserved",
    patch: { orderNo, reservedUntil: until, dueAt: until },
    event: "reserved",
    ...line(orderNo),
  };
}

function redeem(
  claim: Claim,
  { orderNo, amountMinor }: Extract<ClaimRequest, { readonly step: "redeem" }>,
  coupon: Terms,
  now: number,
  usedBefore: boolean,
): ClaimDecision {
  if (isUsedBy(claim, orderNo)) return { kind: "repeated" };
  const isOwn = claim.state === "reserved" && claim.orderNo === orderNo;
  const no = isOwn ? undefined : refusal(claim, orderNo, now, coupon.validFrom, usedBefore);
  if (no) return no;
  if (amountMinor !== undefined && amountMinor < (coupon.minSpendMinor ?? 0)) return { kind: "below_minimum" };
  return use(coupon, orderNo, amountMinor, "redeemed");
}

/** Why a claim is not free for an order. */
function refusal(
  claim: Claim,
  orderNo: string,
  now: number,
  validFrom: number,
  usedBefore: boolean,
): ClaimDecision | undefined {
  if (claim.state === "redeemed") return { kind: "redeemed" };
  if (claim.state === "reserved" && claim.orderNo !== orderNo && isHeld(claim, now)) return { kind: "reserved" };
  if (claim.state === "expired" || now >= claim.validUntil) return { kind: "expired" };
  // A late repeat of what was taken back must not use it once more.
  if (usedBefore) return { kind: "reversed" };
  return now < validFrom ? { kind: "not_started" } : undefined;
}

function use(
  { valueMinor }: Terms,
  orderNo: string,
  amountMinor: number | undefined,
  event: "confirmed" | "redeemed",
): ClaimDecision {
  const usedMinor = Math.min(valueMinor ?? 0, amountMinor ?? Number.MAX_SAFE_INTEGER);
  return {
    kind: "move",
    to: "redeemed",
    patch: { orderNo, reservedUntil: null, usedMinor, dueAt: null },
    event,
    ...line(orderNo, usedMinor),
  };
}

function isUsedBy({ state, orderNo }: Claim, by: string): boolean {
  return state === "redeemed" && orderNo === by;
}

function isHeld({ reservedUntil }: Claim, now: number): boolean {
  return now < (reservedUntil ?? 0);
}

function line(orderNo: string | null, amountMinor = 0, reason: string | null = null) {
  return { orderNo, amountMinor, reason };
}
