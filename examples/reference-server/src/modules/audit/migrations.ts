import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

/** Who changed what. Rows are only ever added. */
export const auditMigrations: MigrationSet = {
  id: "audit",
  steps: [
    {
      name: "create-audit-log",
      sql: (dialect) =>
        schemaSql(dialect, [
          `CREATE TABLE rk_audit_log (
  id {id},
  tenant_id {ref} NOT NULL,
  actor {text} NOT NULL,
  actor_name {text},
  action {text} NOT NULL,
  target {text},
  request_id {text},
  ip {text},
  at {instant} NOT NULL
)`,
          "CREATE INDEX rk_audit_log_tenant ON rk_audit_log (tenant_id, id)",
        ]),
    },
    {
      name: "add-notes",
      // Programs of before write none and read none.
      minReader: 1,
      sql: (dialect) => schemaSql(dialect, ["ALTER TABLE rk_audit_log ADD COLUMN note {text}"]),
    },
  ],
};
