import { cursorToId, type ListPosition, type Page, type PageRequest, pageLimit, pageOf } from "../page.js";

/** The first `limit` rows that match, in the order given. */
export function take<Row>(rows: readonly Row[], limit: number, matches: (row: Row) => boolean): readonly Row[] {
  const taken: Row[] = [];
  for (const row of rows) {
    if (taken.length >= limit) break;
    if (matches(row)) taken.push(row);
  }
  return taken;
}

/** Whether a row comes behind a position, newest first. */
export function isBehind(row: ListPosition, position: ListPosition): boolean {
  return row.at < position.at || (row.at === position.at && row.id < position.id);
}

/** The page of a request, from rows by ascending id. */
export function pageOfRows<Row extends { readonly id: number }>(
  rows: readonly Row[],
  request: PageRequest,
  matches: (row: Row) => boolean,
): Page<Row> {
  const limit = pageLimit(request);
  const after = cursorToId(request.cursor);
  return pageOf(
    take(rows, limit + 1, (row) => row.id > after && matches(row)),
    limit,
  );
}

/** Rows by state; states without a row are left out. */
export function countStates<State extends string>(
  rows: readonly { readonly state: State }[],
): Readonly<Partial<Record<State, number>>> {
  const counts: Partial<Record<State, number>> = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
