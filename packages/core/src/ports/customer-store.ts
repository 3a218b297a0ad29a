import type { Customer, IdentityType } from "../customer/customer.js";

export type NewCustomer = Omit<Customer, "id">;

/** Who owns an identity. */
export interface IdentityOwner {
  readonly type: IdentityType;
  readonly value: string;
  readonly customerId: number;
}

/** Customers with their identities. Bulk calls take at most 1 000 rows. */
export interface CustomerStore {
  get(tenantId: number, customerId: number): Promise<Customer | undefined>;
  /** Customers with these ids; those who are not there are left out; order is free. */
  getMany(tenantId: number, customerIds: readonly number[]): Promise<readonly Customer[]>;
  /** Customers with these import keys; keys that are unknown are left out; order is free. */
  findByKeys(tenantId: number, externalKeys: readonly string[]): Promise<readonly Customer[]>;
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
}
