import * as z from "zod";
import type { IdentityType } from "../customer/customer.js";
import { channelNameSchema, signalSchema } from "../input.js";
import { type InstantInput, instantSchema } from "../instant.js";
import { isTimeZone } from "../local-time.js";
import type { Rule } from "../rule/rule.js";
import type { RuleInput } from "../rule/rule-input.js";
import { withoutNulls, withoutNullsDeep } from "../without-nulls.js";
import { parseInput } from "../zod-issues.js";
import { type Segment, segmentSchema } from "./segment.js";
import type { SegmentInput } from "./segment-input.js";

/** A segment by itself. */
export interface SegmentSource {
  /** Who is meant. */
  readonly segment: SegmentInput;
  /** IANA zone whose days count. @default the tenant's */
  readonly timeZone?: string | null | undefined;
  /** Name of the channel that would carry a message. @default the only one that is configured */
  readonly channel?: string | null | undefined;
}

/** What an audience is taken of: a rule, or a segment with the zone of the tenant. */
export type AudienceSource = Rule | RuleInput | SegmentSource;

/** How an audience is taken. */
export interface AudienceOptions {
  /** Orders at or after it do not exist. @default now */
  readonly asOf?: InstantInput | null | undefined;
  /** Ends a long call with its reason. @default none */
  readonly signal?: AbortSignal | null | undefined;
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
  const { segment, timeZone, channel } = parseInput(
    partsSchema,
    withoutNulls({ ...parts, segment: withoutNullsDeep(parts.segment) }),
  );
  return { segment, timeZone, channel };
}
