import type { Generated } from "kysely";

export interface SegmentTable {
  id: Generated<number>;
  tenant_id: number;
  name: string;
  name_search: string;
  /** Null once it is archived. */
  active_name: string | null;
  description: string | null;
  definition: string;
  revision: number;
  created_at: number;
  updated_at: number;
  archived_at: number | null;
}

export interface SegmentSizeTable {
  tenant_id: number;
  segment_id: number;
  day: string;
  people: number;
  at: number;
}

/** Saved segments and their sizes. */
export interface SegmentTables {
  rk_segments: SegmentTable;
  rk_segment_sizes: SegmentSizeTable;
}
