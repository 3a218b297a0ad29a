import type { IngestFaults, IngestOptions, RowRejection, TenantKit } from "@recallkit/core";
import { addedUp, type Chunk, type Counts, countsIn } from "./chunks.js";

/** How far an import is, and where it writes that down. */
export interface ChunkLog {
  /** What was done before this process came. */
  readonly done: readonly Chunk[];
  /** Rows that are written, and written down, in one transaction. */
  readonly chunkRows: number;
  /** Runs a write and notes what it did, in one transaction; may run `write` several times, of which the last one counts. */
  keep(write: () => Promise<Chunk>): Promise<Chunk>;
}

/**
 * A kit that takes rows over chunk by chunk and never takes a chunk twice: rows that were taken are passed over, with the
 * answers that they got then. So an import that was cut off goes on where it ended, and its counts are those of one that was
 * not. Counts of people and labels are right for new ones only; one who is known may come in several chunks.
 */
export function chunkedKit(kit: TenantKit, log: ChunkLog): TenantKit {
  const chunks = log.done[Symbol.iterator]();

  function inChunks<R, O extends IngestOptions, A extends object>(
    call: (rows: readonly R[], options: O) => Promise<A>,
  ): (rows: Iterable<R> | AsyncIterable<R>, options?: O) => Promise<A> {
    return async (rows, options) => {
      let sum: Counts = {};
      let before = 0;
      for await (const piece of pieces(rows, log.chunkRows)) {
        const known = chunks.next();
        const chunk = known.done ? await log.keep(() => written(call, piece, options)) : known.value;
        // The file is the same and is read the same way, so what was done once is what comes again.
        if (chunk.items !== piece.length) throw new RangeError("the rows are not those that were taken before");
        for (const faults of chunk.faults) options?.onFaults?.(moved(faults, before));
        before += chunk.items;
        options?.onProgress?.({ rows: before });
        sum = addedUp(sum, chunk.counts);
        options?.signal?.throwIfAborted();
      }
      const nothing = countsIn(await call([], options as O));
      // Every answer has these parts: counts, and lists that stay empty because `onFaults` was told.
      return { rejected: [], dropped: [], ...addedUp(nothing, sum) } as unknown as A;
    };
  }

  return {
    ...kit,
    orders: { ...kit.orders, ingest: inChunks(kit.orders.ingest) },
    customers: { ...kit.customers, upsert: inChunks(kit.customers.upsert) },
  };
}

async function written<R, O extends IngestOptions>(
  call: (rows: readonly R[], options: O) => Promise<object>,
  rows: readonly R[],
  options: O | undefined,
): Promise<Chunk> {
  const faults: IngestFaults[] = [];
  const { onProgress: _, signal: __, ...rest } = options ?? {};
  // What is left of the options is theirs; rows are rejected one by one although a transaction is open.
  const own = { ...rest, onRejected: "return", onFaults: (found: IngestFaults) => faults.push(found) } as unknown as O;
  return { items: rows.length, counts: countsIn(await call(rows, own)), faults };
}

async function* pieces<R>(rows: Iterable<R> | AsyncIterable<R>, size: number): AsyncGenerator<readonly R[]> {
  let piece: R[] = [];
  for await (const row of rows) {
    piece.push(row);
    if (piece.length < size) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

/** Faults whose indexes count from the first row of all. */
function moved(faults: IngestFaults, by: number): IngestFaults {
  const parts = Object.entries(faults).map(([name, rows]) => [
    name,
    rows.map((row: RowRejection) => ({ ...row, index: row.index + by })),
  ]);
  // The same parts as before.
  return Object.fromEntries(parts) as unknown as IngestFaults;
}
