import type { CustomerInput, TenantKit } from "@recallkit/core";
import type { Stores } from "@recallkit/core/ports";
import type { ListedContact } from "../contact/answers.js";

/** The part of a kit that takes contacts over. */
export interface SyncKit {
  readonly tenantId: number;
  readonly customers: Pick<TenantKit["customers"], "upsert">;
}

/** How far a run is. */
export interface SyncProgress extends SyncCounts {
  /** Members whose customers were read. */
  readonly membersDone: number;
  readonly members: number;
}

/** What became of relations that were read; one customer of two members counts twice. */
export interface SyncCounts {
  readonly contacts: number;
  /** By what a customer of the tenant was found. */
  readonly matched: Readonly<Record<MatchedBy, number>>;
  /** New customers. */
  readonly created: number;
  readonly unmatched: number;
  /** Found, but the customer has another external_userid already, or the clues lead to two people. */
  readonly conflicts: number;
}

/** What led to a customer. */
export type MatchedBy = "external_userid" | "unionid" | "mobile" | "key";

/** A contact without a customer, or with several. */
export interface UnmatchedContact {
  readonly externalUserid: string;
  readonly userid: string;
  readonly name: string | undefined;
  readonly remark: string | undefined;
  readonly unionid: string | undefined;
  /** Import keys of customers that it may be; none: nobody. */
  readonly candidates: readonly string[];
}

/** Options of {@link syncContacts}. */
export interface SyncOptions {
  /** The stores that the kit was made with: customers are looked up there, and how far a run came is kept there. */
  readonly stores: Pick<Stores, "customers" | "config">;
  /** `full`: every relation. `incremental`: only contacts whose external_userid nobody has yet. @default "full" */
  readonly mode?: "full" | "incremental";
  /** What becomes of contacts without a customer: `report` tells of them, `create` adds them as `wecom:<external_userid>`. @default "report" */
  readonly unmatched?: "report" | "create";
  /** The import key that a contact stands for, for example out of a remark. @default none */
  readonly keyOf?: (contact: ListedContact) => string | undefined;
  /** Begins anew although a run was broken off. @default false */
  readonly restart?: boolean;
  /** Names the run where several corps or apps share a tenant. @default "default" */
  readonly name?: string;
  /** Told of contacts without a customer, a page at a time; after a break some may come again. */
  readonly onUnmatched?: (contacts: readonly UnmatchedContact[]) => void | Promise<void>;
  /** Told after each page. */
  readonly onProgress?: (progress: SyncProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What a run did, the parts before a break included. */
export interface SyncResult extends SyncCounts {
  readonly members: number;
  /** Members without a licence; their customers can't be read. */
  readonly unlicensed: readonly string[];
  /** Whether it went on where an earlier run was broken off. */
  readonly resumed: boolean;
}

/** A row for the kit, and by what it was found. */
export interface Match {
  readonly row: CustomerInput;
  readonly by: MatchedBy | "created";
}
