import type { IngestFaults, IngestOptions, RowRejection } from "@recallkit/core";
import type { ReadItem, TakenItem } from "../reading/reading.js";
import { codeCounts } from "../reading/tally.js";
import type { ImportOptions, RejectedRow, RejectsSink } from "./import-options.js";
import { fieldOf } from "./kit-path.js";

/** What the kit said to rows that were well read. */
export interface Feed<Input> {
  /** For the kit. */
  readonly rows: AsyncIterable<Input>;
  readonly options: Pick<IngestOptions, "onFaults" | "onProgress" | "signal">;
  /** Hands rows on that were rejected last. */
  end(): Promise<void>;
  readonly refused: () => number;
  readonly rejectedRows: () => number;
  readonly rejected: ReturnType<typeof codeCounts>;
  readonly dropped: ReturnType<typeof codeCounts>;
}

/**
 * Hands items to the kit and finds the rows of what it refuses. Only the items of the chunk under way are held.
 *
 * @param inputsOf what the kit takes of one item
 */
export function feed<Row, Input>(
  items: AsyncIterable<ReadItem<Row>>,
  inputsOf: (row: Row) => readonly Input[],
  { rejects, signal }: Pick<ImportOptions, "rejects" | "signal">,
): Feed<Input> {
  // One entry per row of the kit that has not been answered yet.
  const waiting: TakenItem<Row>[] = [];
  let answered = 0;
  let refused = 0;
  let rejectedRows = 0;
  let last: TakenItem<Row> | undefined;
  const [rejected, dropped] = [codeCounts(), codeCounts()];
  const toWrite: RejectedRow[] = [];
  const itemAt = (index: number) => waiting[index - answered];

  function refuse(fault: RowRejection): void {
    const item = itemAt(fault.index);
    if (!item || item === last) return;
    last = item;
    refused += 1;
    rejectedRows += item.source.length;
    for (const row of rowsOf(item, fault)) {
      rejected.add(row.line, row.path, row.code);
      if (rejects) toWrite.push(row);
    }
  }

  return {
    rows: inputs(),
    options: {
      onFaults(faults: IngestFaults) {
        for (const fault of faults.rejected) refuse(fault);
        for (const { index, path, code } of faults.dropped ?? []) {
          const item = itemAt(index);
          if (item) dropped.add(item.line, fieldOf(path).field, code);
        }
      },
      onProgress({ rows }) {
        waiting.splice(0, rows - answered);
        answered = rows;
      },
      ...(signal && { signal }),
    },
    end: () => writeTo(rejects),
    refused: () => refused,
    rejectedRows: () => rejectedRows,
    rejected,
    dropped,
  };

  async function* inputs(): AsyncGenerator<Input> {
    for await (const item of items) {
      if (toWrite.length > 0) await writeTo(rejects);
      if (item.kind === "rejected") {
        await rejects?.add(item);
        continue;
      }
      for (const input of inputsOf(item.row)) {
        waiting.push(item);
        yield input;
      }
    }
  }

  async function writeTo(sink: RejectsSink | undefined): Promise<void> {
    for (const row of toWrite.splice(0)) await sink?.add(row);
  }
}

/** All rows of a refused item; those that are not to blame point to the one that is. */
function rowsOf({ source }: TakenItem<unknown>, { path, code, message }: RowRejection): readonly RejectedRow[] {
  const { field, line } = fieldOf(path);
  const guilty = source[line] ?? source[0];
  return source.map((row) =>
    row === guilty
      ? { ...row, path: field, code, message }
      : { ...row, path: "", code: "order.rejected", message: `line ${guilty?.line} of the same order is wrong` },
  );
}
