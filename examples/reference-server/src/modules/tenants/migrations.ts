import type { MigrationSet } from "@recallkit/storage-adapters/migrations";

/** Credentials of tenants at providers; what is secret is sealed. */
export const tenantsMigrations: MigrationSet = {
  id: "tenants",
  steps: [
    {
      name: "create-channel-accounts",
      sql: [
        `CREATE TABLE rk_channel_accounts (
  tenant_id INTEGER NOT NULL,
  channel TEXT NOT NULL,
  settings TEXT NOT NULL,
  sealed TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, channel)
) WITHOUT ROWID`,
      ],
    },
  ],
};
