import type { CustomerInput } from "./customer.js";

/** One line of an order: what was bought. */
export interface OrderLine {
  readonly sku: string | null;
  readonly name: string | null;
  readonly quantity: number;
  readonly amountMinor: number;
}

/** An order as stored. */
export interface Order {
  readonly id: number;
  readonly tenantId: number;
  /** Where it came from; (tenant, source, externalId) is unique. */
  readonly source: string;
  readonly externalId: string;
  readonly customerId: number;
  /** Epoch ms. */
  readonly orderedAt: number;
  /** Minor units; 0 is valid. */
  readonly amountMinor: number;
  readonly refundedMinor: number;
  /** When the refund happened, epoch ms; null: known from the start. */
  readonly refundedAt: number | null;
  readonly status: string;
  readonly rowHash: string;
}

/** A store or category: its bind id, and a name for people when it differs. */
export type NamedKey = string | { readonly key: string; readonly name?: string | undefined };

/** One line of an order, as it comes in. */
export interface OrderLineInput {
  readonly sku?: NamedKey | undefined;
  readonly name?: string | undefined;
  /** @default 1 */
  readonly quantity?: number | undefined;
  /** Major units, at most two decimals. */
  readonly amount?: number | undefined;
  readonly category?: NamedKey | undefined;
  readonly brand?: string | undefined;
  readonly store?: NamedKey | undefined;
}

/** What a user hands in; the same `externalId` again updates the order. */
export interface OrderInput {
  readonly externalId: string;
  /** Import key of the buyer; an unknown one makes the customer. */
  readonly customerKey: string;
  /** Epoch ms, or wall time of the tenant's zone (`2026-01-31 10:00:00`), or ISO with offset. */
  readonly orderedAt: number | string;
  /** Major units, at most two decimals, 0 is valid; absent: the sum of the lines. */
  readonly amount?: number | undefined;
  /** Minor units, for callers that count exactly; wins over `amount`. */
  readonly amountMinor?: number | undefined;
  /** @default "paid" */
  readonly status?: string | undefined;
  /** Major units given back so far. @default 0 */
  readonly refunded?: number | undefined;
  readonly refundedAt?: number | string | undefined;
  readonly lines?: readonly OrderLineInput[] | undefined;
  /** Facts about the buyer, merged into the customer. */
  readonly buyer?: Omit<CustomerInput, "externalKey"> | undefined;
}

/** Statuses that count as a purchase when a tenant configures nothing else. */
export const DEFAULT_COUNTED_STATUSES: readonly string[] = ["paid", "completed"];

/** What decides whether an order counts as a purchase. */
export type OrderFacts = Pick<Order, "status" | "orderedAt" | "amountMinor" | "refundedMinor" | "refundedAt">;

/**
 * The instant from which a full refund makes an order count no more; null: nothing does, -8_640_000_000_000_000: from the start.
 *
 * Stores keep it beside the order, so that engines ask for one column.
 */
export function uncountedFrom({
  amountMinor,
  refundedMinor,
  refundedAt,
}: Pick<OrderFacts, "amountMinor" | "refundedMinor" | "refundedAt">): number | null {
  const isRefundedInFull = refundedMinor > 0 && refundedMinor >= amountMinor;
  return isRefundedInFull ? (refundedAt ?? -8_640_000_000_000_000) : null;
}

/** True for an order that exists and counts: of a counted status, before `asOf`, not refunded in full by then. */
export function isCounted(
  order: OrderFacts,
  { asOf, statuses }: { readonly asOf: number; readonly statuses: readonly string[] },
): boolean {
  const until = uncountedFrom(order);
  return order.orderedAt < asOf && statuses.includes(order.status) && (until === null || until >= asOf);
}

/** True when what was given back had been given back before `asOf`. */
export function isRefunded({ refundedAt }: Pick<OrderFacts, "refundedAt">, asOf: number): boolean {
  return refundedAt === null || refundedAt < asOf;
}
