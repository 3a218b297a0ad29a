import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

/** Mails that came back, once for each mail and address; of those that this tenant sent and no others. */
export const bouncesMigrations: MigrationSet = {
  id: "bounces",
  steps: [
    {
      name: "create-bounces",
      sql: (dialect) =>
        schemaSql(dialect, [
          `CREATE TABLE rk_bounces (
  tenant_id {ref} NOT NULL,
  provider_message_id {key} NOT NULL,
  address {key} NOT NULL,
  kind {key} NOT NULL,
  reason {key} NOT NULL,
  received_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, provider_message_id, address, kind)
) {clustered}`,
          "CREATE INDEX rk_bounces_age ON rk_bounces (received_at)",
        ]),
    },
  ],
};
