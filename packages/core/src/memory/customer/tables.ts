import type { Customer } from "../../customer/customer.js";
import type { Label } from "../../customer/label.js";
import type { AttributeDefinition, AttributeValue } from "../../ports/customer-store.js";
import type { OrderWrite } from "../../ports/order-store.js";
import type { ErasedOptOut } from "../../ports/person-store.js";
import type { Journal } from "../journal.js";
import { compositeKey, createTable, type Row } from "../table.js";

export interface CustomerLabelsRow extends Row {
  readonly customerId: number;
  readonly labelIds: ReadonlySet<number>;
}

/** Somebody whose name was taken away. */
export interface ErasureRow extends Row {
  readonly customerId: number;
}

/** What a person has of an attribute. */
export type AttributeValueRow = AttributeValue & Row;

/** Somebody who was merged into another customer. */
export interface MergedCustomerRow extends Row {
  readonly externalKey: string;
  readonly formerId: number;
  readonly customerId: number;
}

/** An opt-out of somebody erased. */
export type ErasedOptOutRow = ErasedOptOut & Row;

/** An order with its lines and labels. */
export type OrderRow = OrderWrite & Row;

/** A label with its tenant. */
export type LabelRow = Label & Row;

/** Customers, their orders, and labels of both. */
export function customerTables(journal: Journal) {
  const customers = createTable<Customer>(journal);
  const orders = createTable<OrderRow>(journal);
  const labels = createTable<LabelRow>(journal);
  const erasedOptOuts = createTable<ErasedOptOutRow>(journal);
  const attributeValues = createTable<AttributeValueRow>(journal);
  const mergedCustomers = createTable<MergedCustomerRow>(journal);
  const customerLabels = createTable<CustomerLabelsRow>(journal);
  return {
    attributes: createTable<AttributeDefinition & Row>(journal),
    attributeValues,
    attributeValuesByCustomer: attributeValues.indexBy((row) => [row.customerId]),
    mergedCustomers,
    mergedByKey: mergedCustomers.indexBy((row) => [compositeKey(row.tenantId, row.externalKey)]),
    mergedByFormer: mergedCustomers.indexBy((row) => [row.formerId]),
    mergedByCustomer: mergedCustomers.indexBy((row) => [row.customerId]),
    erasures: createTable<ErasureRow>(journal),
    erasedOptOuts,
    erasedOptOutsByHash: erasedOptOuts.indexBy((row) => [compositeKey(row.tenantId, row.identityHash)]),
    customers,
    customersByTenant: customers.indexBy((row) => [row.tenantId]),
    customersByKey: customers.indexBy((row) => [compositeKey(row.tenantId, row.externalKey)]),
    customersByIdentity: customers.indexBy((row) =>
      Object.entries(row.identities).map(([type, value]) => compositeKey(row.tenantId, type, value)),
    ),
    orders,
    ordersByTenant: orders.indexBy((row) => [row.tenantId]),
    ordersByKey: orders.indexBy((row) => [compositeKey(row.tenantId, row.source, row.externalId)]),
    ordersByCustomer: orders.indexBy((row) => [row.customerId]),
    labels,
    labelsByKind: labels.indexBy((row) => [compositeKey(row.tenantId, row.kind)]),
    labelsByKey: labels.indexBy((row) => [compositeKey(row.tenantId, row.kind, row.key)]),
    customerLabels,
    customerLabelsByCustomer: customerLabels.indexBy((row) => [compositeKey(row.tenantId, row.customerId)]),
  };
}
