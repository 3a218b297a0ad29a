import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

/** What was not as it should be, of the whole installation. open_name: kind and subject while it goes on; null afterwards. */
export const alertsMigrations: MigrationSet = {
  id: "alerts",
  steps: [
    {
      name: "create-alerts",
      sql: (dialect) =>
        schemaSql(dialect, [
          `CREATE TABLE rk_alerts (
  id {id},
  kind {key} NOT NULL,
  subject {key} NOT NULL,
  detail {text} NOT NULL,
  state {key} NOT NULL,
  open_name {key},
  opened_at {instant} NOT NULL,
  seen_at {instant} NOT NULL,
  acknowledged_by {text},
  recovered_at {instant},
  told_at {instant},
  recovery_told {flag} NOT NULL
)`,
          "CREATE UNIQUE INDEX rk_alerts_open ON rk_alerts (open_name)",
          "CREATE INDEX rk_alerts_state ON rk_alerts (state, recovery_told, id)",
        ]),
    },
  ],
};
