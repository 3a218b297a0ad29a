import type { Batch } from "@recallkit/core";
import type { Kysely } from "kysely";
import type { Database } from "../../schema/database.js";

/** Batches as `b`, with the names that the domain uses. */
export function batchRows(db: Kysely<Database>) {
  return db
    .selectFrom("rk_batches as b")
    .select([
      "b.id",
      "b.tenant_id as tenantId",
      "b.occurrence_id as occurrenceId",
      "b.rule_id as ruleId",
      "b.channel",
      "b.number",
      "b.state",
      "b.reason",
      "b.size",
      "b.marker",
      "b.content_hash as contentHash",
      "b.capability",
      "b.provider_message_id as providerMessageId",
      "b.warnings",
      "b.attempts",
      "b.resends",
      "b.faults",
      "b.look_ups as lookUps",
      "b.not_before as notBefore",
      "b.attempted_at as attemptedAt",
      "b.accepted_at as acceptedAt",
      "b.polls",
      "b.hands_on as handsOn",
      "b.called_off_at as calledOffAt",
      "b.settled",
      "b.lease_owner as leaseOwner",
      "b.lease_until as leaseUntil",
      "b.lease_epoch as leaseEpoch",
      "b.created_at as createdAt",
    ]);
}

type BatchRow = Awaited<ReturnType<ReturnType<typeof batchRows>["execute"]>>[number];

/** A row as the domain sees it. */
export function toBatch(row: BatchRow): Batch {
  const warnings: readonly string[] = JSON.parse(row.warnings);
  const handsOn = row.handsOn === null ? null : row.handsOn === 1;
  return { ...row, warnings, handsOn, settled: row.settled === 1 };
}
