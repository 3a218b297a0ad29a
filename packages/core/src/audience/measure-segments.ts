import { addDays, localDateOf } from "../local-time.js";
import type { SegmentSizeWrite } from "../ports/segment-store.js";
import type { SavedSegment } from "./saved-segment.js";
import { type SavedSegmentContext, segmentsOf } from "./saved-segment-calls.js";

/** Days for which sizes of saved segments are kept. */
export const SIZE_DAYS = 730;
const AT_ONCE = 50;

/**
 * Counts every saved segment that is not archived and keeps the sizes of the day, in which the last one holds.
 *
 * @param how `countOf`: people whom a segment means at an instant
 * @returns segments counted
 */
export async function measureSegments(
  { stores, clock, tenantId }: SavedSegmentContext,
  how: {
    readonly timeZone: string;
    readonly countOf: (segment: SavedSegment, asOf: number) => Promise<number>;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<number> {
  const at = clock.now();
  const day = localDateOf(at, how.timeZone);
  const keepFrom = addDays(day, 1 - SIZE_DAYS);
  let measured = 0;
  let sizes: SegmentSizeWrite[] = [];
  const keep = async () => {
    const written = sizes;
    sizes = [];
    await stores.transaction((tx) => tx.segments.putSizes(tenantId, written, keepFrom));
    measured += written.length;
  };
  for await (const one of segmentsOf(stores, tenantId)) {
    how.signal?.throwIfAborted();
    sizes.push({ segmentId: one.id, day, people: await how.countOf(one, at), at });
    if (sizes.length === AT_ONCE) await keep();
  }
  // Also without a segment: sizes of archived ones come to their end.
  await keep();
  return measured;
}
