import * as z from "zod";
import { segmentSchema } from "../audience/segment.js";
import type { RuleId, TenantId } from "../id.js";
import { isLocalDate, isLocalTime, isTimeZone } from "../local-time.js";
import { hasControlCharacters, normaliseText } from "../text.js";
import { parseInput } from "../zod-issues.js";
import { contentSchema } from "./content.js";
import { fallBackFaults } from "./fall-back-order.js";
import { frequencyCapsSchema } from "./frequency-caps.js";
import { everFires } from "./slots.js";

const localDate = z.string().refine(isLocalDate, { message: "must be an existing day, YYYY-MM-DD" });

/** One nominal time of the week. */
const scheduleSlotSchema = z.strictObject({
  /** 1 = Monday … 7 = Sunday. */
  weekday: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5), z.literal(6), z.literal(7)]),
  /** `HH:mm`, wall time of the rule's zone. */
  time: z.string().refine(isLocalTime, { message: "must be HH:mm" }),
});

export type ScheduleSlot = z.output<typeof scheduleSlotSchema>;

const name = z
  .string()
  .transform(normaliseText)
  .pipe(z.string().min(1).max(255))
  .refine((text) => !hasControlCharacters(text) && !/[\t\n]/.test(text), {
    message: "must not hold control characters",
  });

const channelName = z.string().min(1).max(64);

/** A rule as a user writes it. */
export const ruleDefinitionSchema = z
  .strictObject({
    /** 1 … 255 characters, unique among the rules that are not deleted. */
    name,
    segment: segmentSchema,
    /** When it fires; empty: only by hand. At most 168, no slot twice. */
    slots: z.array(scheduleSlotSchema).max(168).default([]),
    /** First and last local day on which it may fire, both in. */
    validFrom: localDate,
    validTo: localDate,
    /** IANA zone. @default the tenant's zone */
    timeZone: z.string().refine(isTimeZone, { message: "must be an IANA time zone" }).optional(),
    content: contentSchema,
    /** Values for `{{variables}}` beside the built-in ones. */
    variables: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(1000)).default({}),
    /** `marketing` messages obey frequency caps; `transactional` must be asked for. */
    messageClass: z.enum(["marketing", "transactional"]).default("marketing"),
    /** Caps of this rule beside those of the tenant: the stricter ones hold. */
    caps: frequencyCapsSchema.optional(),
    /** Channel that carries it. */
    channel: channelName,
    /** Channels in the order in which they are tried, the first of which is `channel`; none twice. @default `channel` alone */
    channels: z.array(channelName).min(1).max(4).optional(),
    /** What later channels say, by their name. @default `content` */
    contents: z.record(channelName, contentSchema).optional(),
    /**
     * How long staff may leave a message unconfirmed before it is called off and its people are handed to the next channel.
     * 1 min … 7 days, less than `expireAfterMs`. @default for as long as they like
     */
    fallBackAfterMs: z.int().min(60_000).max(604_800_000).optional(),
    /** A late occurrence still runs when it is at most this late. 10 s … 24 h. @default 60 min */
    catchUpMs: z.int().min(10_000).max(86_400_000).default(3_600_000),
    /** Last moment to begin an attempt, after the nominal time. 1 min … 7 days. @default 24 h */
    expireAfterMs: z.int().min(60_000).max(604_800_000).default(86_400_000),
    /** What happens when an earlier occurrence still sends. */
    overlap: z.enum(["skip", "allow"]).default("skip"),
    /** What follows an unknown outcome that can't be looked up. */
    onUnknown: z.enum(["hold", "resend"]).default("hold"),
    /** Least time between the attempts of two batches of one occurrence, 0 … 1 h. @default 0 */
    batchPauseMs: z.int().min(0).max(3_600_000).default(0),
    /** Coupon that can be claimed by the links of its messages. @default none */
    coupon: z.int().min(1).optional(),
    /** Days until a link of its messages is over, 1 … 365. @default the installation's */
    linkExpiresAfterDays: z.int().min(1).max(365).optional(),
    /** When people are told that a push goes wrong; null: never. */
    alert: z
      .strictObject({
        /** Failed ÷ pushed, 0 … 1, above which an alarm is raised. @default 0.2 */
        failureRate: z.number().min(0).max(1).default(0.2),
        /** People pushed before the rate is looked at, >= 1. @default 20 */
        minPeople: z.int().min(1).max(1_000_000).default(20),
      })
      .nullable()
      .default({ failureRate: 0.2, minPeople: 20 }),
  })
  .superRefine((rule, context) => {
    if (rule.validFrom > rule.validTo) {
      context.addIssue({ code: "custom", path: ["validTo"], message: "must not be before validFrom" });
    }
    if (rule.slots.length > 0 && rule.validFrom <= rule.validTo && !everFires(rule)) {
      const message = "none of the weekdays lies between validFrom and validTo";
      context.addIssue({ code: "custom", path: ["slots"], message });
    }
    const seen = new Set<string>();
    rule.slots.forEach((slot, index) => {
      const key = `${slot.weekday} ${slot.time}`;
      if (seen.has(key)) context.addIssue({ code: "custom", path: ["slots", index], message: "is given twice" });
      seen.add(key);
    });
    for (const { path, message } of fallBackFaults(rule))
      context.addIssue({ code: "custom", path: [...path], message });
  });

/** A version of a rule as it is kept, with its defaults filled in. */
export type RuleDefinition = z.output<typeof ruleDefinitionSchema>;
const { messageClass, caps, batchPauseMs, expireAfterMs } = ruleDefinitionSchema.shape;
const contactPartsSchema = z.object({ messageClass, caps, batchPauseMs, expireAfterMs });

/** What of a definition decides who is contacted when; its defaults for what is absent. @throws {InputError} every fault of these */
export function contactPartsOf(definition: object): z.output<typeof contactPartsSchema> {
  return parseInput(contactPartsSchema, definition);
}

/** Parts of a definition that the first release did not have, with their defaults. */
export const LATER_RULE_PARTS = {
  batchPauseMs: 0,
  alert: { failureRate: 0.2, minPeople: 20 },
} as const satisfies Partial<RuleDefinition>;

/** One version of a rule. */
export interface RuleVersion {
  /** Number of the version, from 1. */
  readonly version: number;
  /** What the rule said then. */
  readonly definition: RuleDefinition;
  /** Since when, in ms since the epoch. */
  readonly createdAt: number;
}

export const RULE_STATUSES = ["active", "paused"] as const;
export type RuleStatus = (typeof RULE_STATUSES)[number];

/** A rule with its newest version. Occurrences keep the version that they were planned from. */
export interface Rule {
  /** Its id. */
  readonly id: RuleId;
  /** The merchant whose rule it is. */
  readonly tenantId: TenantId;
  /** Its name; unique among the merchant's rules. */
  readonly name: string;
  /** Whether it runs. */
  readonly status: RuleStatus;
  /** 1 for a new rule, one more for every edit. */
  readonly version: number;
  /** What it says now. */
  readonly definition: RuleDefinition;
  /** When it was made, in ms since the epoch. */
  readonly createdAt: number;
  /** When it last changed, in ms since the epoch. */
  readonly updatedAt: number;
  /** Set once the rule is deleted; it keeps its history and frees its name. */
  readonly deletedAt: number | null;
  /** Every slot up to and including this instant has its occurrence row. */
  readonly plannedUntil: number;
  /** Instant of the next slot; null when none is left. */
  readonly nextDueAt: number | null;
}
