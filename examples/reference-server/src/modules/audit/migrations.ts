import type { MigrationSet } from "@recallkit/storage-adapters/migrations";

/** Who changed what. Rows are only ever added. */
export const auditMigrations: MigrationSet = {
  id: "audit",
  steps: [
    {
      name: "create-audit-log",
      sql: [
        `CREATE TABLE rk_audit_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL,
  actor TEXT NOT NULL,
  actor_name TEXT,
  action TEXT NOT NULL,
  target TEXT,
  request_id TEXT,
  ip TEXT,
  at INTEGER NOT NULL
)`,
        "CREATE INDEX rk_audit_log_tenant ON rk_audit_log (tenant_id, id)",
      ],
    },
  ],
};
