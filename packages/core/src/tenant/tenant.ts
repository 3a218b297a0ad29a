import type { TenantId } from "../id.js";
/** One merchant, institution or corp; everything in RecallKit belongs to exactly one. */
export interface Tenant {
  /** Its id. */
  readonly id: TenantId;
  /** Its name. */
  readonly name: string;
  /** IANA zone of calendar days, slots and reports. @default "Asia/Shanghai" */
  readonly timeZone: string;
  /** ISO 4217 code of all amounts. @default "CNY" */
  readonly currency: string;
  /** Statuses of orders that count as a purchase. @default those of the installation */
  readonly countedStatuses: readonly string[];
  /** Raised by one in every transaction that changes customers, orders or labels. */
  readonly revision: number;
  /** Latest order instant known, epoch ms; null without orders. */
  readonly maxOrderAt: number | null;
  /** When the merchant was made, in ms since the epoch. */
  readonly createdAt: number;
}

/** The tenant made with the schema: the SDK's default, the command line's default and the first login. */
export const BOOTSTRAP_TENANT_ID = 1;

/** One line of the change feed; readers ask for everything above the revision they know. */
export interface Change {
  /** Number of the change within the merchant, growing. */
  readonly revision: number;
  /** What changed. */
  readonly kind: "customer" | "order" | "label";
  /** Id of the row that changed. */
  readonly id: number;
}
