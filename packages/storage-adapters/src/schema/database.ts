import type {
  BatchState,
  Capability,
  DeliveryState,
  IdentityType,
  LabelKind,
  OccurrenceKind,
  OccurrenceState,
  RuleStatus,
} from "@recallkit/core";
import type { Generated } from "kysely";

/** A truth value as the engines keep it. */
export type Flag = 0 | 1;

export interface TenantTable {
  id: Generated<number>;
  name: string;
  time_zone: string;
  currency: string;
  revision: number;
  max_order_at: number | null;
  created_at: number;
}

export interface ChangeTable {
  tenant_id: number;
  revision: number;
  kind: "customer" | "order" | "label";
  row_id: number;
  at: number;
}

export interface ConfigTable {
  tenant_id: number;
  name: string;
  value: string;
}

export interface MediaTable {
  tenant_id: number;
  sha256: string;
  content_type: string;
  bytes: Uint8Array;
  created_at: number;
}

export interface CustomerTable {
  id: Generated<number>;
  tenant_id: number;
  external_key: string;
  name: string | null;
  born_on: string | null;
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

export interface RuleTable {
  id: Generated<number>;
  tenant_id: number;
  name: string;
  name_search: string;
  active_name: string | null;
  status: RuleStatus;
  version: number;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
  planned_until: number;
  next_due_at: number | null;
}

export interface RuleVersionTable {
  tenant_id: number;
  rule_id: number;
  version: number;
  definition: string;
  created_at: number;
}

export interface OccurrenceTable {
  id: Generated<number>;
  tenant_id: number;
  rule_id: number;
  rule_version: number;
  kind: OccurrenceKind;
  nominal: string;
  time_zone: string;
  customer_ids: string | null;
  due_at: number;
  expires_at: number;
  as_of: number | null;
  state: OccurrenceState;
  reason: string | null;
  blocked_on_review: Flag;
  snapshot_cursor: number;
  audience_size: number | null;
  salt: string;
  lease_owner: string | null;
  lease_until: number | null;
  lease_epoch: number;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
}

export interface BatchTable {
  id: Generated<number>;
  tenant_id: number;
  occurrence_id: number;
  rule_id: number;
  channel: string;
  number: number;
  state: BatchState;
  reason: string | null;
  size: number;
  marker: string;
  content_hash: string | null;
  capability: Capability;
  provider_message_id: string | null;
  warnings: string;
  attempts: number;
  resends: number;
  faults: number;
  look_ups: number;
  not_before: number;
  attempted_at: number | null;
  accepted_at: number | null;
  polls: number;
  settled: Flag;
  lease_owner: string | null;
  lease_until: number | null;
  lease_epoch: number;
  created_at: number;
}

export interface AttemptTable {
  id: Generated<number>;
  tenant_id: number;
  batch_id: number;
  number: number;
  lease_epoch: number;
  started_at: number;
  ended_at: number | null;
  class: string | null;
  answer: string | null;
}

export interface DeliveryTable {
  id: Generated<number>;
  tenant_id: number;
  occurrence_id: number;
  rule_id: number;
  customer_id: number;
  channel: string;
  address: string | null;
  batch_id: number | null;
  state: DeliveryState;
  reason: string | null;
  accepted_at: number | null;
  delivered_at: number | null;
  touched_at: number | null;
  updated_at: number;
}

export interface CapLedgerTable {
  tenant_id: number;
  delivery_id: number;
  customer_id: number;
  batch_id: number;
  at: number;
}

export interface TransitionTable {
  id: Generated<number>;
  tenant_id: number;
  entity: "occurrence" | "batch" | "delivery";
  entity_id: number;
  from_state: string;
  to_state: string;
  reason: string | null;
  row_count: number;
  lease_epoch: number | null;
  at: number;
}

export interface AlarmTable {
  id: Generated<number>;
  tenant_id: number;
  code: string;
  entity: "occurrence" | "batch" | "channel" | "rule";
  entity_id: number;
  detail: string;
  at: number;
}

export interface SuppressionTable {
  id: Generated<number>;
  tenant_id: number;
  channel: string;
  address: string | null;
  customer_id: number | null;
  reason: string;
  created_at: number;
}

export interface IdempotencyTable {
  tenant_id: number;
  route: string;
  request_key: string;
  fingerprint: string;
  status: number | null;
  body: string | null;
  locked_until: number;
  created_at: number;
  expires_at: number;
}

/** Every table of the stores, as Kysely types them. Instants are epoch ms, money is in minor units, flags are 0 or 1. */
export interface Database {
  rk_tenants: TenantTable;
  rk_changes: ChangeTable;
  rk_config: ConfigTable;
  rk_media: MediaTable;
  rk_customers: CustomerTable;
  rk_customer_identities: CustomerIdentityTable;
  rk_erasures: ErasureTable;
  rk_labels: LabelTable;
  rk_customer_labels: CustomerLabelTable;
  rk_orders: OrderTable;
  rk_order_lines: OrderLineTable;
  rk_order_labels: OrderLabelTable;
  rk_rules: RuleTable;
  rk_rule_versions: RuleVersionTable;
  rk_occurrences: OccurrenceTable;
  rk_batches: BatchTable;
  rk_attempts: AttemptTable;
  rk_deliveries: DeliveryTable;
  rk_cap_ledger: CapLedgerTable;
  rk_transitions: TransitionTable;
  rk_alarms: AlarmTable;
  rk_suppressions: SuppressionTable;
  rk_idempotency: IdempotencyTable;
}
