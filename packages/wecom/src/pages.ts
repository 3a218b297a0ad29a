import { brokenAnswer } from "./call-errors.js";

const MOST_PAGES = 10_000;

/** One page and the cursor of the next; no cursor, or an empty one, ends the list. */
export interface CursorPage<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null | undefined;
}

/**
 * All pages of a list, one after the other, empty ones left out.
 *
 * @param call names the list in errors
 * @throws {ChannelError} when a cursor comes again, or the list has no end within 10 000 pages
 */
export async function* allPages<Row>(
  call: string,
  fetchPage: (cursor: string | undefined) => Promise<CursorPage<Row>>,
): AsyncGenerator<readonly Row[], void, undefined> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const { rows, next } = await fetchPage(cursor);
    if (rows.length > 0) yield rows;
    cursor = next || undefined;
    if (cursor !== undefined && (seen.has(cursor) || seen.size >= MOST_PAGES)) {
      throw brokenAnswer(call, "harmless", "with a cursor that leads nowhere");
    }
    if (cursor !== undefined) seen.add(cursor);
  } while (cursor !== undefined);
}
