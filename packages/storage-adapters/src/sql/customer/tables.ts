import type { IdentityType, LabelKind } from "@recallkit/core";
import type { AttributeDefinition } from "@recallkit/core/ports";
import type { Generated } from "kysely";
import type { Flag } from "../../schema/flag.js";

export interface CustomerTable {
  id: Generated<number>;
  tenant_id: number;
  external_key: string;
  name: string | null;
  born_on: string | null;
  time_zone: string | null;
  row_hash: string;
  created_at: number;
  updated_at: number;
}

export interface CustomerIdentityTable {
  tenant_id: number;
  type: IdentityType;
  value: string;
  customer_id: number;
}

export interface ErasureTable {
  tenant_id: number;
  customer_id: number;
  erased_at: number;
  finished: Flag;
}

export interface AttributeTable {
  id: Generated<number>;
  tenant_id: number;
  name: string;
  type: AttributeDefinition["type"];
}

export interface CustomerAttributeTable {
  tenant_id: number;
  customer_id: number;
  attribute_id: number;
  text_value: string | null;
  number_value: number | null;
}

export interface MergedCustomerTable {
  tenant_id: number;
  external_key: string;
  former_id: number;
  customer_id: number;
  merged_at: number;
}

export interface ErasedOptOutTable {
  tenant_id: number;
  identity_hash: string;
  channel: string;
  reason: string;
  created_at: number;
}

export interface LabelTable {
  id: Generated<number>;
  tenant_id: number;
  kind: LabelKind;
  bind_key: string;
  name: string;
}

export interface CustomerLabelTable {
  tenant_id: number;
  customer_id: number;
  label_id: number;
}

export interface OrderTable {
  id: Generated<number>;
  tenant_id: number;
  source: string;
  external_id: string;
  customer_id: number;
  ordered_at: number;
  amount_minor: number;
  refunded_minor: number;
  refunded_at: number | null;
  uncounted_from: number | null;
  status: string;
  row_hash: string;
}

export interface OrderLineTable {
  tenant_id: number;
  order_id: number;
  number: number;
  sku: string | null;
  name: string | null;
  quantity: number;
  amount_minor: number;
}

export interface OrderLabelTable {
  tenant_id: number;
  order_id: number;
  label_id: number;
}

/** Customers, their orders, and labels of both. */
export interface CustomerTables {
  rk_customers: CustomerTable;
  rk_customer_identities: CustomerIdentityTable;
  rk_erasures: ErasureTable;
  rk_attributes: AttributeTable;
  rk_customer_attributes: CustomerAttributeTable;
  rk_merged_customers: MergedCustomerTable;
  rk_erased_opt_outs: ErasedOptOutTable;
  rk_labels: LabelTable;
  rk_customer_labels: CustomerLabelTable;
  rk_orders: OrderTable;
  rk_order_lines: OrderLineTable;
  rk_order_labels: OrderLabelTable;
}
