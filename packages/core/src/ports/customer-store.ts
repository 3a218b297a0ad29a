import type { AttributeType, Customer, IdentityType } from "../customer/customer.js";

export type NewCustomer = Omit<Customer, "id">;

/** Who owns an identity. */
export interface IdentityOwner {
  /** Type of the identity. */
  readonly type: IdentityType;
  /** The identity, as it is stored. */
  readonly value: string;
  /** Who has it. */
  readonly customerId: number;
}

/** An attribute that people of a tenant may have. */
export interface AttributeDefinition {
  /** Given by the store, never twice. */
  readonly id: number;
  /** Unique per tenant, compared bytewise. */
  readonly name: string;
  /** Fixed by its first use. */
  readonly type: AttributeType;
}

/** What a person has of an attribute. */
export interface AttributeValue {
  /** Of the same tenant. */
  readonly customerId: number;
  /** Of the same tenant. */
  readonly attributeId: number;
  /** Texts and days as text, numbers below 10^15 with up to 10 decimals, booleans as 0 or 1. */
  readonly value: string | number;
}

/** What a person is to have of an attribute. */
export interface AttributeWrite extends Omit<AttributeValue, "value"> {
  /** As in {@link AttributeValue}; null: nothing. */
  readonly value: AttributeValue["value"] | null;
}

/** Customers with their identities and attributes. Bulk calls take at most 1 000 rows. */
export interface CustomerStore {
  /** One person by id. */
  get(tenantId: number, customerId: number): Promise<Customer | undefined>;
  /** Customers with these ids; those who are not there are left out; order is free. */
  getMany(tenantId: number, customerIds: readonly number[]): Promise<readonly Customer[]>;
  /** Customers with these import keys; keys that are unknown are left out; order is free. */
  findByKeys(tenantId: number, externalKeys: readonly string[]): Promise<readonly Customer[]>;
  /**
   * People whose names begin with a text, bytewise, by name and id; at most 200.
   *
   * @param after behind whom the list goes on. @default from the first
   */
  findByName(
    tenantId: number,
    start: string,
    limit: number,
    after?: { readonly name: string; readonly id: number },
  ): Promise<readonly Customer[]>;
  /** Who has these identities; identities of nobody are left out. */
  findOwners(
    tenantId: number,
    identities: readonly { readonly type: IdentityType; readonly value: string }[],
  ): Promise<readonly IdentityOwner[]>;
  /**
   * Adds customers with their identities. @returns their ids in the order given
   * @throws {ConflictError} `customer.key-taken` or `customer.identity-taken`
   */
  insertMany(customers: readonly NewCustomer[]): Promise<readonly number[]>;
  /** Writes whole rows and replaces their identities. Same errors. */
  updateMany(customers: readonly Customer[]): Promise<void>;
  /** Attributes of the tenant; order is free. */
  attributeDefinitions(tenantId: number): Promise<readonly AttributeDefinition[]>;
  /** Adds attributes whose names are free, in turn with other changes of the tenant's people. @returns their ids in the order given */
  addAttributes(tenantId: number, attributes: readonly Omit<AttributeDefinition, "id">[]): Promise<readonly number[]>;
  /** What people, at most 1 000, have of attributes; order is free. */
  attributesOf(tenantId: number, customerIds: readonly number[]): Promise<readonly AttributeValue[]>;
  /** Writes values, at most 1 000, each of another person or attribute; null takes one away. */
  writeAttributes(tenantId: number, values: readonly AttributeWrite[]): Promise<void>;
}
