import type { FoundPerson, PersonEvent, PersonExplanation, PushStory } from "@recallkit/core/people";
import type { ShowAddress } from "@recallkit/http";
import type * as z from "zod";
import type { eventSchema, explanationSchema, personSchema } from "./schema.js";

/** A person as answers show them. */
export function personShape(show: ShowAddress) {
  return ({
    id,
    externalKey,
    name,
    bornOn,
    timeZone,
    identities,
    ...row
  }: FoundPerson): z.input<typeof personSchema> => ({
    id,
    customer_key: externalKey,
    name,
    born_on: bornOn,
    time_zone: timeZone,
    identities: Object.fromEntries(Object.entries(identities).map(([type, value]) => [type, show(value)])),
    is_erased: row.isErased,
    merged_from: row.mergedFrom,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  });
}

/** An event of a timeline. */
export function eventShape(show: ShowAddress) {
  return ({ address, push, ...event }: PersonEvent): z.input<typeof eventSchema> => ({
    ...event,
    address: address === null ? null : show(address),
    push: push && pushShape(push),
  });
}

function pushShape(push: PushStory): NonNullable<z.input<typeof eventSchema>["push"]> {
  return {
    delivery_id: push.id,
    occurrence_id: push.occurrenceId,
    rule_id: push.ruleId,
    rule_name: push.ruleName,
    rule_version: push.ruleVersion,
    kind: push.occurrenceKind,
    nominal: push.nominal,
    due_at: push.dueAt,
    channel: push.channel,
    state: push.state,
    reason: push.reason,
    handed_to: push.handedTo,
    batch_id: push.batchId,
    batch_number: push.batchNumber,
    content: push.content === null ? null : { ...push.content },
    provider_message_id: push.providerMessageId,
    accepted_at: push.acceptedAt,
    delivered_at: push.deliveredAt,
    attempts: push.attempts.map(({ startedAt, endedAt, ...attempt }) => {
      return { ...attempt, started_at: startedAt, ended_at: endedAt };
    }),
  };
}

/** Why a person would be contacted, or would not. */
export function explanationShape(told: PersonExplanation): z.input<typeof explanationSchema> {
  return {
    customer_id: told.customerId,
    customer_key: told.externalKey,
    rule_id: told.ruleId,
    rule_version: told.ruleVersion,
    at: told.at,
    included: told.included,
    verdict: told.verdict,
    sentence: told.sentence,
    conditions: told.conditions.map((condition) => ({ ...condition })),
    gates: told.gates.map(({ isAsked, ...gate }) => ({ ...gate, is_asked: isAsked })),
    pushes: told.pushes.map(({ deliveryId, occurrenceId, dueAt, sentence }) => {
      return { delivery_id: deliveryId, occurrence_id: occurrenceId, due_at: dueAt, sentence };
    }),
    notes: [...told.notes],
  };
}
