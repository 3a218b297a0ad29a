import type { SavedSegment, SegmentSize } from "../../audience/saved-segment.js";
import type { Journal } from "../journal.js";
import { compositeKey, createTable, type Row } from "../table.js";

export interface SegmentSizeRow extends Row, SegmentSize {
  readonly segmentId: number;
}

/** Saved segments and their sizes. */
export function segmentTables(journal: Journal) {
  const segments = createTable<SavedSegment>(journal);
  const segmentSizes = createTable<SegmentSizeRow>(journal);
  return {
    segments,
    // An archived one frees its name.
    segmentsByName: segments.indexBy((row) => (row.archivedAt === null ? [compositeKey(row.tenantId, row.name)] : [])),
    segmentSizes,
    segmentSizesBySegment: segmentSizes.indexBy((row) => [compositeKey(row.tenantId, row.segmentId)]),
    segmentSizesByDay: segmentSizes.indexBy((row) => [compositeKey(row.tenantId, row.segmentId, row.day)]),
  };
}
