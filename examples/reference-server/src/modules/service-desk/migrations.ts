import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

// skills, hours: JSON. open_tickets: how many assigned tickets they have, written with them. last_assigned_at: whose turn it is.
const STAFF = [
  `CREATE TABLE rk_desk_staff (
  id {id},
  tenant_id {ref} NOT NULL,
  user_id {ref},
  wecom_user_id {key},
  customer_id {ref},
  name {key} NOT NULL,
  role {key} NOT NULL,
  skills {json} NOT NULL,
  capacity {int} NOT NULL,
  open_tickets {int} NOT NULL,
  last_assigned_at {instant} NOT NULL,
  presence {key} NOT NULL,
  hours {json},
  version {int} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  left_at {instant}
)`,
  "CREATE UNIQUE INDEX rk_desk_staff_user ON rk_desk_staff (tenant_id, user_id)",
  "CREATE UNIQUE INDEX rk_desk_staff_wecom ON rk_desk_staff (tenant_id, wecom_user_id)",
  "CREATE INDEX rk_desk_staff_walk ON rk_desk_staff (tenant_id, id)",
  // ended_at 0: it holds; so that only one binding of a pair does.
  `CREATE TABLE rk_desk_bindings (
  tenant_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  staff_id {ref} NOT NULL,
  ended_at {instant} NOT NULL,
  source {key} NOT NULL,
  created_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, customer_id, staff_id, ended_at)
) {clustered}`,
  "CREATE INDEX rk_desk_bindings_staff ON rk_desk_bindings (tenant_id, staff_id, ended_at, customer_id)",
];

// Whoever changes what somebody has takes the row first: one at a time for a tenant.
const TURNS = [
  `CREATE TABLE rk_desk_turns (
  tenant_id {ref} NOT NULL,
  turn {int} NOT NULL,
  PRIMARY KEY (tenant_id)
)`,
];

