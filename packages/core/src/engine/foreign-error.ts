/** Longest account of an error. */
const MOST = 200;

/**
 * What an exception of somebody else's code says, for people who have to find its cause: its kind and message without what
 * may name a person or hold a secret: quoted texts, addresses, queries of links, long numbers and tokens.
 */
export function foreignCause(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${error === null ? "null" : typeof error}`;
  const message = error.message
    .replace(/\?[^\s"']*/g, "?…")
    .replace(/(["'`“”‘’]).*?\1/g, "$1…$1")
    .replace(/[^\s@<>()"']+@[^\s@<>()"']+/g, "…@…")
    .replace(/\+?\d[\d -]{5,}\d/g, "…")
    .replace(/[A-Za-z0-9_-]{20,}/g, "…")
    .replace(/\s+/g, " ")
    .trim();
  return `${error.name}: ${message}`.slice(0, MOST);
}
