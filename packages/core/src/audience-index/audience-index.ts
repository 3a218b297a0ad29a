import type { AudienceQuery, AudienceRow } from "../audience/audience-query.js";
import type { Stores } from "../ports/stores.js";
import { addTo, type Bitset, bitset, countOf, isIn, ordinalsOf, takeOut } from "./bitset.js";
import { bytesOf, type Columns, columnsBuilder, placeOf, rowsOf } from "./columns.js";
import { type Asked, isAnswered, membersOf, ordersOf, peopleOf } from "./evaluate.js";
import { readChanges } from "./read-changes.js";
import { readColumns, type WriteBytes, writeColumns } from "./snapshot.js";
import { type View, viewOf } from "./view.js";

/** How an index is made. */
export interface AudienceIndexOptions {
  /** Where people, orders and labels are. */
  readonly stores: Pick<Stores, "tenants" | "audience">;
  /** Whose people. */
  readonly tenantId: number;
  /** Bytes that it may hold, and while it is built; above it has nothing and answers nothing. @default 536 870 912 */
  readonly maxBytes?: number | undefined;
  /** Is waited for between pieces of long work, so that others get their turn. @default nothing */
  readonly pause?: (() => Promise<void>) | undefined;
}

/**
 * What an index is good for. `empty`: nothing was built or loaded; `current`: it was equal to the stores when it last looked;
 * `behind`: it knows of an earlier revision; `outdated`: it has to be built anew; `too-large`: it would be larger than `maxBytes`.
 */
export type AudienceIndexState = "empty" | "current" | "behind" | "outdated" | "too-large";

/** What long calls take. */
export interface LongCall {
  /** Ends the call with its reason. @default none */
  readonly signal?: AbortSignal | undefined;
}

/** People without one part of a query. */
export interface CountWithout {
  /** Which part is left out. */
  readonly part: "window" | "labelGroups" | "conditions" | "customerIds";
  /** Its number, from 0, among those of its kind. */
  readonly index: number;
  /** People whom the rest means. */
  readonly count: number;
}

/** Members by their last counted order. */
export interface LastOrders {
  /** Members without a counted order. */
  readonly none: number;
  /** Members of each span, one fewer than edges. */
  readonly spans: readonly number[];
}

/**
 * People and orders of a tenant in memory, for counts while somebody edits a segment. Every answer is that of the store as of
 * {@link AudienceIndex.revision}, or undefined: what the index does not hold (attributes, reachability, consents, what pushes
 * came to), and everything while it is not `current`. Ask the store then.
 */
