import * as z from "zod";

/** One page of a list that is walked by cursor; `nextCursor` is null on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** What a list call by cursor takes. */
export interface PageRequest {
  /** Opaque value of an earlier page's `nextCursor`. */
  readonly cursor?: string | null;
  /** 1 … 200. @default 50 */
  readonly limit?: number;
}

/** Largest page of every list. */
export const MAX_PAGE_SIZE = 200;

/** A row limit; what is above the largest page counts as that. */
export const limitSchema = z.int().min(1);

/** Fields of a {@link PageRequest}, for the schemas of filters. */
export const pageFields = {
  cursor: z
    .string()
    .refine((cursor) => cursorToId(cursor) > 0, { message: "must be the nextCursor of an earlier page" })
    .nullish(),
  limit: limitSchema.optional(),
};

/** Fields of a request by numbered pages. */
export const offsetPageSchema = z.strictObject({ offset: z.int().min(0).optional(), limit: limitSchema.optional() });

/** The row limit of a request, between 1 and {@link MAX_PAGE_SIZE}. */
export function pageLimit(request: PageRequest): number {
  return Math.min(Math.max(Math.trunc(request.limit ?? 50), 1), MAX_PAGE_SIZE);
}

/** Cursor of a list ordered by a numeric id: the last id seen; 0 starts at the beginning. */
export function cursorToId(cursor: string | null | undefined): number {
  const id = /^\d+$/.test(cursor ?? "") ? Number(cursor) : 0;
  return Number.isSafeInteger(id) ? id : 0;
}

/** Builds a page from `limit + 1` rows read after the cursor. */
export function pageOf<T extends { readonly id: number }>(rows: readonly T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? String(last.id) : null };
}
