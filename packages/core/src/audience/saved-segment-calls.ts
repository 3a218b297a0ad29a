import type { Clock } from "../clock.js";
import { ConflictError, InputError, type InputIssue, NotFoundError } from "../errors.js";
import type { ListPosition } from "../page.js";
import type { RowLock } from "../ports/row-lock.js";
import type { SegmentStore } from "../ports/segment-store.js";
import type { Stores } from "../ports/stores.js";
import { withoutNulls, withoutNullsDeep } from "../without-nulls.js";
import { parseInput } from "../zod-issues.js";
import { reachedSegments, referenceFaults, referencesOf } from "./references.js";
import { type SavedSegment, type SavedSegmentInput, type SegmentUsers, savedSegmentSchema } from "./saved-segment.js";
import type { Segment } from "./segment.js";

/** What calls about the saved segments of a tenant work with. */
export interface SavedSegmentContext {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly tenantId: number;
}

const PAGE = 200;

/** @throws {InputError} every fault at once */
function parseSaved(input: SavedSegmentInput) {
  const given = withoutNulls(input) as SavedSegmentInput;
  const isObject = typeof given === "object" && given !== null;
  return parseInput(savedSegmentSchema, isObject ? { ...given, segment: withoutNullsDeep(given.segment) } : given);
}

/**
 * Saves a segment.
 *
 * @throws {InputError} every fault at once. @throws {ConflictError} `segment.name-taken`
 */
export async function createSegment(
  { stores, clock, tenantId }: SavedSegmentContext,
  input: SavedSegmentInput,
): Promise<SavedSegment> {
  const write = parseSaved(input);
  return stores.transaction(async (tx) => {
    await holdReferences(tx.segments, tenantId, write.segment);
    const id = await tx.segments.insert(tenantId, { ...write, at: clock.now() });
    return getSegment(tx.segments, tenantId, id);
  });
}

/**
 * Writes the next revision. Whatever refers to the segment means the new one from its next audience on, so that the edit must
 * not lead those that do too deep, nor in a circle.
 *
 * @param options `revision`: the newest one as the caller knows it. @default whichever it is
 * @throws {InputError} every fault at once. @throws {NotFoundError} `segment.not-found`, also for an archived one
 * @throws {ConflictError} `segment.name-taken`, `state.stale-version`
 */
export async function updateSegment(
  { stores, clock, tenantId }: SavedSegmentContext,
  segmentId: number,
  input: SavedSegmentInput,
  { revision }: { readonly revision?: number | undefined } = {},
): Promise<SavedSegment> {
  const write = parseSaved(input);
  return stores.transaction(async (tx) => {
    const before = await getSegment(tx.segments, tenantId, segmentId, "exclusive");
    if (before.archivedAt !== null) throw notFound(segmentId);
    const after = { ...before, ...write };
    await holdReferences(tx.segments, tenantId, write.segment, after);
    const issues = await faultsOfUsers(tx, tenantId, after);
    if (issues.length > 0) throw new InputError(issues);
    const edit = { ...write, revision: revision ?? before.revision, at: clock.now() };
    if (!(await tx.segments.edit(tenantId, segmentId, edit)))
      throw new ConflictError("state.stale-version", `segment ${segmentId} has another revision meanwhile`);
    return getSegment(tx.segments, tenantId, segmentId);
  });
}

/**
 * Archives a segment; a repeat changes nothing.
 *
 * @throws {NotFoundError} `segment.not-found`. @throws {ConflictError} `segment.in-use`, naming who uses it
 */
export async function archiveSegment(
  { stores, clock, tenantId }: SavedSegmentContext,
  segmentId: number,
): Promise<void> {
  await stores.transaction(async (tx) => {
    await getSegment(tx.segments, tenantId, segmentId, "exclusive");
    const { rules, segments } = await usersOf(tx, tenantId, segmentId);
    if (rules.length + segments.length > 0) {
      const named = (what: string, users: SegmentUsers["rules"]) =>
        users.map(({ id, name }) => `${what} ${id} "${name}"`);
      const all = [...named("rule", rules), ...named("segment", segments)];
      const shown = all.length > 10 ? [...all.slice(0, 10), `and ${all.length - 10} more`] : all;
      throw new ConflictError("segment.in-use", `segment ${segmentId} is used by ${shown.join(", ")}`);
    }
    await tx.segments.archive(tenantId, segmentId, clock.now());
  });
}

