import { InputError, type InputIssue } from "../errors.js";
import type { RowLock } from "../ports/row-lock.js";
import type { SegmentStore } from "../ports/segment-store.js";
import type { SavedSegment } from "./saved-segment.js";
import { COMPOSITIONS, MOST_DEPTH, MOST_PARTS, type Segment } from "./segment.js";

/** Saved segments by id. */
export type SavedSegments = ReadonlyMap<number, SavedSegment>;

const AT_ONCE = 500;

/** Ids of saved segments that a segment names itself, each once. */
export function referencesOf(segment: Segment): readonly number[] {
  return [...new Set(namedIn(segment))];
}

function* namedIn(segment: Segment): Generator<number> {
  if (segment.saved !== undefined) yield segment.saved;
  for (const name of COMPOSITIONS) for (const one of segment[name] ?? []) yield* namedIn(one);
}

/** Every saved segment that segments lead to, with one read for each level; nothing is read for a segment without references. */
export async function reachedSegments(
  store: Pick<SegmentStore, "get">,
  tenantId: number,
  segments: readonly Segment[],
  lock?: RowLock,
): Promise<SavedSegments> {
  const found = new Map<number, SavedSegment>();
  const asked = new Set<number>();
  for (let from = segments; from.length > 0; ) {
    const ids = [...new Set(from.flatMap(referencesOf))].filter((id) => !asked.has(id));
    const level: SavedSegment[] = [];
    // In one order, so that two who hold the same rows wait for each other.
    ids.sort((a, b) => a - b);
    for (let at = 0; at < ids.length; at += AT_ONCE)
      level.push(...(await store.get(tenantId, ids.slice(at, at + AT_ONCE), lock)));
    for (const id of ids) asked.add(id);
    for (const one of level) found.set(one.id, one);
    from = level.map(({ segment }) => segment);
  }
  return found;
}

/** How deep and how wide a segment is with all that it leads to, or why that can't be said. */
type Reach =
  | { readonly depth: number; readonly parts: number }
  | { readonly fault: Pick<InputIssue, "code" | "message" | "params"> };

/**
 * What is wrong with the references of a segment, each at its path below `segment`: an id that nobody has, an archived segment,
 * a circle, too many levels or segments in all.
 *
 * @param saved what the segment leads to
 * @param options `own`: the saved segment that it is to be. `isWritten`: it is about to be kept, and archived ones are refused
 */
export function referenceFaults(
  segment: Segment,
  saved: SavedSegments,
  { own, isWritten = false }: { readonly own?: SavedSegment; readonly isWritten?: boolean } = {},
): readonly InputIssue[] {
  const issues: InputIssue[] = [];
  const known = new Map<number, Reach>();
  const trail = own ? [own] : [];
  let parts = 0;
  const walk = (one: Segment, path: string, level: number) => {
    if (one.saved !== undefined) {
      const at = `${path}.saved`;
      const target = saved.get(one.saved);
      const reach = reachOfSaved(one.saved, trail, saved, known);
      if ("fault" in reach) issues.push({ path: at, ...reach.fault });
      else if (isWritten && target?.archivedAt !== null)
        issues.push({ path: at, code: "segment.archived", message: `the saved segment ${one.saved} is archived` });
      else if (level + 1 + reach.depth > MOST_DEPTH)
        issues.push({ path: at, code: "segment.too-deep", message: TOO_DEEP, params: { most: MOST_DEPTH } });
      parts += 1 + ("fault" in reach ? 0 : reach.parts);
    }
    for (const name of COMPOSITIONS)
      for (const [index, inner] of (one[name] ?? []).entries()) {
        parts += 1;
        walk(inner, `${path}.${name}.${index}`, level + 1);
      }
  };
  walk(segment, "segment", 0);
  if (parts > MOST_PARTS)
    issues.push({ path: "segment", code: "segment.too-large", message: TOO_LARGE, params: { most: MOST_PARTS } });
  return issues;
}

const TOO_DEEP = `with the saved segments, segments nest more than ${MOST_DEPTH} deep`;
const TOO_LARGE = `with the saved segments, there are more than ${MOST_PARTS} segments`;

/** @throws {InputError} every fault of the references of a segment */
export async function checkedReferences(
  store: Pick<SegmentStore, "get">,
  tenantId: number,
  segment: Segment,
): Promise<SavedSegments> {
  const saved = await reachedSegments(store, tenantId, [segment]);
  const issues = referenceFaults(segment, saved);
  if (issues.length > 0) throw new InputError(issues);
  return saved;
}

function reachOfSaved(
  id: number,
  trail: readonly SavedSegment[],
  saved: SavedSegments,
  known: Map<number, Reach>,
): Reach {
  const begin = trail.findIndex((one) => one.id === id);
  if (begin >= 0) {
    const circle = [...trail.slice(begin), ...trail.slice(begin, begin + 1)].map(({ name }) => `"${name}"`).join(" → ");
    const message = `saved segments lead in a circle: ${circle}`;
    return { fault: { code: "segment.cycle", message, params: { circle } } };
  }
  const before = known.get(id);
  if (before) return before;
  const one = saved.get(id);
  const reach: Reach = one
    ? reachOf(one.segment, [...trail, one], saved, known)
    : { fault: { code: "segment.unknown", message: `there is no saved segment ${id}`, params: { id } } };
  known.set(id, reach);
  return reach;
}

function reachOf(
  segment: Segment,
  trail: readonly SavedSegment[],
  saved: SavedSegments,
  known: Map<number, Reach>,
): Reach {
  const inner = [
    ...(segment.saved === undefined ? [] : [reachOfSaved(segment.saved, trail, saved, known)]),
    ...COMPOSITIONS.flatMap((name) => (segment[name] ?? []).map((one) => reachOf(one, trail, saved, known))),
  ];
  let depth = 0;
  let parts = 0;
  for (const one of inner) {
    if ("fault" in one) return one;
    depth = Math.max(depth, one.depth + 1);
    parts += one.parts + 1;
  }
  return { depth, parts };
}
