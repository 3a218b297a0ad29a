import * as z from "zod";
import { LABEL_KINDS, type LabelKind } from "../customer/label.js";
import { normaliseText } from "../text.js";
import { withoutUndefined } from "../without-nulls.js";
import { attributeConditionSchema } from "./attribute-condition.js";

type LabelKeys = Readonly<Partial<Record<LabelKind, readonly string[]>>>;
/** The kinds that are there. */
const given = (labels: Partial<Record<LabelKind, readonly string[] | undefined>>): LabelKeys =>
  withoutUndefined(labels) as LabelKeys;

/** In the form in which the library keeps keys. */
const labelKey = z.string().transform(normaliseText).pipe(z.string().min(1).max(255));
const labelKeys = z.array(labelKey).max(1000);

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

/**
 * Who is meant, as plain data: the same object drives SQL, the memory store and `explain`.
 *
 * Needs a lapse window, a label or an attribute, or `everybody: true`; all that is given must hold.
 */
export const segmentSchema = z
  .strictObject({
    lapse: lapseWindowSchema.optional(),
    /** Label keys per kind; empty lists count as absent. */
    labels: z.partialRecord(z.enum(LABEL_KINDS), labelKeys.optional()).transform(given).optional(),
    /** `any`: one label suffices; `grouped`: one per kind; `all`: every label. */
    labelMode: z.enum(["any", "grouped", "all"]).default("any"),
    /** What attributes of people have to be; all must hold. An empty list counts as absent. */
    attributes: z.array(attributeConditionSchema).max(20).optional(),
    /** Asks for all customers when there is no other condition. */
    everybody: z.boolean().default(false),
  })
  .refine(
    ({ lapse, labels, attributes = [], everybody }) => lapse || hasLabels(labels) || attributes.length > 0 || everybody,
    { message: "a segment needs a lapse window, a label, an attribute, or everybody: true" },
  );

/** A segment with its defaults filled in. */
export type Segment = z.output<typeof segmentSchema>;
export type LapseWindow = z.output<typeof lapseWindowSchema>;

function hasLabels(labels: Readonly<Record<string, readonly string[] | undefined>> | undefined): boolean {
  return Object.values(labels ?? {}).some((keys) => (keys?.length ?? 0) > 0);
}
