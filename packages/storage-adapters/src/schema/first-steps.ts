/** A step of the stores' migrations, in the words of all engines. */
export interface SchemaStep {
  readonly name: string;
  readonly statements: readonly string[];
  /** As in a migration step. @default the number of the step */
  readonly minReader?: number;
}

// Keys and indexes begin with the tenant, save those of work that is claimed for all tenants at once.
const TENANTS = [
  `CREATE TABLE rk_tenants (
  id {id},
  name {text} NOT NULL,
  time_zone {text} NOT NULL,
  currency {text} NOT NULL,
  revision {int} NOT NULL,
  max_order_at {instant},
  created_at {instant} NOT NULL
)`,
  `INSERT INTO rk_tenants (id, name, time_zone, currency, revision, created_at)
VALUES (1, 'default', 'Asia/Shanghai', 'CNY', 0, 0)`,
  `CREATE TABLE rk_changes (
  tenant_id {ref} NOT NULL,
  revision {int} NOT NULL,
  kind {key} NOT NULL,
  row_id {ref} NOT NULL,
  at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, revision, kind, row_id)
) {clustered}`,
  `CREATE TABLE rk_config (
  tenant_id {ref} NOT NULL,
  name {key} NOT NULL,
  value {text} NOT NULL,
  PRIMARY KEY (tenant_id, name)
) {clustered}`,
  `CREATE TABLE rk_media (
  tenant_id {ref} NOT NULL,
  sha256 {key} NOT NULL,
  content_type {text} NOT NULL,
  bytes {blob} NOT NULL,
  created_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, sha256)
)`,
];

