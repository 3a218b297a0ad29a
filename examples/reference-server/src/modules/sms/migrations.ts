import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

/** What phones and providers said: reports of messages, replies, and the events that were accepted, once each. */
export const smsMigrations: MigrationSet = {
  id: "sms",
  steps: [
    {
      name: "create-sms-receipts-and-replies",
      sql: (dialect) =>
        schemaSql(dialect, [
          // The address and the word are part of the key: what is forged stands beside what is true, and displaces nothing.
          `CREATE TABLE rk_sms_receipts (
  tenant_id {ref} NOT NULL,
  provider_message_id {key} NOT NULL,
  address {key} NOT NULL,
  is_delivered {flag} NOT NULL,
  reason {text},
  at {instant},
  received_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, provider_message_id, address, is_delivered)
) {clustered}`,
          "CREATE INDEX rk_sms_receipts_age ON rk_sms_receipts (received_at)",
          `CREATE TABLE rk_sms_replies (
  id {id},
  tenant_id {ref} NOT NULL,
  reply_hash {key} NOT NULL,
  provider {key} NOT NULL,
  address {key} NOT NULL,
  body {text} NOT NULL,
  is_opt_out {flag} NOT NULL,
  at {instant} NOT NULL,
  received_at {instant} NOT NULL
)`,
          "CREATE UNIQUE INDEX rk_sms_replies_key ON rk_sms_replies (tenant_id, reply_hash)",
          "CREATE INDEX rk_sms_replies_walk ON rk_sms_replies (tenant_id, id)",
          "CREATE INDEX rk_sms_replies_age ON rk_sms_replies (received_at)",
          `CREATE TABLE rk_callbacks (
  id {id},
  tenant_id {ref} NOT NULL,
  event_hash {key} NOT NULL,
  provider {key} NOT NULL,
  kind {key} NOT NULL,
  reference {text} NOT NULL,
  address {key} NOT NULL,
  outcome {text} NOT NULL,
  at {instant},
  received_at {instant} NOT NULL
)`,
          "CREATE UNIQUE INDEX rk_callbacks_key ON rk_callbacks (tenant_id, event_hash)",
          "CREATE INDEX rk_callbacks_walk ON rk_callbacks (tenant_id, id)",
          "CREATE INDEX rk_callbacks_age ON rk_callbacks (received_at)",
        ]),
    },
  ],
};

/** Tables whose rows go with a tenant that is moved to another database. */
export const smsTenantTables = [
  { name: "rk_sms_receipts", key: ["provider_message_id", "address", "is_delivered"] },
  { name: "rk_sms_replies", key: ["id"], isNumbered: true },
  { name: "rk_callbacks", key: ["id"], isNumbered: true },
] as const;
