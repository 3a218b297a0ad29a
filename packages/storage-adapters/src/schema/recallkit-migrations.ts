import type { MigrationDialect, MigrationSet } from "../migrations/migration-set.js";
import { schemaSql } from "./column-types.js";
import { FIRST_STEPS, type SchemaStep } from "./first-steps.js";
import { JOBS } from "./job-steps.js";
import { COUPONS, LINKS, LISTED_PEOPLE } from "./link-steps.js";
import { MESSAGE_TENANTS, MESSAGES, TEMPLATES } from "./message-steps.js";

// customer_ids: JSON list of the people meant; null: the segment of the rule.
const NAMED_PEOPLE = ["ALTER TABLE rk_occurrences ADD COLUMN customer_ids {json}"];

// One of address and customer_id is set; a channel of * means all channels.
const SUPPRESSIONS = [
  `CREATE TABLE rk_suppressions (
  id {id},
  tenant_id {ref} NOT NULL,
  channel {key} NOT NULL,
  address {key},
  customer_id {ref},
  reason {text} NOT NULL,
  created_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_suppressions_address ON rk_suppressions (tenant_id, channel, address)",
  "CREATE UNIQUE INDEX rk_suppressions_customer ON rk_suppressions (tenant_id, channel, customer_id)",
  "CREATE INDEX rk_suppressions_walk ON rk_suppressions (tenant_id, id)",
];

const IDEMPOTENCY = [
  `CREATE TABLE rk_idempotency (
  tenant_id {ref} NOT NULL,
  route {key} NOT NULL,
  request_key {key} NOT NULL,
  fingerprint {key} NOT NULL,
  status {int},
  body {text},
  locked_until {instant} NOT NULL,
  created_at {instant} NOT NULL,
  expires_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, route, request_key)
) {clustered}`,
  "CREATE INDEX rk_idempotency_expiry ON rk_idempotency (expires_at)",
];

const LOOK_UPS = [
  "CREATE INDEX rk_alarms_row ON rk_alarms (tenant_id, code, entity, entity_id)",
  "CREATE INDEX rk_batches_attempted ON rk_batches (tenant_id, attempted_at, id)",
];

// People whose name was taken away; finished: no address of theirs is left.
const ERASURES = [
  `CREATE TABLE rk_erasures (
  tenant_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  erased_at {instant} NOT NULL,
  finished {flag} NOT NULL,
  PRIMARY KEY (tenant_id, customer_id)
) {clustered}`,
  "CREATE INDEX rk_erasures_open ON rk_erasures (finished, tenant_id, customer_id)",
];

// The provider's name for each message, and the values that a message of one's own is made of.
const PERSONAL_MESSAGES = [
  "ALTER TABLE rk_deliveries ADD COLUMN provider_message_id {key}",
  "ALTER TABLE rk_deliveries ADD COLUMN variables {text}",
];
// addresses: JSON list of the people whom an alarm is about; null: none.
const ALARM_ADDRESSES = ["ALTER TABLE rk_alarms ADD COLUMN addresses {json}"];
// identity_hash: keyed hash of the import key or an identity that named the person.
const ERASED_OPT_OUTS = [
  `CREATE TABLE rk_erased_opt_outs (
  tenant_id {ref} NOT NULL,
  identity_hash {key} NOT NULL,
  channel {key} NOT NULL,
  reason {text} NOT NULL,
  created_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, identity_hash, channel)
) {clustered}`,
];

// counted_statuses: JSON list of what counts as a purchase; null: the installation's.
const COUNTED_STATUSES = ["ALTER TABLE rk_tenants ADD COLUMN counted_statuses {json}"];

// former_id: the nameless row that somebody was before they were merged into customer_id; external_key: their key until then.
const MERGED_CUSTOMERS = [
  `CREATE TABLE rk_merged_customers (
  tenant_id {ref} NOT NULL,
  external_key {key} NOT NULL,
  former_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  merged_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, external_key)
) {clustered}`,
  "CREATE INDEX rk_merged_customers_owner ON rk_merged_customers (tenant_id, customer_id)",
];

// external_key: of somebody who is not known yet; then address and customer_id are null.
const WAITING_SUPPRESSIONS = [
  "ALTER TABLE rk_suppressions ADD COLUMN external_key {key}",
  "CREATE UNIQUE INDEX rk_suppressions_waiting ON rk_suppressions (tenant_id, external_key, channel)",
];

// text_value: texts and days; number_value: numbers, and booleans as 0 or 1.
const ATTRIBUTES = [
  `CREATE TABLE rk_attributes (
  id {id},
  tenant_id {ref} NOT NULL,
  name {key} NOT NULL,
  type {key} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_attributes_name ON rk_attributes (tenant_id, name)",
  "CREATE INDEX rk_attributes_walk ON rk_attributes (tenant_id, id)",
  `CREATE TABLE rk_customer_attributes (
  tenant_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  attribute_id {ref} NOT NULL,
  text_value {key},
  number_value {decimal},
  PRIMARY KEY (tenant_id, customer_id, attribute_id)
) {clustered}`,
  "CREATE INDEX rk_customer_attributes_text ON rk_customer_attributes (tenant_id, attribute_id, text_value, customer_id)",
  "CREATE INDEX rk_customer_attributes_number ON rk_customer_attributes (tenant_id, attribute_id, number_value, customer_id)",
];

