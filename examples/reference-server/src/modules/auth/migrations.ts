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
  ],
};
