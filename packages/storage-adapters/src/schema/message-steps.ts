// channel, name_search: of the newest version, for lists. definition: what the version says, as JSON.
export const TEMPLATES = [
  `CREATE TABLE rk_message_templates (
  id {id},
  tenant_id {ref} NOT NULL,
  channel {key} NOT NULL,
  name_search {text} NOT NULL,
  status {key} NOT NULL,
  version {int} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE INDEX rk_message_templates_walk ON rk_message_templates (tenant_id, id)",
  `CREATE TABLE rk_message_template_versions (
  tenant_id {ref} NOT NULL,
  template_id {ref} NOT NULL,
  version {int} NOT NULL,
  definition {json} NOT NULL,
  created_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, template_id, version)
) {clustered}`,
];

// lane: of the priority while the message is queued, else 0. not_before: null once nothing follows by itself.
export const MESSAGES = [
  `CREATE TABLE rk_messages (
  id {id},
  tenant_id {ref} NOT NULL,
  batch_id {ref},
  template_id {ref} NOT NULL,
  template_version {int} NOT NULL,
  channel {key} NOT NULL,
  customer_id {ref},
  address {key},
  address_hash {key} NOT NULL,
  time_zone {key},
  variables {text} NOT NULL,
  message_class {key} NOT NULL,
  priority {int} NOT NULL,
  lane {int} NOT NULL,
  state {key} NOT NULL,
  reason {text},
  not_before {instant},
  expires_at {instant} NOT NULL,
  attempts {int} NOT NULL,
  resends {int} NOT NULL,
  checks {int} NOT NULL,
  attempted_at {instant},
  accepted_at {instant},
  reported_at {instant},
  provider_message_id {key},
  lease_owner {key},
  lease_until {instant},
  lease_epoch {int} NOT NULL,
  request_key {key} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_messages_request ON rk_messages (tenant_id, request_key)",
  "CREATE INDEX rk_messages_due ON rk_messages (state, lane, not_before, id) {where not_before IS NOT NULL}",
  "CREATE INDEX rk_messages_walk ON rk_messages (tenant_id, id)",
  "CREATE INDEX rk_messages_created ON rk_messages (tenant_id, created_at)",
  "CREATE INDEX rk_messages_batch ON rk_messages (tenant_id, batch_id) {where batch_id IS NOT NULL}",
  "CREATE INDEX rk_messages_address ON rk_messages (tenant_id, address_hash, id)",
  "CREATE INDEX rk_messages_customer ON rk_messages (tenant_id, customer_id) {where customer_id IS NOT NULL}",
  "CREATE INDEX rk_messages_provider ON rk_messages (tenant_id, provider_message_id) {where provider_message_id IS NOT NULL}",
  `CREATE TABLE rk_message_batches (
  id {id},
  tenant_id {ref} NOT NULL,
  template_id {ref} NOT NULL,
  priority {int} NOT NULL,
  total {int} NOT NULL,
  accepted {int} NOT NULL,
  duplicates {int} NOT NULL,
  rejected {json} NOT NULL,
  request_key {key} NOT NULL,
  created_at {instant} NOT NULL,
  cancelled_at {instant}
)`,
  "CREATE UNIQUE INDEX rk_message_batches_request ON rk_message_batches (tenant_id, request_key)",
  "CREATE INDEX rk_message_batches_walk ON rk_message_batches (tenant_id, id)",
  `CREATE TABLE rk_message_events (
  id {id},
  tenant_id {ref} NOT NULL,
  message_id {ref} NOT NULL,
  node {key} NOT NULL,
  outcome {key} NOT NULL,
  error_class {key},
  detail {text},
  attempt {int} NOT NULL,
  at {instant} NOT NULL
)`,
  "CREATE INDEX rk_message_events_message ON rk_message_events (tenant_id, message_id, id)",
  "CREATE INDEX rk_message_events_walk ON rk_message_events (tenant_id, id)",
];

/** Whose messages wait, told by seeks; and the messages of one tenant in the order of their claims. */
export const MESSAGE_TENANTS = [
  "CREATE INDEX rk_messages_tenants ON rk_messages (state, tenant_id, lane, not_before, id) {where state = 'queued'}",
];
