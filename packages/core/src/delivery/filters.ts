import * as z from "zod";
import { idSchema, instantSchema } from "../input.js";
import { pageFields } from "../page.js";
import type { AttemptFilter } from "../ports/attempt-store.js";
import type { BatchFilter } from "../ports/batch-store.js";
import type { DeliveryFilter } from "../ports/delivery-store.js";
import type { OccurrenceFilter } from "../ports/occurrence-store.js";
import { BATCH_STATES, DELIVERY_STATES, OCCURRENCE_STATES } from "./states.js";

type FieldsOf<Filter> = Readonly<Record<keyof Filter, z.ZodType>>;

const id = idSchema.optional();
const since = instantSchema.optional();
const anyOf = <const S extends readonly string[]>(states: S) => z.array(z.enum(states)).min(1).optional();

/** What lists of occurrences, batches, deliveries and attempts may ask for; nothing else. */
export const occurrenceFilterSchema = z.strictObject({
  ...pageFields,
  ruleId: id,
  states: anyOf(OCCURRENCE_STATES),
  since,
} satisfies FieldsOf<OccurrenceFilter>);

export const batchFilterSchema = z.strictObject({
  ...pageFields,
  occurrenceId: id,
  ruleId: id,
  states: anyOf(BATCH_STATES),
  since,
} satisfies FieldsOf<BatchFilter>);

export const deliveryFilterSchema = z.strictObject({
  ...pageFields,
  occurrenceId: id,
  batchId: id,
  ruleId: id,
  states: anyOf(DELIVERY_STATES),
  since,
} satisfies FieldsOf<DeliveryFilter>);

export const attemptFilterSchema = z.strictObject({
  ...pageFields,
  batchId: id,
  occurrenceId: id,
  ruleId: id,
  since,
} satisfies FieldsOf<AttemptFilter>);