// rk_consents: the word that holds; rk_consent_records: evidence, only ever added to.
const consentColumns = (name: string) => `CREATE TABLE ${name} (
  id {id},
  tenant_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  channel {key} NOT NULL,
  purpose {key} NOT NULL,
  granted {flag} NOT NULL,
  wording {text},
  source {text} NOT NULL,
  evidence {text},
  at {instant} NOT NULL,
  recorded_at {instant} NOT NULL
)`;
const CONSENTS = [
  consentColumns("rk_consents"),
  "CREATE UNIQUE INDEX rk_consents_place ON rk_consents (tenant_id, customer_id, purpose, channel)",
  "CREATE INDEX rk_consents_walk ON rk_consents (tenant_id, id)",
  consentColumns("rk_consent_records"),
  "CREATE UNIQUE INDEX rk_consent_records_word ON rk_consent_records (tenant_id, customer_id, purpose, channel, at, granted)",
  "CREATE INDEX rk_consent_records_walk ON rk_consent_records (tenant_id, id)",
];

// time_zone: where the person lives; null: unknown.
const TIME_ZONES = ["ALTER TABLE rk_customers ADD COLUMN time_zone {key}"];

// rk_spend: what batches were charged, and what of it still counts; rk_spend_periods: its sums by day and by month.
const SPEND = [
  `CREATE TABLE rk_spend (
  tenant_id {ref} NOT NULL,
  batch_id {ref} NOT NULL,
  channel {key} NOT NULL,
  day {key} NOT NULL,
  people {int} NOT NULL,
  units {int} NOT NULL,
  amount_minor {money} NOT NULL,
  least_units {int} NOT NULL,
  least_minor {money} NOT NULL,
  left_units {int} NOT NULL,
  left_minor {money} NOT NULL,
  at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, batch_id)
) {clustered}`,
  `CREATE TABLE rk_spend_periods (
  id {id},
  tenant_id {ref} NOT NULL,
  channel {key} NOT NULL,
  period {key} NOT NULL,
  units {int} NOT NULL,
  amount_minor {money} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_spend_periods_name ON rk_spend_periods (tenant_id, channel, period)",
  "CREATE INDEX rk_spend_periods_walk ON rk_spend_periods (tenant_id, id)",
];

// hands_on: null: no channel behind its own; 1: people ended since the others were handed on. handed_to: channel that took them.
const FALL_BACK = [
  "ALTER TABLE rk_batches ADD COLUMN hands_on {flag}",
  "ALTER TABLE rk_batches ADD COLUMN called_off_at {instant}",
  "CREATE INDEX rk_batches_hands_on ON rk_batches (hands_on, id) {where hands_on IS NOT NULL}",
  "ALTER TABLE rk_deliveries ADD COLUMN handed_to {key}",
  "CREATE INDEX rk_deliveries_handed ON rk_deliveries (tenant_id, occurrence_id, handed_to) {where handed_to IS NOT NULL}",
];

// What was sent to a person, and when: segments ask it of earlier pushes.
const SENT_TO = [
  "CREATE INDEX rk_deliveries_sent ON rk_deliveries (tenant_id, customer_id, accepted_at) {where accepted_at IS NOT NULL}",
];

// People are looked for by the beginning of their names.
const NAMES = ["CREATE INDEX rk_customers_name ON rk_customers (tenant_id, {start name}, id)"];

// acknowledged_by: who looks after it; null: nobody yet.
const ACKNOWLEDGED_ALARMS = [
  "ALTER TABLE rk_alarms ADD COLUMN acknowledged_by {text}",
  "ALTER TABLE rk_alarms ADD COLUMN acknowledged_at {instant}",
];

// active_name: null once it is archived, which frees the name.
const SEGMENTS = [
  `CREATE TABLE rk_segments (
  id {id},
  tenant_id {ref} NOT NULL,
  name {text} NOT NULL,
  name_search {text} NOT NULL,
  active_name {key},
  description {text},
  definition {json} NOT NULL,
  revision {int} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  archived_at {instant}
)`,
  "CREATE UNIQUE INDEX rk_segments_name ON rk_segments (tenant_id, active_name)",
  "CREATE INDEX rk_segments_walk ON rk_segments (tenant_id, id)",
  `CREATE TABLE rk_segment_sizes (
  tenant_id {ref} NOT NULL,
  segment_id {ref} NOT NULL,
  day {key} NOT NULL,
  people {int} NOT NULL,
  at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, segment_id, day)
) {clustered}`,
  "CREATE INDEX rk_segment_sizes_day ON rk_segment_sizes (tenant_id, day)",
];

// credited_touch: the touch that the credits of the person were last found with. Where it is not the present one they are found
// anew, whichever program wrote the touch: the index holds these deliveries, and nobody has to note anything down.
const CREDITED_ORDERS = [
  `CREATE TABLE rk_credited_orders (
  tenant_id {ref} NOT NULL,
  occurrence_id {ref} NOT NULL,
  order_id {ref} NOT NULL,
  delivery_id {ref} NOT NULL,
  channel {key} NOT NULL,
  customer_id {ref} NOT NULL,
  touched_at {instant} NOT NULL,
  ordered_at {instant} NOT NULL,
  amount_minor {money} NOT NULL,
  refunded_minor {money} NOT NULL,
  refunded_at {instant},
  uncounted_from {instant},
  status {key} NOT NULL,
  PRIMARY KEY (tenant_id, occurrence_id, order_id)
) {clustered}`,
  "CREATE INDEX rk_credited_orders_customer ON rk_credited_orders (tenant_id, customer_id)",
  "CREATE INDEX rk_credited_orders_order ON rk_credited_orders (tenant_id, order_id)",
  `CREATE TABLE rk_roll_ups (
  tenant_id {ref} NOT NULL,
  revision {int} NOT NULL,
  cleared_to {ref},
  updated_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id)
)`,
  "ALTER TABLE rk_deliveries ADD COLUMN credited_touch {instant}",
];

const UNCREDITED =
  "CREATE INDEX rk_deliveries_uncredited ON rk_deliveries (tenant_id, customer_id, id) WHERE touched_at IS DISTINCT FROM credited_touch";
/** Where an index can't be limited to some rows a column is, which says nothing of the others and no `*` shows. */
const UNCREDITED_BY_COLUMN = [
  `ALTER TABLE rk_deliveries ADD COLUMN is_uncredited SMALLINT
    AS (CASE WHEN touched_at <=> credited_touch THEN NULL ELSE 1 END) VIRTUAL INVISIBLE`,
  "CREATE INDEX rk_deliveries_uncredited ON rk_deliveries (tenant_id, is_uncredited, customer_id)",
];

// What an earlier program writes are calls that send.
const LOOK_UP_ROWS = ["ALTER TABLE rk_attempts ADD COLUMN kind {key} DEFAULT 'send' NOT NULL"];

/** Programs that know so many steps may go on beside what only adds to them. */
const BESIDE = 32;

const STEPS: readonly SchemaStep[] = [
  ...FIRST_STEPS,
  { name: "name-people-of-occurrences", statements: NAMED_PEOPLE },
  { name: "create-suppressions", statements: SUPPRESSIONS },
  { name: "create-idempotency", statements: IDEMPOTENCY },
  { name: "index-alarms-and-attempts", statements: LOOK_UPS },
  { name: "create-erasures", statements: ERASURES, minReader: 12 },
  { name: "add-personal-messages", statements: PERSONAL_MESSAGES },
  { name: "name-people-of-alarms", statements: ALARM_ADDRESSES },
  { name: "create-erased-opt-outs", statements: ERASED_OPT_OUTS },
  { name: "add-counted-statuses", statements: COUNTED_STATUSES },
  { name: "create-merged-customers", statements: MERGED_CUSTOMERS },
  { name: "let-suppressions-wait", statements: WAITING_SUPPRESSIONS },
  { name: "create-attributes", statements: ATTRIBUTES },
  { name: "create-consents", statements: CONSENTS },
  { name: "create-links", statements: LINKS },
  { name: "create-coupons", statements: COUPONS },
  { name: "give-lists-values", statements: LISTED_PEOPLE },
  { name: "add-time-zones", statements: TIME_ZONES },
  { name: "create-spend", statements: SPEND },
  { name: "add-fall-back", statements: FALL_BACK },
  { name: "create-message-templates", statements: TEMPLATES },
  { name: "create-messages", statements: MESSAGES },
  { name: "create-jobs", statements: JOBS },
  { name: "index-messages-by-tenant", statements: MESSAGE_TENANTS },
  { name: "index-deliveries-by-person", statements: SENT_TO },
  { name: "index-people-by-name", statements: NAMES, minReader: BESIDE },
  { name: "acknowledge-alarms", statements: ACKNOWLEDGED_ALARMS, minReader: BESIDE },
  { name: "create-segments", statements: SEGMENTS, minReader: BESIDE },
  { name: "create-credited-orders", statements: CREDITED_ORDERS, minReader: BESIDE },
  { name: "tell-look-ups-from-sends", statements: LOOK_UP_ROWS, minReader: BESIDE },
];

/** What an engine needs beside the common statements of a step. */
const AFTERWARDS: Readonly<Record<string, Readonly<Partial<Record<MigrationDialect, readonly string[]>>>>> = {
  // The first tenant brought its own id, of which an identity knows nothing.
  "create-tenants": { postgres: ["ALTER TABLE rk_tenants ALTER COLUMN id RESTART WITH 2"] },
  "create-credited-orders": {
    sqlite: [UNCREDITED],
    postgres: [UNCREDITED],
    mysql: UNCREDITED_BY_COLUMN,
    mariadb: UNCREDITED_BY_COLUMN,
  },
};

/** The tables of the stores, all named `rk_…`, with the first tenant in them. */
export const recallkitMigrations: MigrationSet = {
  id: "recallkit",
  steps: STEPS.map(({ name, statements, ...facts }) => ({
    ...facts,
    name,
    sql: (dialect) => [...schemaSql(dialect, statements), ...(AFTERWARDS[name]?.[dialect] ?? [])],
  })),
};