export interface AudienceIndex {
  /** What it is good for at the moment. */
  readonly state: AudienceIndexState;
  /** Revision of the tenant that it is equal to; 0: none. */
  readonly revision: number;
  /** People in it. */
  readonly people: number;
  /** Bytes that it holds. */
  readonly bytes: number;
  /** Reads everybody anew, page by page. @returns whether it is current */
  build(options?: LongCall): Promise<boolean>;
  /** Reads what changed, by the feed. @returns whether it is current; false also when it has to be built, see `state` */
  refresh(options?: LongCall): Promise<boolean>;
  /** People whom a compiled segment means. */
  count(query: AudienceQuery): number | undefined;
  /** Ids of people whom it means, ascending. */
  members(query: AudienceQuery): Float64Array | undefined;
  /** Of whom it means, how many have each label, themselves or on a counted order. */
  facets(query: AudienceQuery, labelIds: readonly number[]): readonly number[] | undefined;
  /** How many people there would be without each part of it. */
  withoutEach(query: AudienceQuery): readonly CountWithout[] | undefined;
  /** Whom it means, by when they last bought. @param edges ascending instants, each the begin of a span and the end of the one before */
  lastOrders(query: AudienceQuery, edges: readonly number[]): LastOrders | undefined;
  /** Hands its bytes out, to be kept in a file; what is written is never changed. @returns whether there was anything */
  save(write: WriteBytes): Promise<boolean>;
  /** Takes bytes that `save` handed out; `refresh` then reads what changed since. @returns whether they were whole and this tenant's */
  load(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<boolean>;
  /** Gives its memory back. */
  drop(): void;
}

const MAX_BYTES = 512 * 1024 * 1024;
const PAGE = 500;
const ROWS_BETWEEN_PAUSES = 10_000;
/** Fewer people than this are kept beside the others until they are merged. */
const LEAST_BESIDE = 1_000;

/** What the index holds: columns, and rows beside them in the place of those that changed. */
interface Held {
  readonly base: Columns;
  /** People of the columns who changed. */
  readonly changed: Bitset;
  /** Those as they are now, by id. */
  readonly rows: ReadonlyMap<number, AudienceRow>;
  readonly beside: Columns;
}

/** An index of one tenant's audiences, empty until it is built or loaded. */
export function createAudienceIndex(options: AudienceIndexOptions): AudienceIndex {
  const { stores, tenantId, maxBytes = MAX_BYTES, pause = async () => {} } = options;
  let state: AudienceIndexState = "empty";
  let revision = 0;
  let held: Held | undefined;
  const views = viewsOf();
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other: what is asked for while something runs waits for it. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work, work);
    turn = mine.catch(() => {});
    return mine;
  }

  const bytes = () => (held ? bytesOf(held.base) + bytesOf(held.beside) + views.bytes() : 0);

  function giveUp(why: "outdated" | "too-large" | "empty"): false {
    held = undefined;
    revision = 0;
    views.clear();
    state = why;
    return false;
  }

  function take(base: Columns, at: number): boolean {
    views.clear();
    held = { base, changed: bitset(base.ids.length), rows: new Map(), beside: emptyColumns() };
    revision = at;
    state = "behind";
    return bytes() <= maxBytes || giveUp("too-large");
  }

  async function build({ signal }: LongCall): Promise<boolean> {
    giveUp("empty");
    const from = (await stores.tenants.get(tenantId))?.revision ?? 0;
    const builder = columnsBuilder();
    for (let afterId = 0; ; ) {
      signal?.throwIfAborted();
      const rows = await stores.audience.rows(tenantId, { afterId, limit: PAGE });
      for (const row of rows) builder.add(row);
      if (builder.bytes() > maxBytes) return giveUp("too-large");
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) break;
      afterId = last.customerId;
    }
    const columns = builder.finish();
    if (!columns) return giveUp("too-large");
    return take(columns, from) && refresh({ signal });
  }

  async function refresh({ signal }: LongCall): Promise<boolean> {
    if (!held) return false;
    const read = await readChanges(stores, { tenantId, revision, mostPeople: held.base.ids.length / 2 }, signal);
    if (read === "outdated") return giveUp("outdated");
    if (read === "unsettled") {
      state = "behind";
      return false;
    }
    if (read.rows.size > 0) putBeside(held, read.rows);
    revision = read.revision;
    state = "current";
    if (held.rows.size > Math.max(LEAST_BESIDE, held.base.ids.length / 16)) await merge();
    return bytes() <= maxBytes || shrink();
  }

  /** Views are made again when they are asked for. */
  function shrink(): boolean {
    views.clear();
    return bytes() <= maxBytes || giveUp("too-large");
  }

  function putBeside({ base, changed, rows: before }: Held, news: ReadonlyMap<number, AudienceRow | undefined>): void {
    const rows = new Map(before);
    for (const [id, row] of news) {
      const person = placeOf(base.ids, id);
      if (person !== undefined) addTo(changed, person);
      if (row) rows.set(id, row);
      else rows.delete(id);
    }
    const builder = columnsBuilder();
    for (const row of sorted(rows)) builder.add(row);
    const beside = builder.finish();
    if (beside) held = { base, changed, rows, beside };
    else giveUp("too-large");
  }

  /** Makes one of the columns and what stands beside them. */
  async function merge(): Promise<void> {
    const from = held;
    if (!from || from.rows.size + countOf(from.changed) === 0) return;
    const builder = columnsBuilder();
    const news = sorted(from.rows);
    let next = 0;
    let added = 0;
    for (const row of rowsOf(from.base, (person) => isIn(from.changed, person))) {
      for (let one = news[next]; one && one.customerId < row.customerId; one = news[++next]) builder.add(one);
      builder.add(row);
      if (++added % ROWS_BETWEEN_PAUSES === 0) await pause();
    }
    for (const one of news.slice(next)) builder.add(one);
    const columns = builder.finish();
    if (!columns) return;
    views.clear();
    held = { base: columns, changed: bitset(columns.ids.length), rows: new Map(), beside: emptyColumns() };
  }

  /** Members in the columns, and beside them. */
  function asked(query: AudienceQuery): readonly { readonly asked: Asked; readonly members: Bitset }[] | undefined {
    if (!held || state !== "current" || query.tenantId !== tenantId || !isAnswered(query)) return undefined;
    const { base, beside, changed } = held;
    return [base, beside].map((columns) => {
      const one = { columns, view: views.of(columns, query.orders), asOf: query.orders.asOf };
      const members = membersOf(one, query);
      return { asked: one, members: columns === base ? takeOut(members, changed) : members };
    });
  }

  function count(query: AudienceQuery): number | undefined {
    return asked(query)?.reduce((sum, { members }) => sum + countOf(members), 0);
  }

  return {
    get state() {
      return state;
    },
    get revision() {
      return revision;
    },
    get people() {
      return held ? held.base.ids.length - countOf(held.changed) + held.rows.size : 0;
    },
    get bytes() {
      return bytes();
    },
    build: (how = {}) => inTurn(() => build(how)),
    refresh: (how = {}) => inTurn(() => refresh(how)),
    count,
    members(query) {
      const parts = asked(query);
      if (!parts) return undefined;
      const [base, beside] = parts.map(({ asked: one, members }) =>
        Float64Array.from(ordinalsOf(members), (person) => one.columns.ids[person] ?? 0),
      );
      if (!base || !beside || beside.length === 0) return base;
      const found = new Float64Array(base.length + beside.length);
      found.set(base);
      found.set(beside, base.length);
      return found.sort();
    },
    facets(query, labelIds) {
      const parts = asked(query);
      return parts && labelIds.map((id) => parts.reduce((sum, part) => sum + holdersAmong(part, id), 0));
    },
    withoutEach(query) {
      if (count(query) === undefined) return undefined;
      const { window, labelGroups, conditions = [], customerIds, ...rest } = query;
      const parts: [CountWithout["part"], number, AudienceQuery][] = [];
      const { window: _, ...windowless } = query;
      const { customerIds: __, ...unnamed } = query;
      if (window) parts.push(["window", 0, windowless]);
      for (const at of labelGroups.keys())
        parts.push(["labelGroups", at, { ...query, labelGroups: labelGroups.toSpliced(at, 1) }]);
      for (const at of conditions.keys())
        parts.push(["conditions", at, { ...query, conditions: conditions.toSpliced(at, 1) }]);
      if (customerIds) parts.push(["customerIds", 0, { ...unnamed, ...rest }]);
      return parts.map(([part, index, without]) => ({ part, index, count: count(without) ?? 0 }));
    },
    lastOrders(query, edges) {
      const parts = asked(query);
      if (!parts) return undefined;
      const spans = new Array<number>(Math.max(0, edges.length - 1)).fill(0);
      let none = 0;
      for (const { asked: one, members } of parts)
        for (const person of ordinalsOf(members)) {
          const last = one.view.last[person] ?? Number.NEGATIVE_INFINITY;
          if (last === Number.NEGATIVE_INFINITY) none += 1;
          const span = edges.findLastIndex((edge) => edge <= last);
          if (span >= 0 && span < spans.length) spans[span] = (spans[span] ?? 0) + 1;
        }
      return { none, spans };
    },
    save: (write) =>
      inTurn(async () => {
        await merge();
        if (!held) return false;
        await writeColumns(held.base, { tenantId, revision }, write);
        return true;
      }),
    load: (pieces) =>
      inTurn(async () => {
        const read = await readColumns(pieces, tenantId, maxBytes);
        return read ? take(read.columns, read.revision) : false;
      }),
    drop() {
      giveUp("empty");
    },
  };
}

