import * as z from "zod";
import { LABEL_KINDS, type LabelKind } from "../customer/label.js";
import { idSchema } from "../input.js";
import { withoutUndefined } from "../without-nulls.js";
import { attributeConditionSchema } from "./attribute-condition.js";
import { conditionFields, labelKeys } from "./condition-schema.js";

type LabelKeys = Readonly<Partial<Record<LabelKind, readonly string[]>>>;
/** The kinds that are there. */
const given = (labels: Partial<Record<LabelKind, readonly string[] | undefined>>): LabelKeys =>
  withoutUndefined(labels) as LabelKeys;

/** Age of the last order in calendar days of the rule's zone, both ends in. */
export const lapseWindowSchema = z
  .strictObject({
    minDays: z.int().min(0).max(3650),
    maxDays: z.int().min(0).max(3650),
    /**
     * `last-order`: the newest counted order lies in the window (the customer has not come back).
     * `any-order`: some counted order lies in the window.
     */
    recency: z.enum(["last-order", "any-order"]).default("last-order"),
  })
  .refine((window) => window.minDays <= window.maxDays, {
    path: ["maxDays"],
    message: "maxDays must not be smaller than minDays",
  });

/** Segments inside a segment go no deeper, saved ones included. */
export const MOST_DEPTH = 8;
/** Segments that a segment has in it at most, saved ones included. */
export const MOST_PARTS = 200;

const fields = {
  lapse: lapseWindowSchema.optional(),
  /** Label keys per kind; empty lists count as absent. */
  labels: z.partialRecord(z.enum(LABEL_KINDS), labelKeys.optional()).transform(given).optional(),
  /** `any`: one label suffices; `grouped`: one per kind; `all`: every label. */
  labelMode: z.enum(["any", "grouped", "all"]).default("any"),
  /** What attributes of people have to be; all must hold. An empty list counts as absent. */
  attributes: z.array(attributeConditionSchema).max(20).optional(),
  ...conditionFields,
  /** Who is in a saved segment, by its id. */
  saved: idSchema.optional(),
  /** Asks for all customers when there is no other condition. */
  everybody: z.boolean().default(false),
};
const flatSchema = z.strictObject(fields);

/** What the schema takes; `SegmentInput` says it for people. */
export interface SegmentTaken extends z.input<typeof flatSchema> {
  all?: SegmentTaken[] | undefined;
  any?: SegmentTaken[] | undefined;
  none?: SegmentTaken[] | undefined;
}

/** A segment with its defaults filled in. */
export interface Segment extends z.output<typeof flatSchema> {
  /** All of these hold. */
  all?: Segment[] | undefined;
  /** At least one of these holds. */
  any?: Segment[] | undefined;
  /** None of these holds. */
  none?: Segment[] | undefined;
}
export type LapseWindow = z.output<typeof lapseWindowSchema>;

/** Ways to put segments together. */
export const COMPOSITIONS = ["all", "any", "none"] as const;

/** One schema for each depth, so that no input leads deeper than the last. */
function segmentAt(depth: number): z.ZodType<Segment, SegmentTaken> {
  const message = `segments nest at most ${MOST_DEPTH} deep`;
  const inside =
    depth < MOST_DEPTH ? z.array(segmentAt(depth + 1)) : z.array(z.custom<never>(() => false, { message }));
  const parts = inside.min(1).max(50).optional() as z.ZodOptional<z.ZodType<Segment[], SegmentTaken[]>>;
  return z
    .strictObject({ ...fields, all: parts, any: parts, none: parts })
    .refine((segment) => segment.everybody || hasConditions(segment), {
      message:
        "a segment needs a condition (a lapse window, a label, an attribute, orders, products …), or everybody: true",
    });
}

/**
 * Who is meant, as plain data: the same object drives SQL, the memory store and `explain`.
 *
 * Needs a condition, or `everybody: true`; all that is given must hold.
 */
export const segmentSchema = segmentAt(0).refine((segment) => partsOf(segment) <= MOST_PARTS, {
  message: `a segment has at most ${MOST_PARTS} segments in it`,
});

function hasConditions({ lapse, labels, attributes = [], ...others }: Segment): boolean {
  const { products = [], consents = [], engagement = [] } = others;
  const { orders, birthday, customers, reachable, saved, all, any, none } = others;
  return (
    [lapse, orders, birthday, customers, reachable, saved, all, any, none].some((one) => one !== undefined) ||
    Object.values(labels ?? {}).some((keys) => (keys?.length ?? 0) > 0) ||
    [attributes, products, consents, engagement].some((list) => list.length > 0)
  );
}

function partsOf(segment: Segment): number {
  const inside = COMPOSITIONS.flatMap((name) => segment[name] ?? []);
  return inside.reduce((sum, one) => sum + partsOf(one), inside.length);
}
