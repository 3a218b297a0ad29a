import type { MigrationSet } from "@recallkit/storage-adapters/migrations";

/** Requests counted by caller and window; what processes tell each other. */
export const limitsMigrations: MigrationSet = {
  id: "limits",
  steps: [
    {
      name: "create-request-counts",
      sql: [
        `CREATE TABLE rk_request_counts (
  counter TEXT NOT NULL PRIMARY KEY,
  hits INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID`,
        "CREATE INDEX rk_request_counts_expiry ON rk_request_counts (expires_at)",
      ],
    },
  ],
};
