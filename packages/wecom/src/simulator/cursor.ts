import { type Fields, optionalInteger, optionalText } from "./call.js";
import { RefusedCall } from "./errors.js";
import type { Identifiers } from "./identifiers.js";

/** The position that a body's `cursor` stands for, or `start` without one. */
export function readCursor(ids: Identifiers, query: string, fields: Fields, start: number): number {
  const cursor = optionalText(fields, "cursor");
  if (cursor === undefined) return start;
  const position = Number(cursor.split("_", 1)[0]);
  if (!Number.isSafeInteger(position) || cursor !== writeCursor(ids, query, position)) throw new RefusedCall(50100);
  return position;
}

/** A cursor that only the same query accepts. */
export function writeCursor(ids: Identifiers, query: string, position: number): string {
  return `${position}_${ids.seal(`${query}|${position}`)}`;
}

/** Page size: above `max`, or below 1, the provider falls back to its default. */
export function readLimit(fields: Fields, byDefault: number, max: number): number {
  const limit = optionalInteger(fields, "limit") ?? byDefault;
  return limit >= 1 && limit <= max ? limit : byDefault;
}
