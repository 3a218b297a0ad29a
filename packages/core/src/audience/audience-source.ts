import * as z from "zod";
import type { IdentityType } from "../customer/customer.js";
import { channelNameSchema, instantSchema, signalSchema } from "../input.js";
import { isTimeZone } from "../local-time.js";
import type { Rule, RuleInput } from "../rule/rule.js";
import { parseInput } from "../zod-issues.js";
import { type Segment, type SegmentInput, segmentSchema } from "./segment.js";

/** What an audience is taken of: a rule, or a segment with the zone of the tenant. */
export type AudienceSource =
  | Rule
  | RuleInput
  | { readonly segment: SegmentInput; readonly timeZone?: string; readonly channel?: string };

/** Which instant an audience is counted for, and what stops it. */
export interface AudienceOptions {
  /** Orders at or after it do not exist; epoch ms. @default now */
  readonly asOf?: number;
  readonly signal?: AbortSignal;
}

export const audienceOptionsSchema = z.strictObject({
  asOf: instantSchema.optional(),
  signal: signalSchema.optional(),
} satisfies Record<keyof AudienceOptions, z.ZodType>);

/** What a source says about the audience: its segment, and zone and channel when it names them. */
export interface SourceParts {
  readonly segment: Segment;
  readonly timeZone: string | undefined;
  readonly channel: string | undefined;
}

/** Identity that is asked for when no channel of that name is configured. */
export const DEFAULT_ADDRESS_TYPE: IdentityType = "external_userid";

const partsSchema = z.looseObject({
  segment: segmentSchema,
  timeZone: z.string().refine(isTimeZone, { message: "must be an IANA time zone" }).optional(),
  channel: channelNameSchema.optional(),
});

/** Takes a rule, a rule's input or a bare segment apart. @throws {InputError} segment, zone or channel is wrong */
export function sourceParts(source: AudienceSource): SourceParts {
  const parts = "definition" in source ? source.definition : source;
  const { segment, timeZone, channel } = parseInput(partsSchema, parts);
  return { segment, timeZone, channel };
}
