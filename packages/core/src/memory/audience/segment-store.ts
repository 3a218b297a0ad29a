import type { SavedSegment } from "../../audience/saved-segment.js";
import { ConflictError } from "../../errors.js";
import type { SegmentStore } from "../../ports/segment-store.js";
import { searchForm } from "../../text.js";
import { deepFreeze } from "../freeze.js";
import { pageOfRows } from "../selection.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";

/** {@link SegmentStore} in memory. */
export function segmentStore(db: Database): SegmentStore {
  const { segments, segmentsByName, segmentSizes, segmentSizesBySegment, segmentSizesByDay } = db.tables;

  function refuseTaken({ tenantId, name }: SavedSegment): void {
    if (segmentsByName.count(compositeKey(tenantId, name)) > 1)
      throw new ConflictError("segment.name-taken", "another segment has this name");
  }

  const inUse = (tenantId: number, id: number) => {
    const row = ofTenant(segments.get(id), tenantId);
    return row?.archivedAt === null ? row : undefined;
  };

  return {
    insert: (tenantId, { name, description, segment, at }) =>
      db.write(() => {
        const own = { tenantId, name, description, segment: deepFreeze(structuredClone(segment)) };
        const row = segments.insert((id) => ({
          ...own,
          id,
          revision: 1,
          createdAt: at,
          updatedAt: at,
          archivedAt: null,
        }));
        refuseTaken(row);
        return row.id;
      }),
    get: (tenantId, ids) =>
      db.read(() =>
        [...new Set(ids)].sort((a, b) => a - b).flatMap((id) => ofTenant(segments.get(id), tenantId) ?? []),
      ),
    edit: (tenantId, segmentId, { revision, name, description, segment, at }) =>
      db.write(() => {
        const row = inUse(tenantId, segmentId);
        if (row?.revision !== revision) return false;
        const own = deepFreeze(structuredClone(segment));
        const after = { ...row, name, description, segment: own, revision: revision + 1, updatedAt: at };
        refuseTaken(segments.replace(after));
        return true;
      }),
    archive: (tenantId, segmentId, at) =>
      db.write(() => {
        const row = inUse(tenantId, segmentId);
        if (row) segments.replace({ ...row, archivedAt: at, updatedAt: at });
        return row !== undefined;
      }),
    list: (tenantId, filter) =>
      db.read(() => {
        const { search = "", archived = false } = filter;
        return pageOfRows(
          segments.all(),
          filter,
          (row) =>
            row.tenantId === tenantId &&
            (row.archivedAt !== null) === archived &&
            searchForm(row.name).includes(searchForm(search)),
        );
      }),
    putSizes: (tenantId, sizes, keepFrom) =>
      db.write(() => {
        for (const size of sizes) {
          const before = segmentSizesByDay.find(compositeKey(tenantId, size.segmentId, size.day));
          if (before) segmentSizes.replace({ ...before, ...size });
          else segmentSizes.insert((id) => ({ ...size, id, tenantId }));
        }
        for (const row of segmentSizes.all())
          if (row.tenantId === tenantId && row.day < keepFrom) segmentSizes.remove(row.id);
      }),
    sizes: (tenantId, segmentId, { from, to }) =>
      db.read(() =>
        segmentSizesBySegment
          .rows(compositeKey(tenantId, segmentId))
          .filter(({ day }) => from <= day && day <= to)
          .sort((a, b) => (a.day < b.day ? -1 : 1))
          .map(({ day, people, at }) => ({ day, people, at })),
      ),
  };
}
