import { slicesOf } from "../chunks.js";
import { findCustomers } from "../customer/find-customers.js";
import { ConflictError, InputError, NotFoundError, StorageError } from "../errors.js";
import type { Read } from "../instant.js";
import type { Page } from "../page.js";
import type { ClaimFilter, CouponWrite } from "../ports/coupon-store.js";
import type { Stores } from "../ports/stores.js";
import { normaliseText } from "../text.js";
import { parseInput } from "../zod-issues.js";
import type { CouponContext } from "./claim-coupon.js";
import { type ClaimRequest, decideStep } from "./claim-steps.js";
import type { Claim, ClaimListOptions, ClaimStep, Coupon, CouponInput, CouponPatch, CouponReport } from "./coupon.js";
import { couponSchema } from "./coupon-schema.js";

/** Rows of one statement. */
const ROWS = 1_000;

/** @throws {InputError} every fault at once */
export async function createCoupon(
  context: CouponContext,
  input: CouponInput,
  zone: () => Promise<string>,
): Promise<Coupon> {
  const { stores, clock, tenantId } = context;
  // Null says that there is no stock; of all else it is absent.
  const given = Object.entries(input ?? {}).filter(([field, value]) => value !== null || field === "stock");
  const row = Object.fromEntries(given);
  // What is wrong is wrong in every zone.
  parseInput(couponSchema("UTC"), row);
  const coupon = parseInput(couponSchema(await zone()), row);
  const { title = null, terms = null, valueMinor = null, minSpendMinor = null, claimValidDays = null } = coupon;
  const rest = { title, terms, valueMinor, minSpendMinor, claimValidDays };
  return stores.coupons.insert({ ...coupon, ...rest, tenantId, createdAt: clock.now() });
}

/** @throws {NotFoundError} `coupon.not-found` */
export async function getCoupon(
  stores: Stores,
  tenantId: number,
  couponId: number,
  lock?: "exclusive",
): Promise<Coupon> {
  const coupon = await stores.coupons.get(tenantId, couponId, lock);
  if (!coupon) throw new NotFoundError("coupon.not-found", `no coupon ${couponId}`);
  return coupon;
}

/** @throws {NotFoundError} `coupon.not-found`. @throws {InputError} a stock that is lower, or where there is none */
export async function updateCoupon(context: CouponContext, couponId: number, patch: CouponPatch): Promise<Coupon> {
  const { stores, clock, tenantId } = context;
  const { closed, stock, name, title, terms } = patch;
  return stores.transaction(async (tx) => {
    const coupon = await getCoupon(tx, tenantId, couponId, "exclusive");
    const updatedAt = clock.now();
    const stockBy = stock === undefined ? 0 : stock - (coupon.stock ?? Number.POSITIVE_INFINITY);
    if (stockBy < 0) {
      const message = "the stock may only be raised, and only where there is one";
      throw new InputError([{ path: "stock", code: "coupon.stock-lowered", message }]);
    }
    const closedAt = closed === undefined ? coupon.closedAt : closed ? (coupon.closedAt ?? updatedAt) : null;
    const write: CouponWrite = {
      ...(name !== undefined && { name }),
      ...(title !== undefined && { title }),
      ...(terms !== undefined && { terms }),
      closedAt,
      stockBy,
      updatedAt,
    };
    await tx.coupons.update(tenantId, couponId, write);
    return getCoupon(tx, tenantId, couponId);
  });
}

/** Adds codes to claim. @returns how many are new, and how many the tenant had already */
export async function addCodes(
  { stores, tenantId }: CouponContext,
  couponId: number,
  codes: readonly string[],
): Promise<{ readonly added: number; readonly known: number }> {
  return stores.transaction(async (tx) => {
    const coupon = await getCoupon(tx, tenantId, couponId, "exclusive");
    if (coupon.codes !== "imported")
      throw new ConflictError("coupon.codes-generated", `codes of coupon ${couponId} are made for each claim`);
    const given = [...new Set(codes)];
    let added = 0;
    for (const slice of slicesOf(given, ROWS)) added += await tx.coupons.addCodes(tenantId, couponId, slice);
    return { added, known: codes.length - added };
  });
}

