import * as z from "zod";
import type { SegmentId, TenantId } from "../id.js";
import { idSchema } from "../input.js";
import type { LocalDate } from "../local-time.js";
import type { PageOptions } from "../page.js";
import { hasControlCharacters, normaliseText } from "../text.js";
import { type Segment, segmentSchema } from "./segment.js";
import type { SegmentInput } from "./segment-input.js";

/** A segment as a user saves it. */
export interface SavedSegmentInput {
  /** 1 … 255 characters, unique among the merchant's segments that are not archived. */
  readonly name: string;
  /** What it is for, up to 2 000 characters. @default none */
  readonly description?: string | null | undefined;
  /** Who is meant. */
  readonly segment: SegmentInput;
}

/** A segment with a name, that rules and other segments refer to by its id. */
export interface SavedSegment {
  /** Its id. */
  readonly id: SegmentId;
  /** The merchant whose segment it is. */
  readonly tenantId: TenantId;
  /** Its name. */
  readonly name: string;
  /** What it is for; null: nobody said. */
  readonly description: string | null;
  /** Who is meant, with defaults filled in. */
  readonly segment: Segment;
  /** 1 for a new one, one more for every edit. */
  readonly revision: number;
  /** When it was made, in ms since the epoch. */
  readonly createdAt: number;
  /** When it last changed, in ms since the epoch. */
  readonly updatedAt: number;
  /** When it was archived, in ms since the epoch; null: it is in use. An archived one keeps its sizes and frees its name. */
  readonly archivedAt: number | null;
}

/** What a list of saved segments takes. */
export interface SegmentListOptions extends PageOptions {
  /** Part of the name, whatever its case. @default any */
  readonly search?: string | null | undefined;
  /** True: those that are archived. @default false */
  readonly archived?: boolean | null | undefined;
}

/** How many people a saved segment meant on a day. */
export interface SegmentSize {
  /** Local day of the merchant. */
  readonly day: LocalDate;
  /** People meant. */
  readonly people: number;
  /** Instant that the count holds for, epoch ms. */
  readonly at: number;
}

/** Who refers to a saved segment. */
export interface SegmentUsers {
  /** Rules that are not deleted. */
  readonly rules: readonly { readonly id: number; readonly name: string }[];
  /** Saved segments that are not archived. */
  readonly segments: readonly { readonly id: number; readonly name: string }[];
}

const name = z
  .string()
  .transform(normaliseText)
  .pipe(z.string().min(1).max(255))
  .refine((text) => !hasControlCharacters(text) && !/[\t\n]/.test(text), {
    message: "must not hold control characters",
  });
const description = z
  .string()
  .transform(normaliseText)
  .pipe(z.string().max(2000))
  .refine((text) => !hasControlCharacters(text), { message: "must not hold control characters" })
  .transform((text) => (text === "" ? null : text));

export const savedSegmentSchema = z
  .strictObject({ name, description: description.optional(), segment: segmentSchema })
  .transform((one) => ({ ...one, description: one.description ?? null }));

/** The revision that the caller knows. */
export const segmentEditSchema = z.strictObject({ revision: idSchema.optional() });
