import * as z from "zod";
import type { AudiencePreview } from "../audience/audience.js";
import { type AudienceOptions, audienceOptionsSchema, type SegmentSource } from "../audience/audience-source.js";
import type { Explanation } from "../audience/explain.js";
import { measureSegments, SIZE_DAYS } from "../audience/measure-segments.js";
import {
  type SavedSegment,
  type SavedSegmentInput,
  type SegmentListOptions,
  type SegmentSize,
  type SegmentUsers,
  segmentEditSchema,
} from "../audience/saved-segment.js";
import { archiveSegment, createSegment, getSegment, updateSegment, usersOf } from "../audience/saved-segment-calls.js";
import type { SegmentInput } from "../audience/segment-input.js";
import type { Clock } from "../clock.js";
import { InputError, type InputIssue } from "../errors.js";
import type { SegmentId } from "../id.js";
import { idSchema, objectSchema, searchTextSchema, signalSchema } from "../input.js";
import { addDays, isLocalDate, localDateOf } from "../local-time.js";
import { type Listing, pageFields } from "../page.js";
import type { SegmentFilter } from "../ports/segment-store.js";
import type { Stores } from "../ports/stores.js";
import {
  type ContactPreview,
  type PreviewOptions,
  type PreviewWarning,
  previewOptionsSchema,
} from "../schedule/preview.js";
import { type AudienceCalls, customer } from "./audience-kit.js";
import type { Argument, checkedCalls } from "./checked-call.js";
import { type listingsOf, optionsOf } from "./listings.js";

/** What a segment that is only thought of would be. */
export interface SegmentValidation {
  /** What keeps it from being saved, with paths below `segment`; empty: nothing. */
  readonly issues: readonly InputIssue[];
  /** What names something that the merchant does not have, and so matches nobody. */
  readonly warnings: readonly PreviewWarning[];
}

/** Segments with a name, which rules and other segments refer to by `saved`. They are listed by ascending id. */
export interface SegmentKit extends Listing<SegmentListOptions, SavedSegment> {
  /** @throws {InputError} every fault at once. @throws {ConflictError} `segment.name-taken` */
  create(input: SavedSegmentInput): Promise<SavedSegment>;
  /** Archived ones too. @throws {NotFoundError} `segment.not-found` */
  get(segmentId: SegmentId): Promise<SavedSegment>;
  /**
   * Writes the next revision as a whole. What refers to it means the new one from its next audience on; an edit that would
   * lead those too deep, or in a circle, is refused.
   *
   * @param options `revision`: the newest one as the caller knows it. @default whichever it is
   * @throws {InputError} every fault at once. @throws {NotFoundError} `segment.not-found`, also for an archived one
   * @throws {ConflictError} `segment.name-taken`, `state.stale-version`
   */
  update(
    segmentId: SegmentId,
    input: SavedSegmentInput,
    options?: { readonly revision?: number | null | undefined },
  ): Promise<SavedSegment>;
  /**
   * Archives it: nothing can refer to it any more, its name is free, its sizes stay for their time. A repeat changes nothing.
   *
   * @throws {NotFoundError} `segment.not-found`. @throws {ConflictError} `segment.in-use`: a rule or a segment refers to it
   */
  delete(segmentId: SegmentId): Promise<void>;
  /** Who refers to it. @throws {NotFoundError} `segment.not-found` */
  users(segmentId: SegmentId): Promise<SegmentUsers>;
  /** Says what is wrong with a segment and what in it is not known; counts nobody, and saves nothing. */
  validate(segment: SegmentInput): Promise<SegmentValidation>;
  /** What `audience.preview` says of it. @throws {NotFoundError} `segment.not-found` */
  preview(
    segmentId: SegmentId,
    options?: PreviewOptions,
  ): Promise<
    AudiencePreview & ContactPreview & { readonly warnings: readonly PreviewWarning[]; readonly batches: number }
  >;
  /** Why one customer is in it or not. @throws {NotFoundError} `segment.not-found`, `customer.not-found` */
  explain(
    segmentId: SegmentId,
    customer: { readonly externalKey: string },
    options?: AudienceOptions,
  ): Promise<Explanation>;
  /**
   * Counts every saved segment and keeps the sizes of the merchant's day, of which the last one holds, for 730 days. Call it
   * once a day.
   *
   * @returns segments counted
   */
  measure(options?: { readonly signal?: AbortSignal | null | undefined }): Promise<{ readonly measured: number }>;
  /**
   * How many people it meant, by ascending day; days on which nobody measured are left out.
   *
   * @param options `from`, `to`: days `YYYY-MM-DD`, both in. @default the last 730 days
   * @throws {NotFoundError} `segment.not-found`
   */
  sizes(
    segmentId: SegmentId,
    options?: { readonly from?: string | null | undefined; readonly to?: string | null | undefined },
  ): Promise<readonly SegmentSize[]>;
}