/** Takes a step of the claim with a code, once however often it is asked for. */
export async function stepOf(context: CouponContext, code: string, request: ClaimRequest): Promise<ClaimStep> {
  const { stores, clock, tenantId } = context;
  return stores.transaction(async (tx): Promise<ClaimStep> => {
    const claim = await claimOf(tx, tenantId, code);
    if (!claim) return { kind: "unknown" };
    const coupon = await getCoupon(tx, tenantId, claim.couponId);
    const updatedAt = clock.now();
    const decision = decideStep(claim, request, coupon, updatedAt, await isUsedBefore(tx, claim, request));
    if (decision.kind !== "move") return { kind: decision.kind, claim };
    const { to, patch, event: kind, orderNo, amountMinor, reason } = decision;
    const event = { kind, orderNo, amountMinor, reason };
    if (!(await tx.coupons.moveClaim(claim, claim.state, to, { ...patch, updatedAt }, event)))
      throw new StorageError("storage.busy", "the claim changed meanwhile", { retryable: true });
    return { kind: "done", claim: (await tx.coupons.findClaim(tenantId, claim.code)) ?? claim };
  });
}

/** By its code as it was given out, or as people type it. */
async function claimOf(tx: Stores, tenantId: number, text: string): Promise<Claim | undefined> {
  const code = normaliseText(text);
  const typed = code.toUpperCase().replace(/[\s-]/g, "");
  const found = await tx.coupons.findClaim(tenantId, code, "exclusive");
  return found ?? (typed === code ? undefined : tx.coupons.findClaim(tenantId, typed, "exclusive"));
}

/** Whether an order has used a claim whose use was taken back. */
async function isUsedBefore(tx: Stores, claim: Claim, request: ClaimRequest): Promise<boolean> {
  if (claim.reason === null || request.step === "reverse") return false;
  const events = await tx.coupons.events(claim.tenantId, claim.id);
  return events.some(
    ({ kind, orderNo }) => (kind === "redeemed" || kind === "confirmed") && orderNo === request.orderNo,
  );
}

/** One page of claims. */
export async function listClaims(
  { stores, tenantId }: Pick<CouponContext, "stores" | "tenantId">,
  { externalKey, ...filter }: Read<ClaimListOptions>,
): Promise<Page<Claim>> {
  if (externalKey === undefined) return stores.coupons.claims(tenantId, filter as ClaimFilter);
  const customer = (await findCustomers(stores, tenantId, [externalKey])).get(externalKey);
  if (!customer) return { items: [], nextCursor: null };
  // The schema has left out what is absent.
  return stores.coupons.claims(tenantId, { ...filter, customerId: customer.id } as ClaimFilter);
}

/** Figures of a coupon. @throws {NotFoundError} `coupon.not-found` */
export async function reportCoupon({ stores, tenantId }: CouponContext, couponId: number): Promise<CouponReport> {
  const { stockLeft, codes, valueMinor } = await getCoupon(stores, tenantId, couponId);
  const { states, usedMinor, freeCodes } = await stores.coupons.figures(tenantId, couponId);
  const { claimed = 0, reserved = 0, redeemed = 0, reversed = 0, expired = 0 } = states;
  const value = valueMinor ?? 0;
  const left = codes === "imported" ? Math.min(stockLeft ?? freeCodes, freeCodes) : stockLeft;
  return {
    couponId,
    issued: claimed + reserved + redeemed + reversed + expired,
    claimed,
    reserved,
    redeemed,
    reversed,
    expired,
    stockLeft: left,
    budget: {
      usedMinor,
      reservedMinor: reserved * value,
      openMinor: (claimed + reserved + reversed) * value,
    },
  };
}
