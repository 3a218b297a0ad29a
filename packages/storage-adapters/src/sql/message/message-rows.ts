import type { Message, MessageBatch } from "@recallkit/core/ports";
import type { Kysely } from "kysely";
import type { Database } from "../../schema/database.js";

/** Messages as `m`, with the names that the domain uses. */
export function messageRows(db: Kysely<Database>) {
  return db.selectFrom("rk_messages as m").select(MESSAGE);
}

const MESSAGE = [
  "m.id",
  "m.tenant_id as tenantId",
  "m.batch_id as batchId",
  "m.template_id as templateId",
  "m.template_version as templateVersion",
  "m.channel",
  "m.customer_id as customerId",
  "m.address",
  "m.address_hash as addressHash",
  "m.time_zone as timeZone",
  "m.variables",
  "m.message_class as messageClass",
  "m.priority",
  "m.state",
  "m.reason",
  "m.not_before as notBefore",
  "m.expires_at as expiresAt",
  "m.attempts",
  "m.resends",
  "m.checks",
  "m.attempted_at as attemptedAt",
  "m.accepted_at as acceptedAt",
  "m.reported_at as reportedAt",
  "m.provider_message_id as providerMessageId",
  "m.lease_owner as leaseOwner",
  "m.lease_until as leaseUntil",
  "m.lease_epoch as leaseEpoch",
  "m.request_key as requestKey",
  "m.created_at as createdAt",
  "m.updated_at as updatedAt",
] as const;

/** A row as the domain sees it. */
export function toMessage(row: Omit<Message, "variables"> & { readonly variables: string }): Message {
  // What this store has written.
  return { ...row, variables: JSON.parse(row.variables) as Message["variables"] };
}

/** Batches as `b`. */
export function messageBatchRows(db: Kysely<Database>) {
  return db
    .selectFrom("rk_message_batches as b")
    .select(["b.id", "b.tenant_id as tenantId", "b.template_id as templateId", "b.priority", "b.total"])
    .select(["b.accepted", "b.duplicates", "b.rejected", "b.request_key as requestKey"])
    .select(["b.created_at as createdAt", "b.cancelled_at as cancelledAt"]);
}

/** A batch as the domain sees it. */
export function toMessageBatch(row: Omit<MessageBatch, "rejected"> & { readonly rejected: string }): MessageBatch {
  return { ...row, rejected: JSON.parse(row.rejected) as MessageBatch["rejected"] };
}
