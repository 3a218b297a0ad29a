import type { CouponId, CustomerId, LinkId, OccurrenceId, TenantId } from "../id.js";
import type { PageOptions } from "../page.js";

/** A way for one person, or for the people of one batch, to a page of the merchant's. Its token is kept nowhere. */
export interface Link {
  /** Unique in the installation. */
  readonly id: LinkId;
  /** Whose it is. */
  readonly tenantId: TenantId;
  /** `personal`: of one person. `shared`: of a batch whose message is the same for all; the page asks who is there. */
  readonly kind: "personal" | "shared";
  /** Firing whose message holds it; null for one that was issued by hand. */
  readonly occurrenceId: OccurrenceId | null;
  /** Batch of a shared link; null for a personal one. */
  readonly batchNumber: number | null;
  /** Name of the channel that carries it. */
  readonly channel: string;
  /** Whose link it is; null for a shared one. */
  readonly customerId: CustomerId | null;
  /** Import key of that person; null for a shared one. */
  readonly externalKey: string | null;
  /** It belongs to a test push: nothing that is claimed by it is kept. */
  readonly isTest: boolean;
  /** Coupon that can be claimed by it; null: none. */
  readonly couponId: CouponId | null;
  /** When it was issued, epoch ms. */
  readonly createdAt: number;
  /** From when on it is over, epoch ms. */
  readonly expiresAt: number;
  /** When it was taken back, epoch ms; null: it was not. */
  readonly revokedAt: number | null;
  /** Times the page was asked for. */
  readonly views: number;
  /** Epoch ms; null before. */
  readonly firstViewedAt: number | null;
  /** Times a person showed up on the page. */
  readonly clicks: number;
  /** Epoch ms; null before. */
  readonly firstClickedAt: number | null;
  /** Times a scanner or a preview asked for the page. */
  readonly scans: number;
}

/** A link as it stands at an instant. */
export type LinkView = Link & { readonly state: "open" | "expired" | "revoked" };

/** What came to a link: the page was asked for, a person was there, or a machine looked. */
export const VISIT_KINDS = ["view", "click", "scan"] as const;
export type VisitKind = (typeof VISIT_KINDS)[number];

/** What a link of one's own is issued for. */
export interface LinkInput {
  /** Import key of the person, 1 … 255 characters. */
  readonly externalKey: string;
  /** Name of the channel that will carry it, 1 … 64 characters. */
  readonly channel: string;
  /** Coupon that can be claimed by it. @default none */
  readonly couponId?: CouponId | null | undefined;
  /** From when on it is over. @default `links.expireAfterDays` from now on */
  readonly expiresAt?: Date | string | number | bigint | null | undefined;
}

/** A link of one's own. Its token and code are told this once. */
export interface IssuedLink {
  /** 22 characters. */
  readonly token: string;
  /** Of the page. */
  readonly url: string;
  /** Of the short domain, else the same. */
  readonly shortUrl: string;
  /** 8 characters, for people who type. */
  readonly code: string;
  /** As it is kept. */
  readonly link: Link;
}

/** What a list of links takes. */
export interface LinkListOptions extends PageOptions {
  /** Only links of this firing. @default of all */
  readonly occurrenceId?: OccurrenceId | null | undefined;
  /** Only links of this person, by import key. @default of all */
  readonly externalKey?: string | null | undefined;
  /** Only links for this coupon. @default of all */
  readonly couponId?: CouponId | null | undefined;
}

/** Which links are taken back: one, those of a firing, or those of a person. */
export type LinksToRevoke =
  | { readonly token: string }
  | { readonly occurrenceId: OccurrenceId }
  | { readonly externalKey: string };

/** What came of an opt-out by a link. `shared`: the link is nobody's own, and no `username` told who is there. */
export type UnsubscribeOutcome =
  | { readonly kind: "unsubscribed" | "repeated"; readonly channel: string; readonly customerId: CustomerId }
  | { readonly kind: "unknown" | "shared" | "wrong_user" };

/** Where the pages of links are. */
export interface LinkOptions {
  /** Of the pages, https (http on this machine only), without a slash at the end: `<publicUrl>/landing/<token>`. */
  readonly publicUrl: string;
  /** A short domain that redirects: `<shortUrl>/r/<token>` stands in texts. @default none: the page's own address */
  readonly shortUrl?: string;
  /** Days until a link is over, of rules that say nothing, 1 … 365. @default 30 */
  readonly expireAfterDays?: number;
}
