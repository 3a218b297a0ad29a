import type { DeliveryState } from "../delivery/states.js";
import type { Link, VisitKind } from "../link/link.js";
import type { LinkSeed } from "../link/link-keys.js";
import type { Page, PageRequest } from "../page.js";

/** A link to keep. A personal one of a push names its delivery, a shared one its batch; one by hand neither. */
export interface NewLink
  extends Pick<
    Link,
    | "kind"
    | "occurrenceId"
    | "batchNumber"
    | "channel"
    | "customerId"
    | "isTest"
    | "couponId"
    | "createdAt"
    | "expiresAt"
  > {
  /** Null: shared, or issued by hand. */
  readonly deliveryId: number | null;
  /** SHA-256 of the token, 64 hex digits; unique in the installation. */
  readonly tokenHash: string;
  /** Keyed hash of the code, 64 hex digits, unique in the installation; null: it has none. */
  readonly codeHash: string | null;
  /** What it can be made from again; null: from nothing. */
  readonly seed: LinkSeed | null;
}

/** Somebody in a batch, with what their link was made from. */
export interface SeededPerson {
  /** Theirs in this push. */
  readonly deliveryId: number;
  /** Whose delivery it is now. */
  readonly customerId: number;
  /** Null: no link of theirs is kept. */
  readonly seed: LinkSeed | null;
}

/** A link by what is kept of its token or code. */
export interface FoundLink {
  /** The link itself. */
  readonly link: Link;
  /** Null: it can't be made again. */
  readonly seed: LinkSeed | null;
}

/** The batch of a shared link. */
export interface SharedPlace {
  /** Firing of the batch. */
  readonly occurrenceId: number;
  /** Name of its channel. */
  readonly channel: string;
  /** 1, 2, 3 … within the firing. */
  readonly batchNumber: number;
}

export interface LinkFilter extends PageRequest {
  /** Only links of this firing. @default of all */
  readonly occurrenceId?: number;
  /** Only links of this person. @default of all */
  readonly customerId?: number;
  /** Only links for this coupon. @default of all */
  readonly couponId?: number;
}

/** Links, by hashes of their tokens. No call takes or gives a token. */
export interface LinkStore {
  /**
   * Adds up to 1 000 links; those of which a key is taken are left out: a token, a code, a delivery, or a batch. Inside a
   * transaction.
   *
   * @returns links added
   */
  insertMany(tenantId: number, links: readonly NewLink[]): Promise<number>;
  /** People of a batch whose deliveries are in a state, by customer id, with what their links were made from; at most 10 000. */
  seedsOf(tenantId: number, batchId: number, state: DeliveryState): Promise<readonly SeededPerson[]>;
  /** What the link of a batch was made from. */
  sharedSeed(tenantId: number, place: SharedPlace): Promise<LinkSeed | undefined>;
  /** A link of any tenant, as public pages know none: by its token's hash, or by one of some hashes of its code. */
  find(by: { readonly tokenHash: string } | { readonly codeHashes: readonly string[] }): Promise<FoundLink | undefined>;
  /** Counts a visit; the first view and the first click are remembered. @returns whether there is such a link */
  visit(tenantId: number, linkId: number, kind: VisitKind, at: number): Promise<boolean>;
  /** Takes links back that have not been. @returns links */
  revoke(
    tenantId: number,
    which: { readonly linkId: number } | { readonly occurrenceId: number } | { readonly customerId: number },
    at: number,
  ): Promise<number>;
  /** By ascending id. */
  list(tenantId: number, filter: LinkFilter): Promise<Page<Link>>;
  /**
   * Who of a shared link's batch is meant: some of these customers, or those with a name, compared bytewise. Only people to
   * whom the message was, or may have been, sent. At most 2, by id.
   */
  peopleOf(
    tenantId: number,
    place: SharedPlace,
    who: { readonly customerIds: readonly number[] } | { readonly name: string },
  ): Promise<readonly number[]>;
}
