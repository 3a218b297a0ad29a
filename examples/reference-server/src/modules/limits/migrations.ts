import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

/** Requests counted by caller and window; what processes tell each other. */
export const limitsMigrations: MigrationSet = {
  id: "limits",
  steps: [
    {
      name: "create-request-counts",
      sql: (dialect) =>
        schemaSql(dialect, [
          `CREATE TABLE rk_request_counts (
  counter {key} NOT NULL PRIMARY KEY,
  hits {int} NOT NULL,
  expires_at {instant} NOT NULL
) {clustered}`,
          "CREATE INDEX rk_request_counts_expiry ON rk_request_counts (expires_at)",
        ]),
    },
  ],
};
