import { MAX_ORDER_ROWS, type OrderRows, type Run, type SourceRow } from "./order-rows.js";
import type { Countdown } from "./returning-keys.js";
import { openSpill, type Spill } from "./spill.js";

/** A row and the key of its order. */
export interface KeyedRow {
  readonly key: string;
  readonly row: SourceRow;
}

export interface GatherOptions {
  readonly countdown: Countdown;
  /** Where rows wait that are too many for memory. @default the system's temporary folder */
  readonly scratchFolder?: string | undefined;
  /** Characters of waiting rows above which they go to disk. @default 16 million */
  readonly heldLimit?: number | undefined;
}

const HELD_LIMIT = 16_000_000;
/** What a cell takes beside its text, in characters. */
const CELL_COST = 16;

/**
 * Gathers the rows of each order. An order whose rows are neighbours flows through; one that comes back later waits for its last
 * rows, and goes to disk when too many wait.
 *
 * Orders come when they are complete, those from disk at the end; the sequence depends on the files only.
 */
export async function* gatherOrders(
  rows: AsyncIterable<KeyedRow | readonly KeyedRow[]>,
  { countdown, scratchFolder, heldLimit = HELD_LIMIT }: GatherOptions,
): AsyncGenerator<OrderRows> {
  const waiting = new Map<number, Map<string, Run[]>>();
  let held = 0;
  let spill: Spill | undefined;
  /** Orders of which a part was given out already. */
  const cut = new Set<string>();
  /** Takes a finished run. @returns orders that are complete by it */
  const finish = async (key: string, run: Run): Promise<readonly OrderRows[]> => {
    const left = countdown.left(key);
    if (cut.has(key)) return [{ key, runs: [run], isTooLong: true }];
    if (left === undefined) return [{ key, runs: [run], isTooLong: false }];
    if (spill) {
      await spill.add(key, run);
      return [];
    }
    const hash = countdown.hashOf(key);
    const group = waiting.get(hash) ?? new Map<string, Run[]>();
    waiting.set(hash, group);
    group.set(key, [...(group.get(key) ?? []), run]);
    held += sizeOf(run);
    if (left > 0 && held <= heldLimit) return [];
    if (left === 0) {
      waiting.delete(hash);
      return [...group].map(([own, runs]) => {
        for (const one of runs) held -= sizeOf(one);
        return checked(own, runs, cut);
      });
    }
    spill = await openSpill(scratchFolder);
    for (const [, keys] of waiting) for (const [own, runs] of keys) for (const one of runs) await spill.add(own, one);
    waiting.clear();
    return [];
  };
  try {
    let key: string | undefined;
    let run: SourceRow[] = [];
    for await (const piece of rows) {
      for (const { key: next, row } of "key" in piece ? [piece] : piece) {
        const isSame = next === key && row.file === run[0]?.file;
        if (key !== undefined && (!isSame || run.length >= MAX_ORDER_ROWS)) {
          const file = run[0]?.file ?? 0;
          if (isSame) cut.add(key);
          yield* await finish(key, { file, rows: run });
          run = [];
        }
        key = next;
        run.push(row);
      }
    }
    if (key !== undefined) {
      yield* await finish(key, { file: run[0]?.file ?? 0, rows: run });
    }
    // Waited for in vain: another key had the same hash.
    for (const [, group] of waiting) for (const [own, runs] of group) yield checked(own, runs, cut);
    if (spill) for await (const { key: own, runs } of spill.orders()) yield checked(own, runs, cut);
  } finally {
    await spill?.remove();
  }
}

function checked(key: string, runs: readonly Run[], cut: ReadonlySet<string>): OrderRows {
  const count = runs.reduce((sum, { rows }) => sum + rows.length, 0);
  return { key, runs, isTooLong: cut.has(key) || count > MAX_ORDER_ROWS };
}

function sizeOf({ rows }: Run): number {
  let size = 0;
  for (const { cells } of rows) for (const cell of cells) size += cell.length + CELL_COST;
  return size;
}
