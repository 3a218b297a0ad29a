import type { Clock } from "../clock.js";
import { findCustomers } from "../customer/find-customers.js";
import type { EngineContext } from "../engine/engine-context.js";
import { NotFoundError, StorageError } from "../errors.js";
import type { Read } from "../instant.js";
import { linkOf } from "../link/find-link.js";
import type { Link } from "../link/link.js";
import { codeFrom } from "../link/link-keys.js";
import { whoIsThere } from "../link/who-is-there.js";
import type { Stores } from "../ports/stores.js";
import type { Random } from "../random.js";
import type { Claim, ClaimInput, ClaimOutcome, Coupon } from "./coupon.js";

/** What calls about coupons work with. */
export interface CouponContext extends Pick<EngineContext, "linkKeys"> {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly random: Random;
  readonly tenantId: number;
}

const DAY_MS = 86_400_000;
/** Characters of a generated code: 10^17 of them, so that nobody guesses one of another. */
const CODE_LENGTH = 12;
/** Tries when keys of a claim were taken in between. */
const TRIES = 10;

/** Claims the coupon of a link for the person who is there; a repeat gives the same claim. */
export async function claimByLink(context: CouponContext, input: Read<ClaimInput>): Promise<ClaimOutcome> {
  const { stores, clock, tenantId } = context;
  const now = input.at ?? clock.now();
  const link = await linkOf(stores, context, tenantId, input.token);
  if (!link) return { kind: "unknown" };
  const customerId = await whoIsThere(stores, tenantId, link, input.username);
  if (customerId === undefined) return { kind: "wrong_user" };
  if (link.revokedAt !== null) return { kind: "revoked" };
  const coupon = link.couponId === null ? undefined : await stores.coupons.get(tenantId, link.couponId);
  if (!coupon) return { kind: "unknown" };
  if (link.isTest) return { kind: "claimed", claim: sampleClaim(link, coupon, customerId, now) };
  return claimOnce(context, { coupon, customerId, link, now });
}

/** Claims a coupon for somebody by hand; whoever has as many as a person may have gets the first one again. */
export async function claimFor(
  context: CouponContext,
  { couponId, externalKey }: { readonly couponId: number; readonly externalKey: string },
): Promise<ClaimOutcome> {
  const { stores, clock, tenantId } = context;
  const customer = (await findCustomers(stores, tenantId, [externalKey])).get(externalKey);
  if (!customer) throw new NotFoundError("customer.not-found", "no customer has this key");
  const coupon = await stores.coupons.get(tenantId, couponId);
  if (!coupon) throw new NotFoundError("coupon.not-found", `no coupon ${couponId}`);
  return claimOnce(context, { coupon, customerId: customer.id, link: undefined, now: clock.now() });
}

interface Claiming {
  readonly coupon: Coupon;
  readonly customerId: number;
  readonly link: Link | undefined;
  readonly now: number;
}

async function claimOnce(context: CouponContext, claiming: Claiming): Promise<ClaimOutcome> {
  const { stores, random, tenantId } = context;
  const { coupon, customerId, link, now } = claiming;
  for (let n = 0; n < TRIES; n += 1) {
    const { items } = await stores.coupons.claims(tenantId, { couponId: coupon.id, customerId, limit: 200 });
    const own = items.find(({ linkId }) => link !== undefined && linkId === link.id) ?? (await claimOf(context, link));
    const repeated = own ?? (items.length >= coupon.perPerson ? items[0] : undefined);
    if (repeated) return { kind: "repeated", claim: repeated };
    const no = refusal(claiming);
    if (no) return { kind: no };
    const claim = await stores.coupons.claim({
      tenantId,
      couponId: coupon.id,
      customerId,
      number: Math.max(0, ...items.map(({ number }) => number)) + 1,
      code: coupon.codes === "imported" ? null : codeFrom(Buffer.from(random.bytes(CODE_LENGTH * 2)), CODE_LENGTH),
      linkId: link?.id ?? null,
      ownLinkId: link?.kind === "personal" ? link.id : null,
      claimedAt: now,
      validUntil: validUntil(coupon, now),
    });
    if (claim === "sold_out") return { kind: "sold_out" };
    // Taken: by the same person a moment ago, or a code that somebody has.
    if (claim !== "taken") return { kind: "claimed", claim };
  }
  throw new StorageError("storage.busy", "others were in the way of a claim every time", { retryable: true });
}

/** The one claim of a personal link, also where its person was merged while it was made. */
async function claimOf({ stores, tenantId }: CouponContext, link: Link | undefined): Promise<Claim | undefined> {
  if (link?.kind !== "personal") return undefined;
  return (await stores.coupons.claims(tenantId, { linkId: link.id, limit: 1 })).items[0];
}

function refusal({ coupon, link, now }: Claiming): "expired" | "not_started" | "closed" | "sold_out" | undefined {
  if (link && now >= link.expiresAt) return "expired";
  if (now < coupon.validFrom) return "not_started";
  if (now >= coupon.validTo) return "expired";
  if (coupon.closedAt !== null) return "closed";
  return coupon.stockLeft === 0 ? "sold_out" : undefined;
}

function validUntil({ validTo, claimValidDays }: Coupon, now: number): number {
  return claimValidDays === null ? validTo : Math.min(validTo, now + claimValidDays * DAY_MS);
}

/** What a test push shows of a claim: nothing is kept nor taken, and its code is nobody's. */
function sampleClaim(link: Link, coupon: Coupon, customerId: number, now: number): Claim {
  return {
    id: 0,
    tenantId: link.tenantId,
    couponId: coupon.id,
    customerId,
    number: 1,
    code: `TEST${String(link.id).padStart(6, "0")}`,
    state: "claimed",
    linkId: link.id,
    orderNo: null,
    reservedUntil: null,
    usedMinor: 0,
    reason: null,
    claimedAt: now,
    validUntil: validUntil(coupon, now),
    updatedAt: now,
  };
}
