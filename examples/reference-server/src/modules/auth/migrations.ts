import type { MigrationSet } from "@recallkit/storage-adapters/migrations";

/** Tables of people who log in. A user may belong to several tenants; a session belongs to one. */
export const authMigrations: MigrationSet = {
  id: "auth",
  steps: [
    {
      name: "create-users-and-sessions",
      sql: [
        `CREATE TABLE rk_users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  username TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
)`,
        "CREATE UNIQUE INDEX rk_users_username ON rk_users (username)",
        `CREATE TABLE rk_memberships (
  tenant_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
) WITHOUT ROWID`,
        "CREATE INDEX rk_memberships_user ON rk_memberships (user_id, tenant_id)",
        `CREATE TABLE rk_sessions (
  token_hash TEXT NOT NULL PRIMARY KEY,
  tenant_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID`,
        "CREATE INDEX rk_sessions_expiry ON rk_sessions (expires_at)",
        "CREATE INDEX rk_sessions_user ON rk_sessions (user_id)",
      ],
    },
    {
      name: "add-session-ids-lock-out-and-api-keys",
      sql: [
        "ALTER TABLE rk_memberships ADD COLUMN status TEXT NOT NULL DEFAULT 'active'",
        // Whoever set the installation up manages all of it.
        "UPDATE rk_memberships SET role = 'platform' WHERE tenant_id = 1 AND role = 'admin' AND user_id = (SELECT MIN(id) FROM rk_users)",
        "ALTER TABLE rk_sessions RENAME TO rk_sessions_before",
        "DROP INDEX rk_sessions_expiry",
        "DROP INDEX rk_sessions_user",
        `CREATE TABLE rk_sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash TEXT NOT NULL,
  tenant_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  ip TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
)`,
        `INSERT INTO rk_sessions (token_hash, tenant_id, user_id, created_at, expires_at)
SELECT token_hash, tenant_id, user_id, created_at, expires_at FROM rk_sessions_before`,
        "DROP TABLE rk_sessions_before",
        "CREATE UNIQUE INDEX rk_sessions_token ON rk_sessions (token_hash)",
        "CREATE INDEX rk_sessions_expiry ON rk_sessions (expires_at)",
        "CREATE INDEX rk_sessions_user ON rk_sessions (user_id, tenant_id)",
        `CREATE TABLE rk_login_failures (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject TEXT NOT NULL,
  at INTEGER NOT NULL
)`,
        "CREATE INDEX rk_login_failures_subject ON rk_login_failures (subject)",
        "CREATE INDEX rk_login_failures_at ON rk_login_failures (at)",
        `CREATE TABLE rk_api_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  token_start TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  used_at INTEGER
)`,
        "CREATE UNIQUE INDEX rk_api_keys_token ON rk_api_keys (token_hash)",
        "CREATE INDEX rk_api_keys_tenant ON rk_api_keys (tenant_id, id)",
      ],
    },
  ],
};
