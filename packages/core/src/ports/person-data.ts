import type { Identities } from "../customer/customer.js";
import type { Sentence } from "../language.js";
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

/** Something that happened to a person, of what an application keeps beside the ledger. */
export interface BesideEvent {
  /** What kind of thing it was, lower-case letters and `_`: `ticket`, `call` … */
  readonly kind: string;
  /** Tells it from others of the kind; letters, digits and `-`, at most 64. */
  readonly id: string;
  /** When, epoch ms. */
  readonly at: number;
  /** What happened, without names, numbers or addresses. */
  readonly sentence: Sentence;
  /** Figures and codes behind it. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

/** Rows about people that an application keeps beside the ledger, so that an export shows them and an erasure reaches them. */
export interface PersonData<S extends Stores = Stores> {
  /** Under which an export shows them, such as `leads`. */
  readonly name: string;
  /** What is kept of a person, as JSON; undefined: nothing. */
  collect(stores: S, person: KnownPerson): Promise<unknown>;
  /** What happened to a person, for their timeline, by sets; order is free. @default nothing */
  events?(stores: S, person: KnownPerson): Promise<readonly BesideEvent[]>;
  /**
   * Gives what is kept of somebody to the person who they are merged into, in the transaction of the merge: if it fails, nobody
   * is merged. @default it stays where it is
   */
  merge?(tx: S, people: MergedPeople): Promise<void>;
  /** Takes away what names the person, in the transaction of the erasure: if it fails, nothing is erased. */
  erase(tx: S, person: KnownPerson): Promise<void>;
}