/** @throws {NotFoundError} `segment.not-found` */
export async function getSegment(
  store: Pick<SegmentStore, "get">,
  tenantId: number,
  segmentId: number,
  lock?: RowLock,
): Promise<SavedSegment> {
  const [found] = await store.get(tenantId, [segmentId], lock);
  if (found) return found;
  throw notFound(segmentId);
}

function notFound(segmentId: number): NotFoundError {
  return new NotFoundError("segment.not-found", `no segment ${segmentId}`);
}

/** Rules and segments that name a saved segment themselves. */
export async function usersOf(stores: Stores, tenantId: number, segmentId: number): Promise<SegmentUsers> {
  const names = ({ segment }: { readonly segment: Segment }) => referencesOf(segment).includes(segmentId);
  const rules: { id: number; name: string }[] = [];
  for await (const { id, name, definition } of rulesOf(stores, tenantId))
    if (names(definition)) rules.push({ id, name });
  const segments: { id: number; name: string }[] = [];
  for await (const one of segmentsOf(stores, tenantId)) if (names(one)) segments.push({ id: one.id, name: one.name });
  return { rules, segments };
}

/**
 * Keeps the saved segments that a segment leads to as they are until the transaction ends.
 *
 * @param own the saved segment that it is to be
 * @throws {InputError} every fault of its references
 */
export async function holdReferences(
  store: Pick<SegmentStore, "get">,
  tenantId: number,
  segment: Segment,
  own?: SavedSegment,
): Promise<void> {
  const saved = new Map(await reachedSegments(store, tenantId, [segment], "shared"));
  if (own) saved.set(own.id, own);
  const issues = referenceFaults(segment, saved, { ...(own && { own }), isWritten: true });
  if (issues.length > 0) throw new InputError(issues);
}

/** What would be wrong with those that lead to a segment, were it so. */
async function faultsOfUsers(tx: Stores, tenantId: number, after: SavedSegment): Promise<readonly InputIssue[]> {
  const all = new Map<number, SavedSegment>();
  for await (const one of segmentsOf(tx, tenantId)) all.set(one.id, one);
  const saved = new Map([...all, ...(await reachedSegments(tx.segments, tenantId, [after.segment]))]);
  saved.set(after.id, after);
  const leading = leadingTo(after.id, all);
  const issues: InputIssue[] = [];
  const ask = (user: { readonly name: string }, segment: Segment, what: "rule" | "segment", own?: SavedSegment) => {
    for (const { code, message } of referenceFaults(segment, saved, own && { own })) {
      const said = `${what} "${user.name}" refers to it: ${message}`;
      issues.push({ path: "segment", code, message: said, params: { user: user.name } });
    }
  };
  for (const one of all.values()) if (leading.has(one.id)) ask(one, one.segment, "segment", one);
  for await (const rule of rulesOf(tx, tenantId)) {
    const { segment } = rule.definition;
    if (referencesOf(segment).some((id) => id === after.id || leading.has(id))) ask(rule, segment, "rule");
  }
  return issues;
}

/** Ids of segments that lead to one, over however many others. */
function leadingTo(segmentId: number, all: ReadonlyMap<number, SavedSegment>): ReadonlySet<number> {
  const users = new Map<number, number[]>();
  for (const { id, segment } of all.values())
    for (const named of referencesOf(segment)) users.set(named, [...(users.get(named) ?? []), id]);
  const leading = new Set<number>();
  const open = [segmentId];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const user of users.get(id) ?? [])
      if (user !== segmentId && !leading.has(user)) {
        leading.add(user);
        open.push(user);
      }
  return leading;
}

/** Rules that are not deleted, page by page. */
async function* rulesOf({ rules }: Pick<Stores, "rules">, tenantId: number) {
  for (let after: ListPosition | null = null; ; ) {
    const page: Awaited<ReturnType<typeof rules.after>> = await rules.after(tenantId, {}, after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = { at: last.createdAt, id: last.id };
  }
}

/** Saved segments that are not archived, page by page. */
export async function* segmentsOf({ segments }: Pick<Stores, "segments">, tenantId: number) {
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof segments.list>> = await segments.list(tenantId, { limit: PAGE, cursor });
    yield* page.items;
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}
