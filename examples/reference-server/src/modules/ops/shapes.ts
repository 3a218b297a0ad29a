import type {
  Alarm,
  Attempt,
  Batch,
  Delivery,
  OccurrenceStatus,
  Page,
  SimulatedSlot,
  TaskResult,
} from "@recallkit/core";
import type { AlarmMute, Language, StaffPage, UpcomingSlot } from "@recallkit/core/people";
import { alarmSentence } from "@recallkit/core/people";
import type { ReasonCount } from "@recallkit/core/ports";
import type { ShowAddress } from "@recallkit/http";
import type * as z from "zod";
import type {
  alarmSchema,
  attemptSchema,
  batchSchema,
  deliverySchema,
  mutesSchema,
  occurrenceSchema,
  reasonsSchema,
  staffSchema,
  tasksSchema,
  upcomingSchema,
} from "./schema.js";

/** A page of rows in the shape of the answer. */
export async function pageAnswer<Row, Item>(page: Page<Row>, shape: (row: Row) => Item | Promise<Item>) {
  const items: Item[] = [];
  // One after the other: a page of occurrences counts its rows, and there is one reading connection.
  for (const row of page.items) items.push(await shape(row));
  return { items, next_cursor: page.nextCursor };
}

export function occurrenceShape(row: OccurrenceStatus): z.input<typeof occurrenceSchema> {
  return {
    id: row.id,
    rule_id: row.ruleId,
    rule_version: row.ruleVersion,
    kind: row.kind,
    nominal: row.nominal,
    time_zone: row.timeZone,
    state: row.state,
    reason: row.reason,
    blocked_on_review: row.blockedOnReview,
    audience_size: row.audienceSize,
    due_at: row.dueAt,
    expires_at: row.expiresAt,
    as_of: row.asOf,
    created_at: row.createdAt,
    started_at: row.startedAt,
    finished_at: row.finishedAt,
    batches: countsShape(row.batches),
    deliveries: countsShape(row.deliveries),
    handed_on: row.handedOn.map((group) => ({ ...group })),
  };
}

function countsShape(byState: Readonly<Partial<Record<string, number>>>) {
  const entries = Object.entries(byState).map(([state, count]): [string, number] => [state, count ?? 0]);
  return { total: entries.reduce((sum, [, count]) => sum + count, 0), by_state: Object.fromEntries(entries) };
}

export function batchShape(row: Batch): z.input<typeof batchSchema> {
  return {
    id: row.id,
    occurrence_id: row.occurrenceId,
    rule_id: row.ruleId,
    channel: row.channel,
    number: row.number,
    state: row.state,
    reason: row.reason,
    provider_message_id: row.providerMessageId,
    size: row.size,
    warnings: [...row.warnings],
    capability: row.capability,
    attempts: row.attempts,
    resends: row.resends,
    not_before: row.notBefore,
    attempted_at: row.attemptedAt,
    accepted_at: row.acceptedAt,
    called_off_at: row.calledOffAt,
    is_settled: row.settled,
    created_at: row.createdAt,
  };
}

export function deliveryShape(show: ShowAddress) {
  return (row: Delivery): z.input<typeof deliverySchema> => ({
    id: row.id,
    occurrence_id: row.occurrenceId,
    rule_id: row.ruleId,
    customer_id: row.customerId,
    customer_key: row.externalKey,
    channel: row.channel,
    address: row.address === null ? null : show(row.address),
    batch_id: row.batchId,
    state: row.state,
    reason: row.reason,
    handed_to: row.handedTo,
    accepted_at: row.acceptedAt,
    delivered_at: row.deliveredAt,
    updated_at: row.updatedAt,
  });
}

/** The largest group first. */
export function reasonsShape(groups: readonly ReasonCount[]): z.input<typeof reasonsSchema> {
  const items = groups.map(({ state, reason, people }) => ({ state, reason, people }));
  return {
    total: items.reduce((sum, { people }) => sum + people, 0),
    items: items.sort(
      (a, b) => b.people - a.people || `${a.state} ${a.reason}`.localeCompare(`${b.state} ${b.reason}`),
    ),
  };
}

export function staffShape({ items, failed, nextCursor }: StaffPage): z.input<typeof staffSchema> {
  return {
    items: items.map((one) => ({
      batch_id: one.batchId,
      staff: one.staff,
      is_confirmed: one.isConfirmed,
      confirmed_at: one.confirmedAt,
    })),
    failed: failed.map(({ batchId, code }) => ({ batch_id: batchId, code })),
    next_cursor: nextCursor,
  };
}

export function attemptShape(row: Attempt): z.input<typeof attemptSchema> {
  return {
    id: row.id,
    batch_id: row.batchId,
    kind: row.kind,
    number: row.number,
    class: row.class,
    answer: row.answer,
    started_at: row.startedAt,
    ended_at: row.endedAt,
  };
}

/** An alarm with its meaning, and whether its code is muted. */
export function alarmShape(show: ShowAddress, mutes: readonly AlarmMute[], language: Language) {
  return (row: Alarm): z.input<typeof alarmSchema> => ({
    id: row.id,
    code: row.code,
    entity: row.entity,
    entity_id: row.entityId,
    detail: row.detail,
    addresses: row.addresses.map(show),
    at: row.at,
    sentence: alarmSentence(row.code)[language],
    acknowledged_by: row.acknowledgedBy,
    acknowledged_at: row.acknowledgedAt,
    muted_until: mutes.find(({ code }) => code === row.code)?.until ?? null,
  });
}

/** What is muted. */
export function mutesShape(mutes: readonly AlarmMute[]): z.input<typeof mutesSchema> {
  return { items: mutes.map(({ code, until, by }) => ({ code, muted_until: until, by })) };
}

/** A slot that is to come, with what a rehearsal of it found. */
export function upcomingShape(rehearsed: ReadonlyMap<string, Pick<SimulatedSlot, "audience" | "contacted">>) {
  return (slot: UpcomingSlot): z.input<typeof upcomingSchema>["items"][number] => ({
    rule_id: slot.ruleId,
    rule_name: slot.ruleName,
    nominal: slot.nominal,
    due_at: slot.dueAt,
    time_zone: slot.timeZone,
    channel: slot.channel,
    holds: slot.holds.map((note) => ({ ...note })),
    warnings: slot.warnings.map((note) => ({ ...note })),
    audience: rehearsed.get(slot.nominal)?.audience ?? null,
    contacted: rehearsed.get(slot.nominal)?.contacted ?? null,
  });
}
export function tasksShape({ done, failed }: TaskResult): z.input<typeof tasksSchema> {
  return { done, failed: failed.map(({ batchId, code }) => ({ batch_id: batchId, code })) };
}
