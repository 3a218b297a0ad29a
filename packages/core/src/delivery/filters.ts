import * as z from "zod";
import type { BatchId, CustomerId, OccurrenceId, RuleId } from "../id.js";
import { idSchema } from "../input.js";
import { type InstantInput, instantSchema } from "../instant.js";
import { type PageOptions, pageFields } from "../page.js";
import type { Attempt } from "./delivery.js";
import {
  BATCH_STATES,
  type BatchState,
  DELIVERY_STATES,
  type DeliveryState,
  OCCURRENCE_STATES,
  type OccurrenceState,
} from "./states.js";

/** What a list of occurrences takes. */
export interface OccurrenceListOptions extends PageOptions {
  /** Only firings of this rule. @default of all rules */
  readonly ruleId?: RuleId | null | undefined;
  /** Only those in one of these states; at least one. @default in any */
  readonly states?: readonly OccurrenceState[] | null | undefined;
  /** Only those created at or after it. @default of all times */
  readonly since?: InstantInput | null | undefined;
}

/** What a list of batches takes. */
export interface BatchListOptions extends PageOptions {
  /** Only batches of this occurrence. @default of all */
  readonly occurrenceId?: OccurrenceId | null | undefined;
  /** Only batches of this rule. @default of all */
  readonly ruleId?: RuleId | null | undefined;
  /** Only those in one of these states; at least one. @default in any */
  readonly states?: readonly BatchState[] | null | undefined;
  /** Only those created at or after it. @default of all times */
  readonly since?: InstantInput | null | undefined;
}

/** What a list of deliveries takes. */
export interface DeliveryListOptions extends PageOptions {
  /** Only deliveries of this occurrence. @default of all */
  readonly occurrenceId?: OccurrenceId | null | undefined;
  /** Only deliveries of this batch. @default of all */
  readonly batchId?: BatchId | null | undefined;
  /** Only deliveries of this rule. @default of all */
  readonly ruleId?: RuleId | null | undefined;
  /** Only deliveries of this person. @default of everybody */
  readonly customerId?: CustomerId | null | undefined;
  /** Only those in one of these states; at least one. @default in any */
  readonly states?: readonly DeliveryState[] | null | undefined;
  /** Only those whose row gives this reason: one of `docs/reasons.md`, or a word of a channel. @default any, or none */
  readonly reason?: string | null | undefined;
  /** Only those that changed at or after it. @default of all times */
  readonly since?: InstantInput | null | undefined;
}

/** What a list of attempts takes. */
export interface AttemptListOptions extends PageOptions {
  /** Only attempts at this batch. @default at all */
  readonly batchId?: BatchId | null | undefined;
  /** Only attempts at batches of this occurrence. @default of all */
  readonly occurrenceId?: OccurrenceId | null | undefined;
  /** Only attempts at batches of this rule. @default of all */
  readonly ruleId?: RuleId | null | undefined;
  /** Only calls that send, or only questions about them. @default both */
  readonly kind?: Attempt["kind"] | null | undefined;
  /** Only those that started at or after it. @default of all times */
  readonly since?: InstantInput | null | undefined;
}

type FieldsOf<Options> = Readonly<Record<keyof Options, z.ZodType>>;

const id = idSchema.optional();
const since = instantSchema.optional();
const anyOf = <const S extends readonly string[]>(states: S) => z.array(z.enum(states)).min(1).optional();

/** What lists of occurrences, batches, deliveries and attempts may ask for; nothing else. */
export const occurrenceFilterSchema = z.strictObject({
  ...pageFields,
  ruleId: id,
  states: anyOf(OCCURRENCE_STATES),
  since,
} satisfies FieldsOf<OccurrenceListOptions>);

export const batchFilterSchema = z.strictObject({
  ...pageFields,
  occurrenceId: id,
  ruleId: id,
  states: anyOf(BATCH_STATES),
  since,
} satisfies FieldsOf<BatchListOptions>);

export const deliveryFilterSchema = z.strictObject({
  ...pageFields,
  occurrenceId: id,
  batchId: id,
  ruleId: id,
  customerId: id,
  states: anyOf(DELIVERY_STATES),
  reason: z.string().min(1).max(255).optional(),
  since,
} satisfies FieldsOf<DeliveryListOptions>);

export const attemptFilterSchema = z.strictObject({
  ...pageFields,
  batchId: id,
  occurrenceId: id,
  ruleId: id,
  kind: z.enum(["send", "lookup"]).optional(),
  since,
} satisfies FieldsOf<AttemptListOptions>);
