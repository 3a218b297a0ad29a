import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

// input_hash: of all that decides the text; unique, so that the same inputs are written once. state: writing while a process
// has it, until lease_until; then written, or failed when not even a fall-back passed. prompt: what was sent to the model, a
// list of calls. drafts: tries that nobody read. cost_micros: millionths of the tenant's currency.
const SCRIPTS = [
  `CREATE TABLE rk_scripts (
  id {id},
  tenant_id {ref} NOT NULL,
  purpose {key} NOT NULL,
  channel {key} NOT NULL,
  customer_id {ref},
  input_hash {key} NOT NULL,
  state {key} NOT NULL,
  lease_until {instant} NOT NULL,
  lease_epoch {int} NOT NULL,
  engine {key} NOT NULL,
  model {key},
  template_id {ref},
  prompt {json},
  text {text} NOT NULL,
  verdict {key} NOT NULL,
  findings {json} NOT NULL,
  drafts {json} NOT NULL,
  prompt_tokens {int} NOT NULL,
  completion_tokens {int} NOT NULL,
  cost_micros {money} NOT NULL,
  is_model_written {flag} NOT NULL,
  created_at {instant} NOT NULL,
  written_at {instant}
)`,
  "CREATE UNIQUE INDEX rk_scripts_input ON rk_scripts (tenant_id, input_hash)",
  "CREATE INDEX rk_scripts_walk ON rk_scripts (tenant_id, id)",
  "CREATE INDEX rk_scripts_customer ON rk_scripts (tenant_id, customer_id, id)",
];

// review_certificate_no: 《医疗广告审查证明》文号; only texts that promote something have one.
const TEMPLATES = [
  `CREATE TABLE rk_script_templates (
  id {id},
  tenant_id {ref} NOT NULL,
  purpose {key} NOT NULL,
  name {key} NOT NULL,
  text {text} NOT NULL,
  review_certificate_no {key},
  is_active {flag} NOT NULL,
  created_by {key} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_script_templates_name ON rk_script_templates (tenant_id, purpose, name)",
];

// word_form: as it is compared. kind: add forbids a word, allow permits a phrase that the usual list forbids.
const WORDS = [
  `CREATE TABLE rk_script_words (
  id {id},
  tenant_id {ref} NOT NULL,
  kind {key} NOT NULL,
  word {key} NOT NULL,
  word_form {key} NOT NULL,
  severity {key} NOT NULL,
  reason {text} NOT NULL,
  created_by {key} NOT NULL,
  created_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_script_words_form ON rk_script_words (tenant_id, word_form)",
];

const SETTINGS = [
  `CREATE TABLE rk_script_settings (
  tenant_id {ref} NOT NULL,
  settings {json} NOT NULL,
  updated_by {key} NOT NULL,
  updated_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id)
)`,
];

// tokens, cost_micros: set aside before a call, put right after it. calls: made, answered or not.
const SPEND = [
  `CREATE TABLE rk_script_spend (
  tenant_id {ref} NOT NULL,
  day {key} NOT NULL,
  calls {int} NOT NULL,
  tokens {int} NOT NULL,
  cost_micros {money} NOT NULL,
  PRIMARY KEY (tenant_id, day)
) {clustered}`,
];

/** Tables of texts that are written for single people, for `stores.migrate`. */
export const scriptsMigrations: MigrationSet = {
  id: "scripts",
  steps: [
    {
      name: "create-scripts",
      sql: (dialect) => schemaSql(dialect, [...SCRIPTS, ...TEMPLATES, ...WORDS, ...SETTINGS, ...SPEND]),
    },
  ],
};

/** Tables whose rows go with a tenant that is moved to another database. */
export const scriptsTenantTables = [
  { name: "rk_scripts", key: ["id"], isNumbered: true },
  { name: "rk_script_templates", key: ["id"], isNumbered: true },
  { name: "rk_script_words", key: ["id"], isNumbered: true },
  { name: "rk_script_settings", key: ["tenant_id"] },
  { name: "rk_script_spend", key: ["day"] },
] as const;