const segmentId: Argument = ["segmentId", idSchema];
const anything: Argument = ["input", z.unknown()];
const day = z.string().refine(isLocalDate, { message: "must be an existing day, YYYY-MM-DD" });
const daysSchema = z.strictObject({ from: day.optional(), to: day.optional() });
const listSchema = z.strictObject({
  ...pageFields,
  search: searchTextSchema.optional(),
  archived: z.boolean().optional(),
});
const measureSchema = z.strictObject({ signal: signalSchema.optional() });

/** The calls about saved segments of a tenant. */
export function segmentKit(
  context: { readonly stores: Stores; readonly clock: Clock; readonly tenantId: number },
  call: ReturnType<typeof checkedCalls>,
  listing: ReturnType<typeof listingsOf>,
  calls: AudienceCalls & { readonly zone: () => Promise<string> },
): SegmentKit {
  const { stores, clock, tenantId } = context;
  const sourceOf = async (id: SegmentId): Promise<SegmentSource> => {
    const { segment } = await getSegment(stores.segments, tenantId, id);
    return { segment };
  };
  const countOf = ({ segment }: SavedSegment, asOf: number) => calls.count({ segment }, { asOf });
  const validate = call<[segment: SegmentInput], SegmentValidation>([["segment", objectSchema]], async (segment) => {
    try {
      return { issues: [], warnings: await calls.unknownIn({ segment }) };
    } catch (error) {
      if (InputError.is(error)) return { issues: error.issues, warnings: [] };
      throw error;
    }
  });
  return {
    create: call([anything], (input) => createSegment(context, input)),
    get: call([segmentId], (id) => getSegment(stores.segments, tenantId, id)),
    update: call([segmentId, anything, optionsOf(segmentEditSchema)], (id, input, how) =>
      updateSegment(context, id, input, how),
    ),
    delete: call([segmentId], (id) => archiveSegment(context, id)),
    users: call([segmentId], async (id) => {
      await getSegment(stores.segments, tenantId, id);
      return usersOf(stores, tenantId, id);
    }),
    validate,
    preview: call([segmentId, optionsOf(previewOptionsSchema)], async (id, how) =>
      calls.preview(await sourceOf(id), how),
    ),
    explain: call([segmentId, customer, optionsOf(audienceOptionsSchema)], async (id, who, how) =>
      calls.explain(await sourceOf(id), who, how),
    ),
    measure: call([optionsOf(measureSchema)], async (how) => {
      const timeZone = await calls.zone();
      const signal = how?.signal ?? undefined;
      return { measured: await measureSegments(context, { timeZone, countOf, signal }) };
    }),
    sizes: call([segmentId, optionsOf(daysSchema)], async (id, how) => {
      await getSegment(stores.segments, tenantId, id);
      const today = localDateOf(clock.now(), await calls.zone());
      const { from, to } = how ?? {};
      return stores.segments.sizes(tenantId, id, { from: from ?? addDays(today, 1 - SIZE_DAYS), to: to ?? today });
    }),
    ...listing(listSchema, (how: SegmentFilter) => stores.segments.list(tenantId, how)),
  };
}
