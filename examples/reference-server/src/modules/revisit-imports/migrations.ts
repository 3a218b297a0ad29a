import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

// tenant_id: 0 for a file whose rows are of several institutions, or of none. run: raised when a file is taken from its first
// row again. done_rows: rows that were looked at and written in committed transactions; whoever writes the next chunk names it,
// so that of two processes one goes on. fault: JSON of what ended the file.
const FILES = [
  `CREATE TABLE rk_revisit_files (
  id {id},
  tenant_id {ref} NOT NULL,
  kind {key} NOT NULL,
  content_hash {key} NOT NULL,
  name {key} NOT NULL,
  bytes {ref} NOT NULL,
  state {key} NOT NULL,
  run {int} NOT NULL,
  done_rows {int} NOT NULL,
  inserted {int} NOT NULL,
  updated {int} NOT NULL,
  unchanged {int} NOT NULL,
  rejected {int} NOT NULL,
  dropped {int} NOT NULL,
  fault {json},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL
)`,
  "CREATE UNIQUE INDEX rk_revisit_files_content ON rk_revisit_files (tenant_id, kind, content_hash)",
  `CREATE TABLE rk_revisit_findings (
  file_id {ref} NOT NULL,
  row_index {int} NOT NULL,
  number {int} NOT NULL,
  line {int} NOT NULL,
  row_code {key} NOT NULL,
  path {key} NOT NULL,
  code {key} NOT NULL,
  is_rejected {flag} NOT NULL,
  PRIMARY KEY (file_id, row_index, number)
) {clustered}`,
];

// What files last said of a customer or of a record. seen_by: the file and run that named it last. row_hash: of the whole row; null
// after a part of it was changed, so that the next whole row is taken. content: the record as JSON, for updates of some fields.
const ROWS = [
  `CREATE TABLE rk_revisit_rows (
  tenant_id {ref} NOT NULL,
  kind {key} NOT NULL,
  code {key} NOT NULL,
  customer_code {key} NOT NULL,
  seen_by {key} NOT NULL,
  row_hash {key},
  content {json},
  PRIMARY KEY (tenant_id, kind, code)
) {clustered}`,
  "CREATE INDEX rk_revisit_rows_customer ON rk_revisit_rows (tenant_id, customer_code)",
];

// Doctors, projects and products of the chain. details: JSON of what else a file says of one.
const CATALOGUE = [
  `CREATE TABLE rk_revisit_catalogue (
  kind {key} NOT NULL,
  code {key} NOT NULL,
  name {key} NOT NULL,
  details {json} NOT NULL,
  row_hash {key} NOT NULL,
  updated_at {instant} NOT NULL,
  PRIMARY KEY (kind, code)
) {clustered}`,
];

/** Files of institutions: what was read, what was wrong, and the catalogues of the chain. */
export const revisitImportsMigrations: MigrationSet = {
  id: "revisit-imports",
  steps: [{ name: "create-revisit-files", sql: (dialect) => schemaSql(dialect, [...FILES, ...ROWS, ...CATALOGUE]) }],
};
