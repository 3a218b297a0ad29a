import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

// day_key: what people with one birthday have in common, so that those whose day is near are found by an index. revision: how
// far the change feed of customers was read for it.
const BIRTHDAYS = [
  `CREATE TABLE rk_birthdays (
  tenant_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  day_key {key} NOT NULL,
  born_year {int},
  source {key} NOT NULL,
  updated_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, customer_id)
) {clustered}`,
  "CREATE INDEX rk_birthdays_day ON rk_birthdays (tenant_id, day_key, customer_id)",
  `CREATE TABLE rk_birthday_marks (
  tenant_id {ref} NOT NULL,
  revision {int} NOT NULL,
  marked_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id)
)`,
];

// run_key: one daily run of a day and tenant; others are drawn by chance. (tenant, customer, birthday year): the memory that
// keeps a person from being contacted twice for one birthday. plan_key: what one transaction took to plan.
const REVISITS = [
  `CREATE TABLE rk_revisit_settings (
  tenant_id {ref} NOT NULL,
  mode {key} NOT NULL,
  days_ahead {int},
  leap_day {key} NOT NULL,
  leap_month {key} NOT NULL,
  thirtieth {key} NOT NULL,
  channels {text} NOT NULL,
  updated_at {instant} NOT NULL,
  updated_by {key} NOT NULL,
  PRIMARY KEY (tenant_id)
)`,
  `CREATE TABLE rk_revisit_runs (
  id {id},
  tenant_id {ref} NOT NULL,
  run_key {key} NOT NULL,
  kind {key} NOT NULL,
  local_day {key} NOT NULL,
  mode {key} NOT NULL,
  days_ahead {int} NOT NULL,
  caught_up {int} NOT NULL,
  state {key} NOT NULL,
  walked_to {ref} NOT NULL,
  found {int} NOT NULL,
  lease_until {instant} NOT NULL,
  lease_key {key} NOT NULL,
  actor {key} NOT NULL,
  error {key},
  started_at {instant} NOT NULL,
  finished_at {instant}
)`,
  "CREATE UNIQUE INDEX rk_revisit_runs_key ON rk_revisit_runs (tenant_id, run_key)",
  "CREATE INDEX rk_revisit_runs_walk ON rk_revisit_runs (tenant_id, id)",
  "CREATE INDEX rk_revisit_runs_open ON rk_revisit_runs (state, lease_until)",
  `CREATE TABLE rk_revisit_skips (
  tenant_id {ref} NOT NULL,
  run_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  customer_code {key} NOT NULL,
  reason {key} NOT NULL,
  PRIMARY KEY (tenant_id, run_id, customer_id)
) {clustered}`,
  `CREATE TABLE rk_revisits (
  id {id},
  tenant_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  customer_code {key} NOT NULL,
  birthday_year {int} NOT NULL,
  birthday_on {key} NOT NULL,
  run_id {ref} NOT NULL,
  state {key} NOT NULL,
  channel {key},
  script_id {ref},
  text {text},
  text_hash {key},
  text_source {key},
  plan_key {key},
  occurrence_id {ref},
  reason {key},
  decided_by {key},
  decided_at {instant},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_revisits_person ON rk_revisits (tenant_id, customer_id, birthday_year)",
  "CREATE INDEX rk_revisits_walk ON rk_revisits (tenant_id, id)",
  "CREATE INDEX rk_revisits_state ON rk_revisits (tenant_id, state, id)",
  "CREATE INDEX rk_revisits_run ON rk_revisits (tenant_id, run_id, id)",
  "CREATE INDEX rk_revisits_day ON rk_revisits (tenant_id, birthday_on, id)",
  "CREATE INDEX rk_revisits_plan ON rk_revisits (tenant_id, plan_key)",
  `CREATE TABLE rk_revisit_reports (
  tenant_id {ref} NOT NULL,
  local_day {key} NOT NULL,
  figures {text} NOT NULL,
  created_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, local_day)
)`,
];

/** Birthdays, runs and revisits, for `stores.migrate`. */
export const revisitMigrations: MigrationSet = {
  id: "revisit",
  steps: [
    { name: "create-birthdays", sql: (dialect) => schemaSql(dialect, BIRTHDAYS) },
    { name: "create-revisits", sql: (dialect) => schemaSql(dialect, REVISITS) },
  ],
};

/** Tables whose rows go with a tenant that is moved to another database. */
export const revisitTenantTables = [
  { name: "rk_birthdays", key: ["customer_id"] },
  { name: "rk_birthday_marks", key: ["revision"] },
  { name: "rk_revisit_settings", key: ["mode"] },
  { name: "rk_revisit_runs", key: ["id"], isNumbered: true },
  { name: "rk_revisit_skips", key: ["run_id", "customer_id"] },
  { name: "rk_revisits", key: ["id"], isNumbered: true },
  { name: "rk_revisit_reports", key: ["local_day"] },
] as const;
