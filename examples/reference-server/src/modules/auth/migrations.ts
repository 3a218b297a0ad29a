import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

const SESSIONS = `CREATE TABLE rk_sessions (
  id {id},
  token_hash {key} NOT NULL,
  tenant_id {ref} NOT NULL,
  user_id {ref} NOT NULL,
  ip {text} NOT NULL DEFAULT '',
  agent {text} NOT NULL DEFAULT '',
  created_at {instant} NOT NULL,
  expires_at {instant} NOT NULL
)`;

/** How sessions get ids: those of earlier versions are kept; MySQL, which no earlier version ran on, has none. */
const NEW_SESSIONS = {
  kept: [
    "ALTER TABLE rk_sessions RENAME TO rk_sessions_before",
    "DROP INDEX rk_sessions_expiry",
    "DROP INDEX rk_sessions_user",
    SESSIONS,
    `INSERT INTO rk_sessions (token_hash, tenant_id, user_id, created_at, expires_at)
SELECT token_hash, tenant_id, user_id, created_at, expires_at FROM rk_sessions_before`,
    "DROP TABLE rk_sessions_before",
  ],
  anew: ["DROP TABLE IF EXISTS rk_sessions", SESSIONS],
} as const;

/** Tables of people who log in. A user may belong to several tenants; a session belongs to one. */
export const authMigrations: MigrationSet = {
  id: "auth",
  steps: [
    {
      name: "create-users-and-sessions",
      sql: (dialect) =>
        schemaSql(dialect, [
          `CREATE TABLE rk_users (
  id {id},
  username {key} NOT NULL,
  password_hash {text} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
          "CREATE UNIQUE INDEX rk_users_username ON rk_users (username)",
          `CREATE TABLE rk_memberships (
  tenant_id {ref} NOT NULL,
  user_id {ref} NOT NULL,
  role {text} NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
) {clustered}`,
          "CREATE INDEX rk_memberships_user ON rk_memberships (user_id, tenant_id)",
          `CREATE TABLE rk_sessions (
  token_hash {key} NOT NULL PRIMARY KEY,
  tenant_id {ref} NOT NULL,
  user_id {ref} NOT NULL,
  created_at {instant} NOT NULL,
  expires_at {instant} NOT NULL
) {clustered}`,
          "CREATE INDEX rk_sessions_expiry ON rk_sessions (expires_at)",
          "CREATE INDEX rk_sessions_user ON rk_sessions (user_id)",
        ]),
    },
    {
      name: "add-session-ids-lock-out-and-api-keys",
      sql: (dialect) =>
        schemaSql(dialect, [
          "ALTER TABLE rk_memberships ADD COLUMN status {text} NOT NULL DEFAULT 'active'",
          // Whoever set the installation up manages all of it.
          "UPDATE rk_memberships SET role = 'platform' WHERE tenant_id = 1 AND role = 'admin' AND user_id = (SELECT MIN(id) FROM rk_users)",
          ...NEW_SESSIONS[dialect === "mysql" || dialect === "mariadb" ? "anew" : "kept"],
          "CREATE UNIQUE INDEX rk_sessions_token ON rk_sessions (token_hash)",
          "CREATE INDEX rk_sessions_expiry ON rk_sessions (expires_at)",
          "CREATE INDEX rk_sessions_user ON rk_sessions (user_id, tenant_id)",
          `CREATE TABLE rk_login_failures (
  id {id},
  subject {key} NOT NULL,
  at {instant} NOT NULL
)`,
          "CREATE INDEX rk_login_failures_subject ON rk_login_failures (subject)",
          "CREATE INDEX rk_login_failures_at ON rk_login_failures (at)",
          `CREATE TABLE rk_api_keys (
  id {id},
  tenant_id {ref} NOT NULL,
  name {text} NOT NULL,
  token_hash {key} NOT NULL,
  token_start {text} NOT NULL,
  scopes {text} NOT NULL,
  created_by {text} NOT NULL,
  created_at {instant} NOT NULL,
  expires_at {instant},
  used_at {instant}
)`,
          "CREATE UNIQUE INDEX rk_api_keys_token ON rk_api_keys (token_hash)",
          "CREATE INDEX rk_api_keys_tenant ON rk_api_keys (tenant_id, id)",
        ]),
    },
  ],
};
