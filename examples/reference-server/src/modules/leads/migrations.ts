import { type MigrationDialect, type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

// Figures are counts of calls: total_calls … total_duration of packages and tasks, rk_call_hours, rk_call_weekdays,
// rk_agent_hours and rk_package_tag_summary are written in the transaction of the calls that they count, and can be made anew from these.

// name_search: lower-cased, for search. total_cost_minor: null = total_leads × cost_per_lead.
const PACKAGES = [
  `CREATE TABLE rk_lead_packages (
  id {id},
  tenant_id {ref} NOT NULL,
  name {key} NOT NULL,
  name_search {key} NOT NULL,
  source {key} NOT NULL,
  industry {key} NOT NULL,
  region {key} NOT NULL,
  total_leads {int} NOT NULL,
  valid_leads {int} NOT NULL,
  cost_per_lead_minor {money} NOT NULL,
  total_cost_minor {money},
  total_calls {int} NOT NULL,
  connected_calls {int} NOT NULL,
  interested_calls {int} NOT NULL,
  total_duration {int} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  deleted_at {instant}
)`,
  "CREATE INDEX rk_lead_packages_walk ON rk_lead_packages (tenant_id, deleted_at, created_at, id)",
];

// overrides: JSON of figures that somebody has said instead of those counted. recycling: JSON of rules; null: the usual ones.
const TASKS = [
  `CREATE TABLE rk_dial_tasks (
  id {id},
  tenant_id {ref} NOT NULL,
  package_id {ref} NOT NULL,
  task_name {key} NOT NULL,
  description {text} NOT NULL,
  start_time {instant},
  end_time {instant},
  status {key} NOT NULL,
  total_calls {int} NOT NULL,
  connected_calls {int} NOT NULL,
  interested_calls {int} NOT NULL,
  total_duration {int} NOT NULL,
  overrides {json},
  recycling {json},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  deleted_at {instant}
)`,
  "CREATE INDEX rk_dial_tasks_package ON rk_dial_tasks (tenant_id, package_id, deleted_at, id)",
];

// phone_number: E.164; null in data sets without people. call_key: its name in the file that it came from; null after a
// deletion, so that a later import brings it back. local_day, local_hour: of the tenant's zone when it was written.
const CALLS = [
  `CREATE TABLE rk_calls (
  id {id},
  tenant_id {ref} NOT NULL,
  package_id {ref} NOT NULL,
  task_id {ref} NOT NULL,
  lead_id {ref},
  call_key {key},
  phone_number {key},
  call_time {instant} NOT NULL,
  local_day {key} NOT NULL,
  local_hour {int} NOT NULL,
  duration {int} NOT NULL,
  result {key} NOT NULL,
  is_interested {flag} NOT NULL,
  notes {text} NOT NULL,
  customer_name {key} NOT NULL,
  company {key} NOT NULL,
  agent {key} NOT NULL,
  row_hash {key},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  deleted_at {instant}
)`,
  "CREATE INDEX rk_calls_task ON rk_calls (tenant_id, task_id, call_time, id)",
  "CREATE INDEX rk_calls_package ON rk_calls (tenant_id, package_id, id)",
  "CREATE UNIQUE INDEX rk_calls_key ON rk_calls (tenant_id, call_key)",
  "CREATE INDEX rk_calls_phone ON rk_calls (tenant_id, phone_number)",
  `CREATE TABLE rk_call_tags (
  id {id},
  tenant_id {ref} NOT NULL,
  call_id {ref} NOT NULL,
  package_id {ref} NOT NULL,
  tag_name {key} NOT NULL,
  tag_value {key} NOT NULL,
  tag_type {key} NOT NULL,
  created_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_call_tags_call ON rk_call_tags (tenant_id, call_id, tag_name, tag_value)",
  "CREATE INDEX rk_call_tags_package ON rk_call_tags (tenant_id, package_id)",
];

const FIGURES = [
  `CREATE TABLE rk_package_tag_summary (
  id {id},
  tenant_id {ref} NOT NULL,
  package_id {ref} NOT NULL,
  tag_name {key} NOT NULL,
  tag_value {key} NOT NULL,
  tag_count {int} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_package_tag_summary_tag ON rk_package_tag_summary (tenant_id, package_id, tag_name, tag_value)",
  "CREATE INDEX rk_package_tag_summary_walk ON rk_package_tag_summary (tenant_id, id)",
  `CREATE TABLE rk_call_hours (
  tenant_id {ref} NOT NULL,
  package_id {ref} NOT NULL,
  local_day {key} NOT NULL,
  local_hour {int} NOT NULL,
  calls {int} NOT NULL,
  connected {int} NOT NULL,
  voicemail {int} NOT NULL,
  busy {int} NOT NULL,
  no_answer {int} NOT NULL,
  rejected {int} NOT NULL,
  interested {int} NOT NULL,
  duration {int} NOT NULL,
  PRIMARY KEY (tenant_id, package_id, local_day, local_hour)
) {clustered}`,
  "CREATE INDEX rk_call_hours_day ON rk_call_hours (tenant_id, local_day)",
  `CREATE TABLE rk_agent_hours (
  tenant_id {ref} NOT NULL,
  agent {key} NOT NULL,
  local_day {key} NOT NULL,
  local_hour {int} NOT NULL,
  calls {int} NOT NULL,
  connected {int} NOT NULL,
  interested {int} NOT NULL,
  duration {int} NOT NULL,
  PRIMARY KEY (tenant_id, agent, local_day, local_hour)
) {clustered}`,
  "CREATE INDEX rk_agent_hours_day ON rk_agent_hours (tenant_id, local_day)",
  `CREATE TABLE rk_metrics_summary (
  id {id},
  tenant_id {ref} NOT NULL,
  local_day {key} NOT NULL,
  time_zone {key} NOT NULL,
  total_packages {int} NOT NULL,
  new_packages {int} NOT NULL,
  total_leads {int} NOT NULL,
  total_calls {int} NOT NULL,
  connected_calls {int} NOT NULL,
  interested_calls {int} NOT NULL,
  total_duration {int} NOT NULL,
  total_cost_minor {money} NOT NULL,
  total_revenue_minor {money} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_metrics_summary_day ON rk_metrics_summary (tenant_id, local_day, time_zone)",
  "CREATE INDEX rk_metrics_summary_walk ON rk_metrics_summary (tenant_id, id)",
];

// active_phone: the number while this lead is the tenant's only one of it; null in duplicates and deleted leads.
// next_call_at: when it may be handed out; null: never again. While somebody has it, that is the end of their lease.
const LEADS = [
  `CREATE TABLE rk_leads (
  id {id},
  tenant_id {ref} NOT NULL,
  package_id {ref} NOT NULL,
  phone_number {key} NOT NULL,
  active_phone {key},
  duplicate_of {ref},
  name {key} NOT NULL,
  company {key} NOT NULL,
  region {key} NOT NULL,
  time_zone {key} NOT NULL,
  consent {key} NOT NULL,
  customer_id {ref},
  state {key} NOT NULL,
  attempts {int} NOT NULL,
  last_result {key},
  last_call_at {instant},
  first_connected_at {instant},
  next_call_at {instant},
  lease_owner {key},
  lease_until {instant},
  lease_epoch {int} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  deleted_at {instant}
)`,
  "CREATE UNIQUE INDEX rk_leads_phone ON rk_leads (tenant_id, active_phone)",
  "CREATE INDEX rk_leads_queue ON rk_leads (tenant_id, package_id, next_call_at, id)",
  "CREATE INDEX rk_leads_package ON rk_leads (tenant_id, package_id, state, id)",
  "CREATE INDEX rk_leads_customer ON rk_leads (tenant_id, customer_id)",
  "CREATE INDEX rk_leads_number ON rk_leads (tenant_id, phone_number)",
];

// Written before the dialer is asked, so that nobody is rung twice after a crash.
const DIALS = [
  `CREATE TABLE rk_dials (
  id {id},
  tenant_id {ref} NOT NULL,
  lead_id {ref} NOT NULL,
  task_id {ref} NOT NULL,
  lease_epoch {int} NOT NULL,
  agent {key} NOT NULL,
  state {key} NOT NULL,
  provider_call_id {key},
  reason {text},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_dials_lease ON rk_dials (tenant_id, lead_id, lease_epoch)",
  "CREATE INDEX rk_dials_walk ON rk_dials (tenant_id, id)",
];

/** ISO weekday of `local_day`, 1 Monday … 7 Sunday. */
const WEEKDAY: Readonly<Record<MigrationDialect, string>> = {
  sqlite: "(CAST(strftime('%w', local_day) AS INTEGER) + 6) % 7 + 1",
  postgres: "CAST(extract(isodow FROM CAST(local_day AS date)) AS bigint)",
  mysql: "weekday(local_day) + 1",
  mariadb: "weekday(local_day) + 1",
};

// Hours of rk_call_hours by weekday: at most 168 rows a package, however long it is worked.
const weekdays = (dialect: MigrationDialect) => [
  `CREATE TABLE rk_call_weekdays (
  tenant_id {ref} NOT NULL,
  package_id {ref} NOT NULL,
  weekday {int} NOT NULL,
  local_hour {int} NOT NULL,
  calls {int} NOT NULL,
  connected {int} NOT NULL,
  voicemail {int} NOT NULL,
  busy {int} NOT NULL,
  no_answer {int} NOT NULL,
  rejected {int} NOT NULL,
  interested {int} NOT NULL,
  duration {int} NOT NULL,
  PRIMARY KEY (tenant_id, package_id, weekday, local_hour)
) {clustered}`,
  `INSERT INTO rk_call_weekdays
  SELECT tenant_id, package_id, ${WEEKDAY[dialect]}, local_hour, sum(calls), sum(connected), sum(voicemail), sum(busy),
    sum(no_answer), sum(rejected), sum(interested), sum(duration)
  FROM rk_call_hours GROUP BY tenant_id, package_id, ${WEEKDAY[dialect]}, local_hour`,
];

/** Lead packages, dial tasks, calls, their figures, and the leads that are called. */
export const leadsMigrations: MigrationSet = {
  id: "leads",
  steps: [
    { name: "create-lead-packages", sql: (dialect) => schemaSql(dialect, [...PACKAGES, ...TASKS]) },
    { name: "create-calls", sql: (dialect) => schemaSql(dialect, CALLS) },
    { name: "create-call-figures", sql: (dialect) => schemaSql(dialect, FIGURES) },
    { name: "create-leads", sql: (dialect) => schemaSql(dialect, [...LEADS, ...DIALS]) },
    { name: "create-call-weekdays", sql: (dialect) => schemaSql(dialect, weekdays(dialect)) },
  ],
};
