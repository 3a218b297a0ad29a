import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

/** Imports, what they have done chunk by chunk, and whose turn it is. */
export const importsMigrations: MigrationSet = {
  id: "imports",
  steps: [
    {
      name: "create-imports",
      sql: (dialect) =>
        schemaSql(dialect, [
          `CREATE TABLE rk_imports (
  id {id},
  tenant_id {ref} NOT NULL,
  state {key} NOT NULL,
  is_dry_run {flag} NOT NULL,
  is_cancelled {flag} NOT NULL,
  name {text} NOT NULL,
  file {key} NOT NULL,
  bytes {int} NOT NULL,
  reading {json} NOT NULL,
  mapping {json},
  look {json},
  done_rows {int} NOT NULL,
  dry_run {json},
  result {json},
  error {json},
  rejects {int} NOT NULL,
  language {key} NOT NULL,
  created_by {key} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  started_at {instant},
  finished_at {instant}
)`,
          "CREATE INDEX rk_imports_tenant ON rk_imports (tenant_id, id)",
          "CREATE INDEX rk_imports_state ON rk_imports (state, id)",
          `CREATE TABLE rk_import_chunks (
  import_id {ref} NOT NULL,
  number {int} NOT NULL,
  items {int} NOT NULL,
  outcome {json} NOT NULL,
  PRIMARY KEY (import_id, number)
) {clustered}`,
          `CREATE TABLE rk_import_turns (
  tenant_id {ref} NOT NULL PRIMARY KEY,
  fence {int} NOT NULL,
  held_until {instant} NOT NULL
) {clustered}`,
        ]),
    },
  ],
};
