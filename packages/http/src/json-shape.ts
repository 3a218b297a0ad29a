import { HttpError } from "./http-error.js";

/** Deepest nesting of lists and objects in a body. */
const MAX_DEPTH = 32;
/** Most entries of all lists and objects in a body together. */
const MAX_ENTRIES = 10_000;

/**
 * Refuses JSON that is costly to walk.
 *
 * @throws {HttpError} 400 `http.body-too-deep`; 413 `http.too-many-entries`
 */
export function checkJsonShape(body: unknown, maxEntries: number = MAX_ENTRIES): void {
  let entries = 0;
  let level: readonly unknown[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    const below: unknown[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      if (depth >= MAX_DEPTH) throw new HttpError(400, "http.body-too-deep");
      const held = Object.values(value);
      entries += held.length;
      if (entries > maxEntries) throw new HttpError(413, "http.too-many-entries");
      for (const child of held) below.push(child);
    }
    level = below;
  }
}
