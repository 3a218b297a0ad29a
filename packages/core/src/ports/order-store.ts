import type { Order, OrderLine } from "../customer/order.js";

/** What ingestion reads to decide between new, changed and unchanged. */
export type StoredOrder = Pick<Order, "id" | "externalId" | "customerId" | "rowHash">;

/** An order as a store writes it. */
export interface OrderWrite extends Omit<Order, "id"> {
  /** All lines of the order; they replace those stored. */
  readonly lines: readonly OrderLine[];
  /** Ids of the order-level labels, each once. */
  readonly labelIds: readonly number[];
}

/** Orders with lines and labels. Bulk calls take at most 1 000 orders. */
export interface OrderStore {
  /** Stored orders of a source by number; unknown numbers are left out. */
  findByExternalIds(tenantId: number, source: string, externalIds: readonly string[]): Promise<readonly StoredOrder[]>;
  /** @returns ids in the order given. @throws {ConflictError} `order.key-taken` */
  insertMany(orders: readonly OrderWrite[]): Promise<readonly number[]>;
  /** Writes whole rows; lines and labels are replaced. Same error. */
  updateMany(orders: readonly (OrderWrite & { readonly id: number })[]): Promise<void>;
  /** Number of orders of a tenant. */
  count(tenantId: number): Promise<number>;
}
