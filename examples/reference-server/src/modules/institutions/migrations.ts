import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

// tenant_id: an institution is a tenant. code: of the documents (`BJ-HA-001`), one for the installation. row_hash: of what a
// file said, so that the same file again changes nothing.
const INSTITUTIONS = [
  `CREATE TABLE rk_institutions (
  tenant_id {ref} NOT NULL,
  code {key} NOT NULL,
  name {key} NOT NULL,
  type {key} NOT NULL,
  address {text} NOT NULL,
  phone {key} NOT NULL,
  email {key} NOT NULL,
  status {key} NOT NULL,
  row_hash {key},
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id)
)`,
  "CREATE UNIQUE INDEX rk_institutions_code ON rk_institutions (code)",
];

/** Tables of institutions, for `stores.migrate`. */
export const institutionsMigrations: MigrationSet = {
  id: "institutions",
  steps: [{ name: "create-institutions", sql: (dialect) => schemaSql(dialect, INSTITUTIONS) }],
};