const CUSTOMERS = [
  `CREATE TABLE rk_customers (
  id {id},
  tenant_id {ref} NOT NULL,
  external_key {key} NOT NULL,
  name {text},
  born_on {text},
  row_hash {text} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_customers_key ON rk_customers (tenant_id, external_key)",
  "CREATE INDEX rk_customers_walk ON rk_customers (tenant_id, id)",
  `CREATE TABLE rk_customer_identities (
  tenant_id {ref} NOT NULL,
  type {key} NOT NULL,
  value {key} NOT NULL,
  customer_id {ref} NOT NULL,
  PRIMARY KEY (tenant_id, type, value)
) {clustered}`,
  "CREATE UNIQUE INDEX rk_customer_identities_owner ON rk_customer_identities (tenant_id, customer_id, type)",
  `CREATE TABLE rk_labels (
  id {id},
  tenant_id {ref} NOT NULL,
  kind {key} NOT NULL,
  bind_key {key} NOT NULL,
  name {text} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_labels_key ON rk_labels (tenant_id, kind, bind_key)",
  `CREATE TABLE rk_customer_labels (
  tenant_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  label_id {ref} NOT NULL,
  PRIMARY KEY (tenant_id, customer_id, label_id)
) {clustered}`,
  "CREATE INDEX rk_customer_labels_label ON rk_customer_labels (tenant_id, label_id, customer_id)",
];

// uncounted_from: the instant from which a full refund makes the order count no more; null while it counts.
const ORDERS = [
  `CREATE TABLE rk_orders (
  id {id},
  tenant_id {ref} NOT NULL,
  source {key} NOT NULL,
  external_id {key} NOT NULL,
  customer_id {ref} NOT NULL,
  ordered_at {instant} NOT NULL,
  amount_minor {money} NOT NULL,
  refunded_minor {money} NOT NULL,
  refunded_at {instant},
  uncounted_from {instant},
  status {key} NOT NULL,
  row_hash {text} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_orders_key ON rk_orders (tenant_id, source, external_id)",
  "CREATE INDEX rk_orders_customer ON rk_orders (tenant_id, customer_id, ordered_at, status, uncounted_from)",
  "CREATE INDEX rk_orders_time ON rk_orders (tenant_id, ordered_at, customer_id, status, uncounted_from)",
  `CREATE TABLE rk_order_lines (
  tenant_id {ref} NOT NULL,
  order_id {ref} NOT NULL,
  number {int} NOT NULL,
  sku {text},
  name {text},
  quantity {decimal} NOT NULL,
  amount_minor {money} NOT NULL,
  PRIMARY KEY (tenant_id, order_id, number)
) {clustered}`,
  `CREATE TABLE rk_order_labels (
  tenant_id {ref} NOT NULL,
  order_id {ref} NOT NULL,
  label_id {ref} NOT NULL,
  PRIMARY KEY (tenant_id, order_id, label_id)
) {clustered}`,
  "CREATE INDEX rk_order_labels_label ON rk_order_labels (tenant_id, label_id, order_id)",
];

// active_name: the name while the rule is not deleted, null after; so a name is free again after a deletion.
const RULES = [
  `CREATE TABLE rk_rules (
  id {id},
  tenant_id {ref} NOT NULL,
  name {text} NOT NULL,
  name_search {text} NOT NULL,
  active_name {key},
  status {key} NOT NULL,
  version {int} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  deleted_at {instant},
  planned_until {instant} NOT NULL,
  next_due_at {instant}
)`,
  "CREATE UNIQUE INDEX rk_rules_name ON rk_rules (tenant_id, active_name)",
  "CREATE INDEX rk_rules_created ON rk_rules (tenant_id, created_at)",
  "CREATE INDEX rk_rules_due ON rk_rules (next_due_at) {where deleted_at IS NULL}",
  `CREATE TABLE rk_rule_versions (
  tenant_id {ref} NOT NULL,
  rule_id {ref} NOT NULL,
  version {int} NOT NULL,
  definition {json} NOT NULL,
  created_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, rule_id, version)
)`,
];

const OCCURRENCES = [
  `CREATE TABLE rk_occurrences (
  id {id},
  tenant_id {ref} NOT NULL,
  rule_id {ref} NOT NULL,
  rule_version {int} NOT NULL,
  kind {key} NOT NULL,
  nominal {key} NOT NULL,
  time_zone {text} NOT NULL,
  due_at {instant} NOT NULL,
  expires_at {instant} NOT NULL,
  as_of {instant},
  state {key} NOT NULL,
  reason {text},
  blocked_on_review {flag} NOT NULL,
  snapshot_cursor {ref} NOT NULL,
  audience_size {int},
  salt {text} NOT NULL,
  lease_owner {text},
  lease_until {instant},
  lease_epoch {int} NOT NULL,
  created_at {instant} NOT NULL,
  started_at {instant},
  finished_at {instant}
)`,
  "CREATE UNIQUE INDEX rk_occurrences_key ON rk_occurrences (tenant_id, rule_id, kind, nominal)",
  "CREATE INDEX rk_occurrences_walk ON rk_occurrences (tenant_id, id)",
  "CREATE INDEX rk_occurrences_rule ON rk_occurrences (tenant_id, rule_id, due_at)",
  "CREATE INDEX rk_occurrences_due ON rk_occurrences (tenant_id, due_at)",
  "CREATE INDEX rk_occurrences_claim ON rk_occurrences (state, due_at)",
];

const BATCHES = [
  `CREATE TABLE rk_batches (
  id {id},
  tenant_id {ref} NOT NULL,
  occurrence_id {ref} NOT NULL,
  rule_id {ref} NOT NULL,
  channel {key} NOT NULL,
  number {int} NOT NULL,
  state {key} NOT NULL,
  reason {text},
  size {int} NOT NULL,
  marker {text} NOT NULL,
  content_hash {text},
  capability {key} NOT NULL,
  provider_message_id {text},
  warnings {json} NOT NULL,
  attempts {int} NOT NULL,
  resends {int} NOT NULL,
  faults {int} NOT NULL,
  look_ups {int} NOT NULL,
  not_before {instant} NOT NULL,
  attempted_at {instant},
  accepted_at {instant},
  polls {int} NOT NULL,
  settled {flag} NOT NULL,
  lease_owner {text},
  lease_until {instant},
  lease_epoch {int} NOT NULL,
  created_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_batches_key ON rk_batches (tenant_id, occurrence_id, channel, number)",
  "CREATE INDEX rk_batches_walk ON rk_batches (tenant_id, id)",
  "CREATE INDEX rk_batches_rule ON rk_batches (tenant_id, rule_id, id)",
  "CREATE INDEX rk_batches_claim ON rk_batches (state, settled, not_before)",
  `CREATE TABLE rk_attempts (
  id {id},
  tenant_id {ref} NOT NULL,
  batch_id {ref} NOT NULL,
  number {int} NOT NULL,
  lease_epoch {int} NOT NULL,
  started_at {instant} NOT NULL,
  ended_at {instant},
  class {key},
  answer {text}
)`,
  "CREATE INDEX rk_attempts_walk ON rk_attempts (tenant_id, id)",
  "CREATE INDEX rk_attempts_batch ON rk_attempts (tenant_id, batch_id, id)",
];

// touched_at: the instant at which the message reached the person as far as known, which attribution looks up:
// delivered_at or accepted_at in the states delivered and accepted, null in all others.
const DELIVERIES = [
  `CREATE TABLE rk_deliveries (
  id {id},
  tenant_id {ref} NOT NULL,
  occurrence_id {ref} NOT NULL,
  rule_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  channel {key} NOT NULL,
  address {key},
  batch_id {ref},
  state {key} NOT NULL,
  reason {text},
  accepted_at {instant},
  delivered_at {instant},
  touched_at {instant},
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_deliveries_key ON rk_deliveries (tenant_id, occurrence_id, channel, customer_id)",
  "CREATE INDEX rk_deliveries_walk ON rk_deliveries (tenant_id, id)",
  "CREATE INDEX rk_deliveries_occurrence ON rk_deliveries (tenant_id, occurrence_id, id)",
  "CREATE INDEX rk_deliveries_rule ON rk_deliveries (tenant_id, rule_id, id)",
  "CREATE INDEX rk_deliveries_state ON rk_deliveries (tenant_id, occurrence_id, state, customer_id)",
  "CREATE INDEX rk_deliveries_address ON rk_deliveries (tenant_id, occurrence_id, address)",
  "CREATE INDEX rk_deliveries_batch ON rk_deliveries (tenant_id, batch_id, state, customer_id) {where batch_id IS NOT NULL}",
  "CREATE INDEX rk_deliveries_touch ON rk_deliveries (tenant_id, customer_id, touched_at) {where touched_at IS NOT NULL}",
  `CREATE TABLE rk_cap_ledger (
  tenant_id {ref} NOT NULL,
  delivery_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  batch_id {ref} NOT NULL,
  at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, delivery_id)
) {clustered}`,
  "CREATE INDEX rk_cap_ledger_customer ON rk_cap_ledger (tenant_id, customer_id, at)",
  "CREATE INDEX rk_cap_ledger_batch ON rk_cap_ledger (tenant_id, batch_id)",
];

const LEDGERS = [
  `CREATE TABLE rk_transitions (
  id {id},
  tenant_id {ref} NOT NULL,
  entity {key} NOT NULL,
  entity_id {ref} NOT NULL,
  from_state {key} NOT NULL,
  to_state {key} NOT NULL,
  reason {text},
  row_count {int} NOT NULL,
  lease_epoch {int},
  at {instant} NOT NULL
)`,
  "CREATE INDEX rk_transitions_entity ON rk_transitions (tenant_id, entity, entity_id, id)",
  `CREATE TABLE rk_alarms (
  id {id},
  tenant_id {ref} NOT NULL,
  code {key} NOT NULL,
  entity {key} NOT NULL,
  entity_id {ref} NOT NULL,
  detail {text} NOT NULL,
  at {instant} NOT NULL
)`,
  "CREATE INDEX rk_alarms_walk ON rk_alarms (tenant_id, id)",
];

/** The tables with which the schema begins, in their order. */
export const FIRST_STEPS: readonly SchemaStep[] = [
  { name: "create-tenants", statements: TENANTS },
  { name: "create-customers", statements: CUSTOMERS },
  { name: "create-orders", statements: ORDERS },
  { name: "create-rules", statements: RULES },
  { name: "create-occurrences", statements: OCCURRENCES },
  { name: "create-batches", statements: BATCHES },
  { name: "create-deliveries", statements: DELIVERIES },
  { name: "create-ledgers", statements: LEDGERS },
];
