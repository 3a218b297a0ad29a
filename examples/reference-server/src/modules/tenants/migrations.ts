import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

/** Credentials of tenants at providers; what is secret is sealed. */
export const tenantsMigrations: MigrationSet = {
  id: "tenants",
  steps: [
    {
      name: "create-channel-accounts",
      sql: (dialect) =>
        schemaSql(dialect, [
          `CREATE TABLE rk_channel_accounts (
  tenant_id {ref} NOT NULL,
  channel {key} NOT NULL,
  settings {text} NOT NULL,
  sealed {text} NOT NULL,
  created_at {instant} NOT NULL,
  updated_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, channel)
) {clustered}`,
        ]),
    },
  ],
};
