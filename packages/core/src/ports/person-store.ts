import type { Suppression } from "../contact/suppression.js";
import type { Customer } from "../customer/customer.js";
import type { Label } from "../customer/label.js";
import type { Order, OrderLine } from "../customer/order.js";
import type { Delivery } from "../delivery/delivery.js";

/** An order with everything that belongs to it. */
export interface PersonOrder extends Omit<Order, "rowHash" | "tenantId" | "customerId"> {
  readonly lines: readonly OrderLine[];
  readonly labels: readonly Label[];
}

/** Everything that is kept about one person. */
export interface PersonRecord {
  readonly customer: Omit<Customer, "rowHash">;
  /** Of the person, by kind and key. */
  readonly labels: readonly Label[];
  /** By instant and id. */
  readonly orders: readonly PersonOrder[];
  /** By id. */
  readonly deliveries: readonly Delivery[];
  /** Of the person or one of their addresses, by id. */
  readonly suppressions: readonly Suppression[];
}

/** An opt-out of somebody who was erased. */
export interface ErasedOptOut extends Pick<Suppression, "channel" | "reason" | "createdAt"> {
  /** Keyed hash of something that named the person, 64 hex digits. */
  readonly identityHash: string;
}

/** One person across all tables. */
export interface PersonStore {
  /** Everything kept about a customer. */
  collect(tenantId: number, customerId: number): Promise<PersonRecord | undefined>;
  /**
   * Takes away what names a customer: name, birthday, identities, labels, and the addresses of deliveries that have ended.
   *
   * Orders and deliveries stay, so that no figure changes. Deliveries under way keep their address until
   * `finishErasures` finds them ended, since the provider's answer names it.
   *
   * @param key the new import key
   * @returns false when there is no such customer
   */
  erase(tenantId: number, customerId: number, key: string, at: number): Promise<boolean>;
  /** Keeps opt-outs under each of some hashes, at most 1 000; whatever was kept under them before goes. */
  keepOptOuts(
    tenantId: number,
    identityHashes: readonly string[],
    optOuts: readonly Omit<ErasedOptOut, "identityHash">[],
  ): Promise<void>;
  /** What is kept under hashes, of any number; order is free. */
  findOptOuts(tenantId: number, identityHashes: readonly string[]): Promise<readonly ErasedOptOut[]>;
  /**
   * Clears addresses of erased customers whose deliveries have ended since, of all tenants.
   *
   * @param limit customers looked at
   * @returns addresses cleared
   */
  finishErasures(limit: number): Promise<number>;
}
