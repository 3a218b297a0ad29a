import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

/** Values of the configuration, of the whole installation. value: JSON, sealed where the key is a secret. */
export const configurationMigrations: MigrationSet = {
  id: "configuration",
  steps: [
    {
      name: "create-config-entries",
      sql: (dialect) =>
        schemaSql(dialect, [
          `CREATE TABLE rk_config_entries (
  id {id},
  name {key} NOT NULL,
  value {text} NOT NULL,
  version {int} NOT NULL,
  description {text} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  updated_by {text} NOT NULL
)`,
          "CREATE UNIQUE INDEX rk_config_entries_name ON rk_config_entries (name)",
          // What each version was; only ever added to.
          `CREATE TABLE rk_config_versions (
  entry_id {ref} NOT NULL,
  version {int} NOT NULL,
  value {text} NOT NULL,
  action {key} NOT NULL,
  actor {text} NOT NULL,
  at {instant} NOT NULL,
  PRIMARY KEY (entry_id, version)
) {clustered}`,
        ]),
    },
  ],
};
