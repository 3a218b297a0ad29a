import type { Journal } from "./journal.js";

export type Key = string | number;

/** A row of one tenant. */
export interface Row {
  readonly id: number;
  readonly tenantId: number;
}

/** Rows by a key that is derived from them. */
export interface Index<R> {
  /** Rows under the key, by ascending id. */
  rows(key: Key): readonly R[];
  /** Some row under the key: the only one when the key is unique. */
  find(key: Key): R | undefined;
  /** Number of rows under the key. */
  count(key: Key): number;
}

/** Rows by id. Rows are frozen and replaced as a whole. */
export interface Table<Row> {
  get(id: number): Row | undefined;
  /** By ascending id. */
  all(): readonly Row[];
  /** Adds the row that `make` builds around the next id: 1, 2, 3 …, never one that was given out before. */
  insert(make: (id: number) => Row): Row;
  /** Puts a row in the place of the one with its id. */
  replace(row: Row): Row;
  /** Takes a row out for good; only what has outlived its time goes. */
  remove(id: number): void;
  /** Makes an index that follows the table. A row stands under every key of `keysOf`. */
  indexBy(keysOf: (row: Row) => readonly Key[]): Index<Row>;
}

/** Makes a table whose changes go through the journal; `first` holds the rows it begins with, by ascending id. */
export function createTable<Row extends { readonly id: number }>(
  journal: Journal,
  first: readonly Row[] = [],
): Table<Row> {
  const rows = new Map(first.map((row) => [row.id, Object.freeze(row)]));
  const reindex: ((from: Row | undefined, to: Row | undefined) => void)[] = [];
  let lastId = first.at(-1)?.id ?? 0;

  function move(id: number, from: Row | undefined, to: Row | undefined): void {
    for (const update of reindex) update(from, to);
    if (!to) {
      rows.delete(id);
      return;
    }
    const isBack = !rows.has(id) && id < lastId;
    rows.set(id, to);
    if (isBack) sortById();
  }

  /** Needed when a removal is taken back: the row would stand at the end. */
  function sortById(): void {
    const sorted = [...rows].sort(([a], [b]) => a - b);
    rows.clear();
    for (const [id, row] of sorted) rows.set(id, row);
  }

  function put(row: Row): Row {
    const { id } = row;
    const before = rows.get(id);
    Object.freeze(row);
    journal.perform({ apply: () => move(id, before, row), revert: () => move(id, row, before) });
    return row;
  }

  return {
    get: (id) => rows.get(id),
    all: () => [...rows.values()],
    insert(make) {
      lastId += 1;
      return put(make(lastId));
    },
    replace: put,
    remove(id) {
      const before = rows.get(id);
      if (!before) return;
      journal.perform({ apply: () => move(id, before, undefined), revert: () => move(id, undefined, before) });
    },
    indexBy(keysOf) {
      const idsByKey = new Map<Key, Set<number>>();
      function update(from: Row | undefined, to: Row | undefined): void {
        const before = from ? keysOf(from) : [];
        const after = to ? keysOf(to) : [];
        for (const key of before) if (from && !after.includes(key)) unlink(idsByKey, key, from.id);
        for (const key of after) if (to && !before.includes(key)) link(idsByKey, key, to.id);
      }
      for (const row of rows.values()) update(undefined, row);
      reindex.push(update);
      return {
        rows: (key) => [...(idsByKey.get(key) ?? [])].sort((a, b) => a - b).flatMap((id) => rows.get(id) ?? []),
        find(key) {
          const [id] = idsByKey.get(key) ?? [];
          return id === undefined ? undefined : rows.get(id);
        },
        count: (key) => idsByKey.get(key)?.size ?? 0,
      };
    },
  };
}

/** One key of several columns. */
export function compositeKey(...columns: readonly Key[]): string {
  return JSON.stringify(columns);
}

/** The row if it belongs to the tenant. */
export function ofTenant<Row extends { readonly tenantId: number }>(
  row: Row | undefined,
  tenantId: number,
): Row | undefined {
  return row?.tenantId === tenantId ? row : undefined;
}

function link(idsByKey: Map<Key, Set<number>>, key: Key, id: number): void {
  const ids = idsByKey.get(key);
  if (ids) ids.add(id);
  else idsByKey.set(key, new Set([id]));
}

function unlink(idsByKey: Map<Key, Set<number>>, key: Key, id: number): void {
  const ids = idsByKey.get(key);
  ids?.delete(id);
  if (ids?.size === 0) idsByKey.delete(key);
}
