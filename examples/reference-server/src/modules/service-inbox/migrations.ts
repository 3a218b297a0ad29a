import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

// entrance and address: who writes. state: router while rules answer, person while somebody of the desk does. ticket_id: what the
// person works on, or asks a rating for. lease_until: whoever works on its messages holds it until then.
const SESSIONS = [
  `CREATE TABLE rk_wechat_sessions (
  id {id},
  tenant_id {ref} NOT NULL,
  entrance {key} NOT NULL,
  address {key} NOT NULL,
  customer_id {ref},
  state {key} NOT NULL,
  ticket_id {ref},
  asks {key} NOT NULL,
  next_sequence {int} NOT NULL,
  unread {int} NOT NULL,
  last_in_at {instant},
  last_at {instant} NOT NULL,
  lease_until {instant} NOT NULL,
  lease_epoch {int} NOT NULL,
  created_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_wechat_sessions_address ON rk_wechat_sessions (tenant_id, entrance, address)",
  "CREATE INDEX rk_wechat_sessions_customer ON rk_wechat_sessions (tenant_id, customer_id, id)",
  "CREATE INDEX rk_wechat_sessions_walk ON rk_wechat_sessions (tenant_id, last_at, id)",
  "CREATE INDEX rk_wechat_sessions_ticket ON rk_wechat_sessions (tenant_id, ticket_id)",
  // event_hash: of the provider's own id, so that what is told again is one message; out:… of an answer. via: callback while the
  // request that told it waits for the answer, engine when it goes out as a message of its own. push_kind and push_id: the
  // delivery that the customer got last before it, and may be answering.
  `CREATE TABLE rk_wechat_messages (
  id {id},
  tenant_id {ref} NOT NULL,
  session_id {ref} NOT NULL,
  sequence {int} NOT NULL,
  direction {key} NOT NULL,
  author {key} NOT NULL,
  kind {key} NOT NULL,
  body {text} NOT NULL,
  event_hash {key} NOT NULL,
  via {key} NOT NULL,
  state {key} NOT NULL,
  attempts {int} NOT NULL,
  not_before {instant} NOT NULL,
  push_kind {key},
  push_id {ref},
  message_id {ref},
  decision_id {ref},
  told_at {instant} NOT NULL,
  created_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_wechat_messages_event ON rk_wechat_messages (tenant_id, event_hash)",
  "CREATE UNIQUE INDEX rk_wechat_messages_order ON rk_wechat_messages (tenant_id, session_id, sequence)",
  "CREATE INDEX rk_wechat_messages_due ON rk_wechat_messages (state, not_before)",
];

// confidence: hundredths. sources: what the answer rests on, JSON. corrected_intent: what somebody says it was.
const ROUTER = [
  `CREATE TABLE rk_router_decisions (
  id {id},
  tenant_id {ref} NOT NULL,
  session_id {ref},
  message_id {ref},
  customer_id {ref},
  request_key {key} NOT NULL,
  text {text} NOT NULL,
  intent {key} NOT NULL,
  confidence {int} NOT NULL,
  engine {key} NOT NULL,
  model {key},
  reason {text} NOT NULL,
  action {key} NOT NULL,
  reply {text} NOT NULL,
  sources {json} NOT NULL,
  ticket_id {ref},
  project_id {ref},
  handed_over {flag} NOT NULL,
  corrected_intent {key},
  corrected_by {key},
  corrected_at {instant},
  created_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_router_decisions_request ON rk_router_decisions (tenant_id, request_key)",
  "CREATE INDEX rk_router_decisions_walk ON rk_router_decisions (tenant_id, id)",
  "CREATE INDEX rk_router_decisions_customer ON rk_router_decisions (tenant_id, customer_id)",
  `CREATE TABLE rk_router_examples (
  id {id},
  tenant_id {ref} NOT NULL,
  text_hash {key} NOT NULL,
  text {text} NOT NULL,
  intent {key} NOT NULL,
  decision_id {ref},
  created_by {key} NOT NULL,
  created_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_router_examples_text ON rk_router_examples (tenant_id, text_hash)",
  `CREATE TABLE rk_inbox_settings (
  tenant_id {ref} NOT NULL,
  settings {json} NOT NULL,
  group_bot {text},
  version {int} NOT NULL,
  updated_by {key} NOT NULL,
  updated_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id)
)`,
];

// term: a pair of characters, or a word of letters and digits. weight: 3 in the question and its keywords, 1 in the answer.
const KNOWLEDGE = [
  `CREATE TABLE rk_knowledge (
  id {id},
  tenant_id {ref} NOT NULL,
  question {text} NOT NULL,
  keywords {text} NOT NULL,
  answer {text} NOT NULL,
  is_active {flag} NOT NULL,
  version {int} NOT NULL,
  updated_by {key} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE INDEX rk_knowledge_walk ON rk_knowledge (tenant_id, id)",
  `CREATE TABLE rk_knowledge_terms (
  tenant_id {ref} NOT NULL,
  term {key} NOT NULL,
  knowledge_id {ref} NOT NULL,
  weight {int} NOT NULL,
  PRIMARY KEY (tenant_id, term, knowledge_id)
) {clustered}`,
  "CREATE INDEX rk_knowledge_terms_entry ON rk_knowledge_terms (tenant_id, knowledge_id)",
];

// Codes are kept as keyed hashes, and so are the numbers that they were asked for. bind_limits: how often within the hour that
// began at begun_at. wechat_bindings: what happened, and conflicts that wait for somebody (state open).
const BINDING = [
  `CREATE TABLE rk_bind_codes (
  id {id},
  tenant_id {ref} NOT NULL,
  address_hash {key} NOT NULL,
  phone_hash {key} NOT NULL,
  customer_id {ref},
  code_hash {key} NOT NULL,
  tries {int} NOT NULL,
  state {key} NOT NULL,
  expires_at {instant} NOT NULL,
  created_at {instant} NOT NULL
)`,
  "CREATE INDEX rk_bind_codes_address ON rk_bind_codes (tenant_id, address_hash, id)",
  "CREATE INDEX rk_bind_codes_age ON rk_bind_codes (expires_at)",
  `CREATE TABLE rk_bind_limits (
  tenant_id {ref} NOT NULL,
  subject {key} NOT NULL,
  begun_at {instant} NOT NULL,
  used {int} NOT NULL,
  PRIMARY KEY (tenant_id, subject)
) {clustered}`,
  "CREATE INDEX rk_bind_limits_age ON rk_bind_limits (begun_at)",
  `CREATE TABLE rk_wechat_bindings (
  id {id},
  tenant_id {ref} NOT NULL,
  entrance {key} NOT NULL,
  address {key} NOT NULL,
  customer_id {ref},
  other_customer_id {ref},
  action {key} NOT NULL,
  source {key} NOT NULL,
  state {key} NOT NULL,
  actor {key} NOT NULL,
  created_at {instant} NOT NULL,
  decided_at {instant}
)`,
  "CREATE INDEX rk_wechat_bindings_walk ON rk_wechat_bindings (tenant_id, id)",
  "CREATE INDEX rk_wechat_bindings_address ON rk_wechat_bindings (tenant_id, entrance, address, id)",
  "CREATE INDEX rk_wechat_bindings_customer ON rk_wechat_bindings (tenant_id, customer_id)",
];

// One row for what is told under a key: told again only when it changes or the time is over; recovered when it is over.
const NOTICES = [
  `CREATE TABLE rk_group_notices (
  id {id},
  tenant_id {ref} NOT NULL,
  notice_key {key} NOT NULL,
  state {key} NOT NULL,
  content_hash {key} NOT NULL,
  told {int} NOT NULL,
  suppressed {int} NOT NULL,
  told_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_group_notices_key ON rk_group_notices (tenant_id, notice_key)",
];

// Accounts of 微信客服. sync_cursor: up to where messages are kept. token: of the latest callback. news: how often something new was
// told, seen: up to which of these it has been fetched. rk_kf_windows: what a customer may still be sent, five messages in the 48
// hours after last_in_at.
const CUSTOMER_SERVICE = [
  `CREATE TABLE rk_kf_accounts (
  tenant_id {ref} NOT NULL,
  open_kfid {key} NOT NULL,
  sync_cursor {key},
  token {key},
  token_at {instant} NOT NULL,
  news {int} NOT NULL,
  seen {int} NOT NULL,
  attempts {int} NOT NULL,
  not_before {instant} NOT NULL,
  lease_until {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, open_kfid)
) {clustered}`,
  `CREATE TABLE rk_kf_windows (
  tenant_id {ref} NOT NULL,
  external_userid {key} NOT NULL,
  open_kfid {key} NOT NULL,
  last_in_at {instant} NOT NULL,
  sent {int} NOT NULL,
  PRIMARY KEY (tenant_id, external_userid, open_kfid)
) {clustered}`,
];

// One person's conversations that are read as one; no message moves, so that it can be undone and no figure changes.
const MERGES = [
  `CREATE TABLE rk_wechat_merges (
  tenant_id {ref} NOT NULL,
  session_id {ref} NOT NULL,
  into_id {ref} NOT NULL,
  actor {key} NOT NULL,
  created_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, session_id)
) {clustered}`,
  "CREATE INDEX rk_wechat_merges_into ON rk_wechat_merges (tenant_id, into_id)",
];

/** Conversations with customers and staff, what the router decided, knowledge, bindings. */
export const serviceInboxMigrations: MigrationSet = {
  id: "service-inbox",
  steps: [
    { name: "create-wechat-sessions", sql: (dialect) => schemaSql(dialect, SESSIONS) },
    { name: "create-router", sql: (dialect) => schemaSql(dialect, ROUTER) },
    { name: "create-knowledge", sql: (dialect) => schemaSql(dialect, KNOWLEDGE) },
    { name: "create-wechat-bindings", sql: (dialect) => schemaSql(dialect, BINDING) },
    { name: "create-group-notices", sql: (dialect) => schemaSql(dialect, NOTICES) },
    // Older programs leave customers of 微信客服 to newer ones.
    { name: "create-kf-accounts", minReader: 1, sql: (dialect) => schemaSql(dialect, CUSTOMER_SERVICE) },
    { name: "create-wechat-merges", minReader: 1, sql: (dialect) => schemaSql(dialect, MERGES) },
  ],
};

const numbered = (name: string) => ({ name, key: ["id"], isNumbered: true });

/** Tables whose rows go with a tenant that is moved to another database; codes and their limits do not. */
export const serviceInboxTables = [
  numbered("rk_wechat_sessions"),
  numbered("rk_wechat_messages"),
  numbered("rk_router_decisions"),
  numbered("rk_router_examples"),
  { name: "rk_inbox_settings", key: ["tenant_id"] },
  numbered("rk_knowledge"),
  { name: "rk_knowledge_terms", key: ["term", "knowledge_id"] },
  numbered("rk_wechat_bindings"),
  numbered("rk_group_notices"),
  { name: "rk_wechat_merges", key: ["session_id"] },
  { name: "rk_kf_accounts", key: ["open_kfid"] },
  { name: "rk_kf_windows", key: ["external_userid", "open_kfid"] },
] as const;
