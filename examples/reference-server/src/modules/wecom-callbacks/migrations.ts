import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

/** What WeCom told of contacts, for as long as something may follow from it. */
export const wecomCallbacksMigrations: MigrationSet = {
  id: "wecom-callbacks",
  steps: [
    {
      name: "create-wecom-events",
      sql: (dialect) =>
        schemaSql(dialect, [
          `CREATE TABLE rk_wecom_events (
  id {id},
  tenant_id {ref} NOT NULL,
  event_hash {key} NOT NULL,
  kind {key} NOT NULL,
  user_id {key} NOT NULL,
  external_userid {key} NOT NULL,
  told_at {instant} NOT NULL,
  is_open {flag} NOT NULL,
  attempts {int} NOT NULL,
  not_before {instant} NOT NULL,
  received_at {instant} NOT NULL
)`,
          "CREATE UNIQUE INDEX rk_wecom_events_key ON rk_wecom_events (tenant_id, event_hash)",
          "CREATE INDEX rk_wecom_events_walk ON rk_wecom_events (tenant_id, id)",
          "CREATE INDEX rk_wecom_events_contact ON rk_wecom_events (tenant_id, external_userid, id)",
          "CREATE INDEX rk_wecom_events_due ON rk_wecom_events (is_open, not_before)",
          "CREATE INDEX rk_wecom_events_age ON rk_wecom_events (received_at)",
        ]),
    },
  ],
};

/** Tables whose rows go with a tenant that is moved to another database. */
export const wecomTenantTables = [{ name: "rk_wecom_events", key: ["id"], isNumbered: true }] as const;
