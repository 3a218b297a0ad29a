import { ConflictError } from "@recallkit/core";
import {
  cursorToId,
  pageLimit,
  pageOf,
  type SavedSegment,
  type SegmentStore,
  type SegmentWrite,
  searchForm,
} from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import type { SqlContext } from "../context.js";
import { isOfTenant } from "../is-of-tenant.js";
import { holdsText } from "../rule/name-search.js";

/** Saved segments in SQL. */
export function segmentStore(context: SqlContext): SegmentStore {
  const { db, dialect } = context;

  const refusingTaken = async <T>(write: () => Promise<T>): Promise<T> => {
    try {
      return await write();
    } catch (error) {
      if (!dialect.brokenKey(error)) throw error;
      throw new ConflictError("segment.name-taken", "another segment has this name", { cause: error });
    }
  };

  return {
    insert: (tenantId, segment) =>
      refusingTaken(() =>
        dialect.insertRow(db, "rk_segments", {
          tenant_id: tenantId,
          ...columnsOf(segment),
          revision: 1,
          created_at: segment.at,
          archived_at: null,
        }),
      ),
    async get(tenantId, ids, lock) {
      if (ids.length === 0) return [];
      const end = lock && dialect.holding?.[lock];
      const isMeant = sql<boolean>`id in ${dialect.list(ids)}`;
      if (end) {
        // A statement of its own, as `holdRow` says; in one order, so that two who hold the same rows wait for each other.
        await sql`select id from rk_segments where ${isOfTenant(tenantId)} and ${isMeant} order by id ${end}`.execute(
          db,
        );
      }
      const rows = await segmentRows(db, tenantId).where(isMeant).orderBy("id").execute();
      return rows.map(toSegment);
    },
    async edit(tenantId, segmentId, { revision, ...segment }) {
      const { numUpdatedRows } = await refusingTaken(() =>
        inUse(db, tenantId, segmentId)
          .set({ ...columnsOf(segment), revision: revision + 1 })
          .where("revision", "=", revision)
          .executeTakeFirst(),
      );
      return numUpdatedRows > 0n;
    },
    async archive(tenantId, segmentId, at) {
      const { numUpdatedRows } = await inUse(db, tenantId, segmentId)
        .set({ active_name: null, archived_at: at, updated_at: at })
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async list(tenantId, filter) {
      const limit = pageLimit(filter);
      let rows = segmentRows(db, tenantId)
        .where("id", ">", cursorToId(filter.cursor))
        .where("archived_at", filter.archived ? "is not" : "is", null);
      if (filter.search) rows = rows.where(holdsText(sql`name_search`, filter.search));
      const found = await rows
        .orderBy("id")
        .limit(limit + 1)
        .execute();
      return pageOf(found.map(toSegment), limit);
    },
    putSizes: (tenantId, sizes, keepFrom) =>
      context.atomic(async (tx) => {
        if (sizes.length > 0) {
          const rows = sizes.map(({ segmentId, day, people, at }) => [tenantId, segmentId, day, people, at]);
          const columns = ["tenant_id", "segment_id", "day", "people", "at"];
          const names = sql.join(columns.map((column) => sql.ref(column)));
          await sql`insert into rk_segment_sizes (${names})
            select ${names} from ${dialect.tableRows("rk_segment_sizes", columns, rows)} as r where true
            ${dialect.replacing(["tenant_id", "segment_id", "day"], ["people", "at"])}`.execute(tx);
        }
        await tx.deleteFrom("rk_segment_sizes").where("tenant_id", "=", tenantId).where("day", "<", keepFrom).execute();
      }),
    sizes: (tenantId, segmentId, { from, to }) =>
      db
        .selectFrom("rk_segment_sizes")
        .select(["day", "people", "at"])
        .where("tenant_id", "=", tenantId)
        .where("segment_id", "=", segmentId)
        .where("day", ">=", from)
        .where("day", "<=", to)
        .orderBy("day")
        .execute(),
  };
}

function inUse(db: Kysely<Database>, tenantId: number, segmentId: number) {
  return db
    .updateTable("rk_segments")
    .where("id", "=", segmentId)
    .where(isOfTenant(tenantId))
    .where("archived_at", "is", null);
}

function columnsOf({ name, description, segment, at }: SegmentWrite) {
  return {
    name,
    name_search: searchForm(name),
    active_name: name,
    description,
    definition: JSON.stringify(segment),
    updated_at: at,
  };
}

function segmentRows(db: Kysely<Database>, tenantId: number) {
  return db
    .selectFrom("rk_segments")
    .select(["id", "tenant_id as tenantId", "name", "description", "definition", "revision"])
    .select(["created_at as createdAt", "updated_at as updatedAt", "archived_at as archivedAt"])
    .where("tenant_id", "=", tenantId);
}

function toSegment({
  definition,
  ...row
}: Omit<SavedSegment, "segment"> & { readonly definition: string }): SavedSegment {
  // Written by this store, from the same type.
  return { ...row, segment: JSON.parse(definition) as SavedSegment["segment"] };
}
