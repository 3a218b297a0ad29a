import { scheduler } from "node:timers/promises";
import { type ReadingContext, type Tables, tablesOf } from "../reading/context.js";
import { fault } from "../reading/fault.js";
import type { RejectedItem } from "../reading/reading.js";
import type { Tally } from "../reading/tally.js";
import type { OrderLayout } from "./order-layout.js";
import type { SourceRow } from "./order-rows.js";

/** Rows that are handed on at once, so that not each of them waits for a turn. */
const PIECE = 200;

/** The rows of all tables that are some, in pieces; broken ones are rejected, and some are passed over by rule. */
export async function* sourceRows(
  tables: Tables,
  layouts: readonly OrderLayout[],
  { signal, onProgress }: Pick<ReadingContext, "signal" | "onProgress">,
  tally: Tally,
  reject: (item: RejectedItem) => void = () => {},
): AsyncGenerator<readonly SourceRow[]> {
  let count = 0;
  for (const { table, file } of tablesOf(tables)) {
    let piece: SourceRow[] = [];
    for await (const row of table.rows({ ...(signal && { signal }) })) {
      count += 1;
      if (count % 1000 === 0) onProgress?.({ phase: "read", rows: count });
      tally.row();
      if (!("cells" in row)) {
        const found = { ...fault("", row.code), kind: "rejected" as const, file, line: row.line, cells: [row.raw] };
        tally.refused();
        tally.rejected(row.line, found);
        reject(found);
        continue;
      }
      const reason = layouts[file]?.skip(row.cells);
      if (reason === undefined) piece.push({ file, line: row.line, cells: row.cells });
      else tally.skipped(reason);
      if (piece.length < PIECE) continue;
      // What a piece of the file holds would else be read, and be made orders of, in one turn of the event loop.
      await scheduler.yield();
      yield piece;
      piece = [];
    }
    if (piece.length > 0) yield piece;
  }
}
