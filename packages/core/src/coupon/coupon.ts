import type { ClaimId, CouponId, CustomerId, LinkId, TenantId } from "../id.js";
import type { InstantInput } from "../instant.js";
import type { LocalDate } from "../local-time.js";
import type { PageOptions } from "../page.js";

/** Something that people may claim, as often as there is stock. */
export interface Coupon {
  /** Unique in the installation. */
  readonly id: CouponId;
  /** Whose it is. */
  readonly tenantId: TenantId;
  /** For the merchant, 1 … 255 characters. */
  readonly name: string;
  /** For the person who claims it; null: the name. */
  readonly title: string | null;
  /** What it can be used for; null: nothing is said. */
  readonly terms: string | null;
  /** `generated`: a code is made for each claim. `imported`: each claim takes one of those that were added. */
  readonly codes: "generated" | "imported";
  /** Claims in all; null: as many as come, and of imported codes as many as there are. */
  readonly stock: number | null;
  /** Claims still to be had; null without a stock. */
  readonly stockLeft: number | null;
  /** Claims that one person may make, each by a link of its own. */
  readonly perPerson: number;
  /** What it is worth, minor units of the tenant's currency; null: nobody says. */
  readonly valueMinor: number | null;
  /** Least amount of an order that it may be used for, minor units; null: any. */
  readonly minSpendMinor: number | null;
  /** From when on it can be claimed and used, epoch ms. */
  readonly validFrom: number;
  /** From when on it can't any more, epoch ms. */
  readonly validTo: number;
  /** Days for which a claim can be used, within the validity; null: to its end. */
  readonly claimValidDays: number | null;
  /** When it was closed: nobody claims it any more, what was claimed stays good. Null: it is open. */
  readonly closedAt: number | null;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Epoch ms. */
  readonly updatedAt: number;
}

/** A coupon to make. */
export interface CouponInput {
  /** 1 … 255 characters. */
  readonly name: string;
  /** Claims in all, 0 … 10^9; null: as many as come. */
  readonly stock: number | null;
  /** Claims that one person may make, 1 … 1 000. @default 1 */
  readonly perPerson?: number | null | undefined;
  /** First local day, or the instant from which on it can be claimed. */
  readonly validFrom: LocalDate | InstantInput;
  /** Last local day, the whole of it in; or the instant from which on it is over. */
  readonly validTo: LocalDate | InstantInput;
  /** 1 … 255 characters. @default the name */
  readonly title?: string | null | undefined;
  /** 1 … 5 000 characters. @default none */
  readonly terms?: string | null | undefined;
  /** Minor units of the tenant's currency, >= 0. @default nobody says */
  readonly valueMinor?: number | null | undefined;
  /** Minor units of the tenant's currency, >= 0. @default any order */
  readonly minSpendMinor?: number | null | undefined;
  /** @default "generated" */
  readonly codes?: "generated" | "imported" | null | undefined;
  /** 1 … 3 650. @default to the end of the validity */
  readonly claimValidDays?: number | null | undefined;
}

/** What may be changed of a coupon; what people have claimed stays as they got it. */
export interface CouponPatch {
  /** 1 … 255 characters. @default as it is */
  readonly name?: string | undefined;
  /** 1 … 255 characters; null takes it away. @default as it is */
  readonly title?: string | null | undefined;
  /** 1 … 5 000 characters; null takes them away. @default as they are */
  readonly terms?: string | null | undefined;
  /** True: nobody claims it any more; false: they may again. */
  readonly closed?: boolean | undefined;
  /** Claims in all; never fewer than before. */
  readonly stock?: number | undefined;
}

/** What a claim can be: `reversed` is one whose use was taken back, and that may be used again. */
export const CLAIM_STATES = ["claimed", "reserved", "redeemed", "reversed", "expired"] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];

/** What one person has of a coupon. Claims are never removed. */
export interface Claim {
  /** Unique in the installation. */
  readonly id: ClaimId;
  /** Whose it is. */
  readonly tenantId: TenantId;
  /** What was claimed. */
  readonly couponId: CouponId;
  /** Who has it. */
  readonly customerId: CustomerId;
  /** 1, 2, 3 … of the person and coupon. */
  readonly number: number;
  /** What the person shows, unique within the tenant. */
  readonly code: string;
  /** Where it stands. */
  readonly state: ClaimState;
  /** Link by which it was claimed; null: by hand. */
  readonly linkId: LinkId | null;
  /** Order for which it is reserved or was redeemed last; null: none. */
  readonly orderNo: string | null;
  /** Until when that order may confirm, epoch ms; null unless reserved. */
  readonly reservedUntil: number | null;
  /** What its use took off an order, minor units; 0 unless redeemed. */
  readonly usedMinor: number;
  /** Why its use was taken back; null: it was not. */
  readonly reason: string | null;
  /** Epoch ms. */
  readonly claimedAt: number;
  /** From when on it can't be used any more, epoch ms. */
  readonly validUntil: number;
  /** When it changed last, epoch ms. */
  readonly updatedAt: number;
}

/** What a claim by a link takes. */
export interface ClaimInput {
  /** Token of the link, or its code. */
  readonly token: string;
  /** Who is there: import key, name, or an address. Needed on a shared link. @default whose link it is */
  readonly username?: string | null | undefined;
  /** When it was claimed. @default now */
  readonly at?: InstantInput | null | undefined;
}

/** What came of a claim. */
export type ClaimOutcome =
  | { readonly kind: "claimed" | "repeated"; readonly claim: Claim }
  | {
      readonly kind: "sold_out" | "expired" | "revoked" | "unknown" | "wrong_user" | "not_started" | "closed";
    };

/**
 * What came of a step of a claim. `done` and `repeated` say that it is as asked for; else why not: `unknown` code, `expired`,
 * `reserved` or `redeemed` for another order, `not_reserved` for this order, `not_redeemed`, `reversed`: this order's use was
 * taken back, `below_minimum`: the order is too small, `not_started`.
 */
export type ClaimStep =
  | { readonly kind: "done" | "repeated"; readonly claim: Claim }
  | { readonly kind: "unknown" }
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
      readonly claim: Claim;
    };

/** What a list of coupons takes. */
export type CouponListOptions = PageOptions;

/** What a list of claims takes. */
export interface ClaimListOptions extends PageOptions {
  /** @default of all */
  readonly couponId?: CouponId | null | undefined;
  /** Of this person, by import key. @default of all */
  readonly externalKey?: string | null | undefined;
  /** By this link. @default by all, and by hand */
  readonly linkId?: LinkId | null | undefined;
  /** In one of these states. @default in any */
  readonly states?: readonly ClaimState[] | null | undefined;
}

/** Figures of a coupon; claims of every state add up to `issued`. */
export interface CouponReport {
  /** The coupon meant. */
  readonly couponId: CouponId;
  /** Claims ever made. */
  readonly issued: number;
  /** In their state now. */
  readonly claimed: number;
  /** Held by an order. */
  readonly reserved: number;
  /** Used. */
  readonly redeemed: number;
  /** Whose use was taken back, and that can be used again. */
  readonly reversed: number;
  /** Over, and never used. */
  readonly expired: number;
  /** Claims still to be had; null: as many as come. */
  readonly stockLeft: number | null;
  /** Minor units of the tenant's currency. */
  readonly budget: {
    /** What redeemed claims took off orders. */
    readonly usedMinor: number;
    /** What reserved ones would. */
    readonly reservedMinor: number;
    /** What those would that can still be used, the reserved ones among them. */
    readonly openMinor: number;
  };
}
