import type { Identities } from "../customer/customer.js";
import type { Stores } from "./stores.js";

/** Somebody whose rows are meant. */
export interface KnownPerson {
  /** The merchant whose customer this is. */
  readonly tenantId: number;
  /** The person's id. */
  readonly customerId: number;
  /** Addresses by type of identity, before an erasure. */
  readonly identities: Identities;
}

/** Two people who are one from now on. */
export interface MergedPeople {
  /** The merchant whose customers they are. */
  readonly tenantId: number;
  /** Who goes on. */
  readonly intoId: number;
  /** Who is nobody from now on. */
  readonly fromId: number;
}

/** Rows about people that an application keeps beside the ledger, so that an export shows them and an erasure reaches them. */
export interface PersonData<S extends Stores = Stores> {
  /** Under which an export shows them, such as `leads`. */
  readonly name: string;
  /** What is kept of a person, as JSON; undefined: nothing. */
  collect(stores: S, person: KnownPerson): Promise<unknown>;
  /**
   * Gives what is kept of somebody to the person who they are merged into, in the transaction of the merge: if it fails, nobody
   * is merged. @default it stays where it is
   */
  merge?(tx: S, people: MergedPeople): Promise<void>;
  /** Takes away what names the person, in the transaction of the erasure: if it fails, nothing is erased. */
  erase(tx: S, person: KnownPerson): Promise<void>;
}
