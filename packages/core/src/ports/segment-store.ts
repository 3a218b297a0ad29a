import type { SavedSegment, SegmentSize } from "../audience/saved-segment.js";
import type { Page, PageRequest } from "../page.js";
import type { RowLock } from "./row-lock.js";

/** What is written of a saved segment. */
export type SegmentWrite = Pick<SavedSegment, "name" | "description" | "segment"> & {
  /** Epoch ms. */
  readonly at: number;
};

/** Which saved segments are listed. */
export interface SegmentFilter extends PageRequest {
  /** Only those whose name holds it, in lower case. */
  readonly search?: string | undefined;
  /** True: those that are archived; else those that are not. */
  readonly archived?: boolean | undefined;
}

/** The size of a saved segment on a day, as it is written. */
export interface SegmentSizeWrite extends SegmentSize {
  /** Which segment. */
  readonly segmentId: number;
}

/** Saved segments, and how many people they meant day by day. */
export interface SegmentStore {
  /** Adds revision 1. @returns its id. @throws {ConflictError} `segment.name-taken` */
  insert(tenantId: number, segment: SegmentWrite): Promise<number>;
  /** Those of the ids, archived ones too, by ascending id; at most 1 000 ids. `lock` keeps their rows until the transaction ends. */
  get(tenantId: number, ids: readonly number[], lock?: RowLock): Promise<readonly SavedSegment[]>;
  /**
   * Writes the next revision, while `revision` is the newest one and it is not archived.
   *
   * @returns false when it is not, or there is no such segment
   * @throws {ConflictError} `segment.name-taken`
   */
  edit(
    tenantId: number,
    segmentId: number,
    edit: SegmentWrite & {
      /** The newest one as the caller knows it. */
      readonly revision: number;
    },
  ): Promise<boolean>;
  /** Archives it and frees its name; its revision stays. @returns false when it is archived already, or there is none */
  archive(tenantId: number, segmentId: number, at: number): Promise<boolean>;
  /** By ascending id. */
  list(tenantId: number, filter: SegmentFilter): Promise<Page<SavedSegment>>;
  /**
   * Writes sizes, of which the last one of a day holds, and removes those of the tenant from before `keepFrom`.
   *
   * @param sizes at most 1 000, no segment and day twice
   */
  putSizes(tenantId: number, sizes: readonly SegmentSizeWrite[], keepFrom: string): Promise<void>;
  /** By ascending day, both ends in; days without a size are left out. */
  sizes(
    tenantId: number,
    segmentId: number,
    days: {
      /** First day. */
      readonly from: string;
      /** Last day. */
      readonly to: string;
    },
  ): Promise<readonly SegmentSize[]>;
}