// stage_at: since when it is in its stage. The history says stage, owner, value and source as they were from then on, and where the
// project stood before, so that every figure of sales can be made of it.
const PROJECTS = [
  `CREATE TABLE rk_projects (
  id {id},
  tenant_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  request_key {key},
  name {key} NOT NULL,
  name_search {key} NOT NULL,
  stage {key} NOT NULL,
  stage_at {instant} NOT NULL,
  owner_id {ref},
  value_minor {money} NOT NULL,
  expected_on {key},
  source {key} NOT NULL,
  note {text} NOT NULL,
  version {int} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_projects_request ON rk_projects (tenant_id, request_key)",
  "CREATE INDEX rk_projects_customer ON rk_projects (tenant_id, customer_id, id)",
  "CREATE INDEX rk_projects_owner ON rk_projects (tenant_id, owner_id, stage, id)",
  "CREATE INDEX rk_projects_walk ON rk_projects (tenant_id, id)",
  `CREATE TABLE rk_project_history (
  id {id},
  tenant_id {ref} NOT NULL,
  project_id {ref} NOT NULL,
  kind {key} NOT NULL,
  from_stage {key},
  to_stage {key} NOT NULL,
  since {instant} NOT NULL,
  owner_id {ref},
  value_minor {money} NOT NULL,
  expected_on {key},
  source {key} NOT NULL,
  actor {key} NOT NULL,
  note {text} NOT NULL,
  at {instant} NOT NULL
)`,
  "CREATE INDEX rk_project_history_project ON rk_project_history (tenant_id, project_id, id)",
  "CREATE INDEX rk_project_history_at ON rk_project_history (tenant_id, kind, at)",
  `CREATE TABLE rk_equipment (
  id {id},
  tenant_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  project_id {ref},
  serial {key} NOT NULL,
  model {key} NOT NULL,
  warranty_until {key},
  version {int} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_equipment_serial ON rk_equipment (tenant_id, serial)",
  "CREATE INDEX rk_equipment_customer ON rk_equipment (tenant_id, customer_id, id)",
];

// priority: 0 low … 3 urgent. clock_at: since when the clock of the solution runs. escalate_at: when the next step of the ladder is due; null: none is.
const TICKETS = [
  `CREATE TABLE rk_tickets (
  id {id},
  tenant_id {ref} NOT NULL,
  customer_id {ref},
  project_id {ref},
  equipment_id {ref},
  session_id {ref},
  request_key {key} NOT NULL,
  kind {key} NOT NULL,
  priority {int} NOT NULL,
  subject {key} NOT NULL,
  body {text} NOT NULL,
  source {key} NOT NULL,
  skill {key},
  state {key} NOT NULL,
  assignee_id {ref},
  version {int} NOT NULL,
  clock_at {instant} NOT NULL,
  queued_at {instant} NOT NULL,
  first_answer_due {instant} NOT NULL,
  solution_due {instant} NOT NULL,
  escalate_at {instant},
  escalation {int} NOT NULL,
  first_answered_at {instant},
  solved_at {instant},
  confirmed_at {instant},
  reopened {int} NOT NULL,
  merged_into {ref},
  split_from {ref},
  follows {ref},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_tickets_request ON rk_tickets (tenant_id, request_key)",
  "CREATE INDEX rk_tickets_queue ON rk_tickets (tenant_id, state, priority, queued_at, id)",
  "CREATE INDEX rk_tickets_customer ON rk_tickets (tenant_id, customer_id, state, id)",
  "CREATE INDEX rk_tickets_assignee ON rk_tickets (tenant_id, assignee_id, state, id)",
  "CREATE INDEX rk_tickets_escalate ON rk_tickets (escalate_at, tenant_id)",
  "CREATE INDEX rk_tickets_solved ON rk_tickets (state, solved_at, tenant_id)",
  "CREATE INDEX rk_tickets_walk ON rk_tickets (tenant_id, created_at, id)",
  // announced_at: when whoever it concerns was told; null: not yet.
  `CREATE TABLE rk_ticket_events (
  id {id},
  tenant_id {ref} NOT NULL,
  ticket_id {ref} NOT NULL,
  kind {key} NOT NULL,
  actor {key} NOT NULL,
  from_staff {ref},
  to_staff {ref},
  note {text} NOT NULL,
  at {instant} NOT NULL,
  announced_at {instant}
)`,
  "CREATE INDEX rk_ticket_events_ticket ON rk_ticket_events (tenant_id, ticket_id, id)",
  "CREATE INDEX rk_ticket_events_new ON rk_ticket_events (tenant_id, announced_at, id)",
  "CREATE INDEX rk_ticket_events_at ON rk_ticket_events (tenant_id, kind, at)",
  // round: how often the ticket had been opened again; each time it can be rated once.
  `CREATE TABLE rk_ticket_ratings (
  tenant_id {ref} NOT NULL,
  ticket_id {ref} NOT NULL,
  round {int} NOT NULL,
  staff_id {ref},
  stars {int} NOT NULL,
  comment {text} NOT NULL,
  at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, ticket_id, round)
) {clustered}`,
  "CREATE INDEX rk_ticket_ratings_at ON rk_ticket_ratings (tenant_id, at)",
  `CREATE TABLE rk_ticket_viewers (
  tenant_id {ref} NOT NULL,
  ticket_id {ref} NOT NULL,
  viewer {key} NOT NULL,
  name {key} NOT NULL,
  seen_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, ticket_id, viewer)
) {clustered}`,
  `CREATE TABLE rk_ticket_attachments (
  tenant_id {ref} NOT NULL,
  ticket_id {ref} NOT NULL,
  sha256 {key} NOT NULL,
  name {key} NOT NULL,
  actor {key} NOT NULL,
  created_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, ticket_id, sha256)
) {clustered}`,
];

/** Staff, projects, equipment and tickets of the service desk. */
export const serviceDeskMigrations: MigrationSet = {
  id: "service-desk",
  steps: [
    { name: "create-desk-staff", sql: (dialect) => schemaSql(dialect, [...STAFF, ...TURNS]) },
    { name: "create-projects", sql: (dialect) => schemaSql(dialect, PROJECTS) },
    { name: "create-tickets", sql: (dialect) => schemaSql(dialect, TICKETS) },
  ],
};

const numbered = (name: string) => ({ name, key: ["id"], isNumbered: true });

/** Tables whose rows go with a tenant that is moved to another database; who looks at a ticket does not. */
export const serviceDeskTables = [
  numbered("rk_desk_staff"),
  { name: "rk_desk_bindings", key: ["customer_id", "staff_id", "ended_at"] },
  { name: "rk_desk_turns", key: ["turn"] },
  numbered("rk_projects"),
  numbered("rk_project_history"),
  numbered("rk_equipment"),
  numbered("rk_tickets"),
  numbered("rk_ticket_events"),
  { name: "rk_ticket_ratings", key: ["ticket_id", "round"] },
  { name: "rk_ticket_viewers", key: ["ticket_id", "viewer"] },
  { name: "rk_ticket_attachments", key: ["ticket_id", "sha256"] },
];
