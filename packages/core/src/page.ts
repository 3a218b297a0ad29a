import * as z from "zod";

/** One page of a list that is walked by cursor; `nextCursor` is null on the last page. */
export interface Page<T> {
  /** Rows of the page, in the order of the list. */
  readonly items: readonly T[];
  /** Where the next page begins; null: there is none. */
  readonly nextCursor: string | null;
}

/** What a list call by cursor takes. */
export interface PageRequest {
  /** Opaque value of an earlier page's `nextCursor`. @default the first page */
  readonly cursor?: string | null | undefined;
  /** Rows of a page, 1 … 200. @default 50; of `all` 200 */
  readonly limit?: number | undefined;
}

/** What a list of the kit takes beside its filter. */
export interface PageOptions {
  /** Opaque value of an earlier page's `nextCursor`. @default the first page */
  readonly cursor?: string | null | undefined;
  /** Rows of a page, 1 … 200; more counts as 200. @default 50; of `all` 200 */
  readonly limit?: number | null | undefined;
}

/** What cuts a walk over all pages off. */
export interface WalkOptions {
  /** Aborting it ends the walk with its reason, before the next page is read. */
  readonly signal?: AbortSignal | null | undefined;
}

/** A list: by pages, or one row after the other. */
export interface Listing<Options extends PageOptions, Item> {
  /** One page, with the cursor of the next. */
  list(options?: Options): Promise<Page<Item>>;
  /** Every row from `cursor` on. A page is read when its first row is asked for; `limit` is its size. */
  all(options?: Options & WalkOptions): AsyncIterable<Item>;
}

/** Every row of a list, page by page. @throws the reason of `signal`, before a page is read */
export async function* rowsOf<T>(
  pageAt: (cursor: string | null) => Promise<Page<T>>,
  start: string | null,
  signal: AbortSignal | null | undefined,
): AsyncGenerator<T, void> {
  for (let cursor: string | null = start; ; ) {
    signal?.throwIfAborted();
    const page: Page<T> = await pageAt(cursor);
    for (const row of page.items) {
      signal?.throwIfAborted();
      yield row;
    }
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
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

/** Where a list by two columns, newest first, goes on: behind the row of this instant and id. */
export interface ListPosition {
  /** Epoch ms. */
  readonly at: number;
  /** Id of the last row seen. */
  readonly id: number;
}

const POSITION = /^(-?\d{1,16}):(\d{1,16})$/;

/** Position of a cursor; null starts at the beginning. */
export function cursorToPosition(cursor: string | null | undefined): ListPosition | null {
  const [, at, id] = POSITION.exec(cursor ?? "") ?? [];
  return at === undefined || id === undefined ? null : { at: Number(at), id: Number(id) };
}

/** Fields of a {@link PageRequest} of a list by instant and id. */
export const positionFields = {
  cursor: z
    .string()
    .refine((cursor) => POSITION.test(cursor), { message: "must be the nextCursor of an earlier page" })
    .optional(),
  limit: limitSchema.optional(),
};

/** Builds a page from `limit + 1` rows, with the cursor that a row stands for. */
export function pageBy<T>(rows: readonly T[], limit: number, cursorOf: (row: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

/** A numbered page, for lists that show how many pages there are; rows that come or go meanwhile move the others. */
export interface NumberedPageRequest {
  /** Rows to pass over, >= 0. @default 0 */
  readonly offset?: number | null | undefined;
  /** 1 … 200, of results 1 … 20. @default 50, of results 20 */
  readonly limit?: number | null | undefined;
}

/** A numbered page, and how many rows there are on all of them. */
export interface NumberedPage<T> {
  /** Rows of this page. */
  readonly items: readonly T[];
  /** Rows of all pages. */
  readonly total: number;
}

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
