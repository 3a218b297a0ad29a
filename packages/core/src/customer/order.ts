import type { AmountInput, MinorInput } from "../amount.js";
import type { CustomerId, OrderId, TenantId } from "../id.js";
import type { InstantInput } from "../instant.js";
import type { CustomerInput } from "./customer.js";

/** One line of an order: what was bought. */
export interface OrderLine {
  /** Stock-keeping unit; null when unknown. */
  readonly sku: string | null;
  /** Name of the product; null when unknown. */
  readonly name: string | null;
  /** Pieces. */
  readonly quantity: number;
  /** Amount of the line in minor units (fen, cent). */
  readonly amountMinor: number;
}

/** An order as stored. */
export interface Order {
  /** Its id. */
  readonly id: OrderId;
  /** The merchant that sold. */
  readonly tenantId: TenantId;
  /** Where it came from; (tenant, source, externalId) is unique. */
  readonly source: string;
  /** Number of the order in the shop; unique within its source. */
  readonly externalId: string;
  /** Who bought. */
  readonly customerId: CustomerId;
  /** Epoch ms. */
  readonly orderedAt: number;
  /** Minor units; 0 is valid. */
  readonly amountMinor: number;
  /** What was paid back, in minor units; 0 without a refund. */
  readonly refundedMinor: number;
  /** When the refund happened, epoch ms; null: known from the start. */
  readonly refundedAt: number | null;
  /** Its status, such as `paid`. */
  readonly status: string;
  /** Fingerprint of the stored facts; the same facts give the same one. */
  readonly rowHash: string;
}

/** A key and what people call it. */
export interface KeyWithName {
  /** The bind id, 1 … 255 characters. */
  readonly key: string;
  /** What people read, one line of up to 255 characters. @default the key */
  readonly name?: string | null | undefined;
}

/** A store or category: its bind id, and a name for people when it differs. */
export type NamedKey = string | KeyWithName;

/** One line of an order as a host hands it in. */
export interface OrderLineInput {
  /** The product: its bind id, with a name if there is one. @default unknown */
  readonly sku?: NamedKey | null | undefined;
  /** What the line is called, up to 255 characters. @default the product's name */
  readonly name?: string | null | undefined;
  /** How many, a whole number; below 0 for what was given back. @default 1 */
  readonly quantity?: number | null | undefined;
  /** What the line cost, in major units; either this or `amountMinor`. @default 0 */
  readonly amount?: AmountInput | null | undefined;
  /** The same in minor units. @default 0 */
  readonly amountMinor?: MinorInput | null | undefined;
  /** The product's category: its bind id with a name, or its name alone. @default unknown */
  readonly category?: NamedKey | null | undefined;
  /** Name of the product's brand, 1 … 255 characters. @default unknown */
  readonly brand?: string | null | undefined;
  /** The store that sold it: its bind id, with a name if there is one. @default unknown */
  readonly store?: NamedKey | null | undefined;
}

/** An order as a host hands it in; the same `externalId` of the same source again updates it. Null counts as absent. */
export interface OrderInput {
  /** The host's own id of the order, 1 … 255 characters, unique per tenant and source. */
  readonly externalId: string;
  /** The host's own key of the buyer, 1 … 255 characters; an unknown one makes the customer. */
  readonly externalKey: string;
  /** When it was placed. */
  readonly orderedAt: InstantInput;
  /** What it cost, in major units, 0 is valid; either this or `amountMinor`. @default the sum of its lines */
  readonly amount?: AmountInput | null | undefined;
  /** The same in minor units, for hosts that count in them. @default the sum of its lines */
  readonly amountMinor?: MinorInput | null | undefined;
  /** 1 … 64 characters; the tenant's `countedStatuses` count as a purchase. @default "paid" */
  readonly status?: string | null | undefined;
  /** What was given back so far, in major units, >= 0; either this or `refundedMinor`. @default 0 */
  readonly refunded?: AmountInput | null | undefined;
  /** The same in minor units. @default 0 */
  readonly refundedMinor?: MinorInput | null | undefined;
  /** When it was given back. @default known from the start */
  readonly refundedAt?: InstantInput | null | undefined;
  /** What was bought, at most 10 000 lines. @default [] */
  readonly lines?: readonly OrderLineInput[] | null | undefined;
  /** Facts about the buyer, merged into the customer; of several orders the last one counts. @default nothing new is known */
  readonly buyer?: Omit<CustomerInput, "externalKey"> | null | undefined;
}

/** Statuses that count as a purchase where neither the tenant nor the installation says others. */
export const DEFAULT_COUNTED_STATUSES: readonly string[] = ["paid", "shipped", "completed", "partially_refunded"];

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
