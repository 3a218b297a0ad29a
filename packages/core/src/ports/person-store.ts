import type { ConsentRecord } from "../contact/consent.js";
import type { Suppression } from "../contact/suppression.js";
import type { Claim } from "../coupon/coupon.js";
import type { Customer } from "../customer/customer.js";
import type { Label } from "../customer/label.js";
import type { Order, OrderLine } from "../customer/order.js";
import type { Delivery } from "../delivery/delivery.js";
import type { Link } from "../link/link.js";
import type { Message } from "../message/message.js";

/** An order with everything that belongs to it. */
export interface PersonOrder extends Omit<Order, "rowHash" | "tenantId" | "customerId"> {
  /** Its lines. */
  readonly lines: readonly OrderLine[];
  /** Its labels. */
  readonly labels: readonly Label[];
}

/** Everything that is kept about one person. */
export interface PersonRecord {
  /** The person. */
  readonly customer: Omit<Customer, "rowHash">;
  /** Import keys of people who were merged into them, by bytes. */
  readonly formerKeys: readonly string[];
  /** Of the person, by kind and key. */
  readonly labels: readonly Label[];
  /** The host's own attributes by name. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** By instant and id. */
  readonly orders: readonly PersonOrder[];
  /** By id, those of people who were merged into them among them. */
  readonly deliveries: readonly Delivery[];
  /** Evidence of what they said about being contacted, by id, of people who were merged into them too. */
  readonly consents: readonly ConsentRecord[];
  /** Of the person or one of their addresses, by id. */
  readonly suppressions: readonly Suppression[];
  /** Of the person, by id. */
  readonly links: readonly Link[];
  /** What they have of coupons, by id. */
  readonly claims: readonly Claim[];
}

/** What an export of a person holds. */
export interface PersonExport extends PersonRecord {
  /** Messages of templates to one of their addresses, the newest first. */
  readonly messages: readonly Message[];
  /** What the application keeps beside the ledger, by the name of its `personData`. */
  readonly beside: Readonly<Record<string, unknown>>;
}

/** An opt-out of somebody who was erased. */
export interface ErasedOptOut extends Pick<Suppression, "channel" | "reason" | "createdAt"> {
  /** Keyed hash of something that named the person, 64 hex digits. */
  readonly identityHash: string;
}

/** What a merge moved. */
export interface MergedRows {
  /** Orders that are theirs now. */
  readonly orderIds: readonly number[];
  /** Deliveries that are theirs now. */
  readonly deliveries: number;
  /** Deliveries of pushes that both were in, which stay with the other row. */
  readonly apart: number;
  /** Entries that hold for them now. */
  readonly suppressions: number;
  /** Labels that they had not had. */
  readonly labels: number;
}

/** One person across all tables. */
export interface PersonStore {
  /** Everything kept about a customer. */
  collect(tenantId: number, customerId: number): Promise<PersonRecord | undefined>;
  /**
   * Takes away what names a customer: name, birthday, identities, labels, attributes, what lists say of them, keys of people who were merged into them, and the
   * addresses of deliveries that have ended.
   *
   * Evidence of consents stays with the nameless row, as proof of what was sent. Orders and deliveries stay, so that no figure changes. Deliveries under way keep their address until
   * `finishErasures` finds them ended, since the provider's answer names it.
   *
   * @param key the new import key
   * @returns false when there is no such customer
   */
  erase(tenantId: number, customerId: number, key: string, at: number): Promise<boolean>;
  /**
   * Gives what one customer has to another: orders, deliveries, charges of the caps, suppressions, consents, labels, links, claims,
   * which are numbered on, what lists say of them unless they say something of both, and their import key, which `findMerged`
   * finds from now on. The row of the first stays as it is, and holds of each push that both were in the
   * delivery that does not stand for the person (`standsBefore`). Of two suppressions on a channel the earlier gate's reason stays,
   * of two consents the word that `replacesConsent` the other; evidence that both have stays where it is.
   */
  merge(tenantId: number, intoId: number, fromId: number, at: number): Promise<MergedRows>;
  /** Customers whom the owners of keys were merged into; other keys are left out; order is free. At most 1 000 keys. */
  findMerged(
    tenantId: number,
    externalKeys: readonly string[],
  ): Promise<readonly { readonly externalKey: string; readonly customerId: number }[]>;
  /** Whom the row of an id was merged into, and its import key before; undefined: it was not, or is another tenant's. */
  findFormer(
    tenantId: number,
    formerId: number,
  ): Promise<{ readonly externalKey: string; readonly customerId: number } | undefined>;
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