function sorted(rows: ReadonlyMap<number, AudienceRow>): readonly AudienceRow[] {
  return [...rows.values()].sort((a, b) => a.customerId - b.customerId);
}

function emptyColumns(): Columns {
  const columns = columnsBuilder().finish();
  if (!columns) throw new Error("no rows have no statuses");
  return columns;
}

/** Members who have a label, themselves or on a counted order. */
function holdersAmong(
  { asked, members }: { readonly asked: Asked; readonly members: Bitset },
  labelId: number,
): number {
  const { columns, view } = asked;
  const seen = bitset(columns.ids.length);
  let count = 0;
  const look = (person: number) => {
    if (!isIn(members, person) || isIn(seen, person)) return;
    addTo(seen, person);
    count += 1;
  };
  for (const person of peopleOf(columns, labelId)) look(person);
  for (const order of ordersOf(columns, labelId)) if (isIn(view.counted, order)) look(columns.orderOwner[order] ?? 0);
  return count;
}

/** Views of columns: one for all instants behind the latest thing that happened, one for the last other instant. */
function viewsOf() {
  const known = new WeakMap<Columns, Map<string, View>>();
  let all: View[] = [];
  let generation: Columns[] = [];
  return {
    of(columns: Columns, orders: AudienceQuery["orders"]): View {
      const isSettled = orders.asOf > columns.latestAt;
      const key = JSON.stringify([isSettled ? null : orders.asOf, ...orders.statuses]);
      const views = known.get(columns) ?? new Map<string, View>();
      known.set(columns, views);
      const found = views.get(key);
      if (found) return found;
      const made = viewOf(columns, orders);
      if (views.size >= 2) views.delete(views.keys().next().value ?? "");
      views.set(key, made);
      generation = [...new Set([...generation, columns])].slice(-2);
      all = generation.flatMap((one) => [...(known.get(one)?.values() ?? [])]);
      return made;
    },
    bytes: () => all.reduce((sum, view) => sum + view.bytes(), 0),
    clear() {
      for (const columns of generation) known.delete(columns);
      all = [];
      generation = [];
    },
  };
}
