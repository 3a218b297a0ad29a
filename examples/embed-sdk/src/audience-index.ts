import { type RecallKit, type SegmentInput, systemClock } from "@recallkit/core";
import { type AudienceIndex, createAudienceIndex } from "@recallkit/core/audience-index";
import { compileSegment, segmentSchema } from "@recallkit/core/ports";

/** Reads everybody once; call `refresh` now and then, or before a count. */
export async function indexOf(kit: RecallKit): Promise<AudienceIndex> {
  const index = createAudienceIndex({ stores: kit.stores, tenantId: kit.tenantId });
  await index.build();
  return index;
}

/** How many a segment means: from memory where the index knows, else from the store. */
export async function countWhileEditing(
  kit: RecallKit,
  index: AudienceIndex,
  segment: SegmentInput,
  asOf = systemClock.now(),
): Promise<number> {
  const { timeZone, countedStatuses: statuses } = await kit.tenant();
  const context = { tenantId: kit.tenantId, timeZone, statuses, asOf };
  const { query } = await compileSegment(segmentSchema.parse(segment), context, kit.stores);
  return index.count(query) ?? kit.stores.audience.count(query);
}
