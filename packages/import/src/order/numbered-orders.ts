import { keyReader } from "../key/key-column.js";
import type { OrderMapping } from "../mapping/mapping.js";
import type { ReadingContext } from "../reading/context.js";
import { fault } from "../reading/fault.js";
import { type AssembleOptions, assembleOrder, type FoundOrder } from "./assemble-order.js";
import { gatherOrders, type KeyedRow } from "./gather-orders.js";
import type { OrderJudgement } from "./judge-orders.js";
import type { OrderLayout } from "./order-layout.js";
import type { SourceRow } from "./order-rows.js";
import { numberForm } from "./run-watch.js";
import { type UniteOptions, uniteRuns } from "./unite-runs.js";

const MAX_KEY = 255;

/** Orders of files that number them. */
export async function* numberedOrders(
  pieces: AsyncIterable<readonly SourceRow[]>,
  mapping: OrderMapping,
  { scratchFolder }: ReadingContext,
  judgement: OrderJudgement,
  layoutOf: (row: SourceRow) => OrderLayout,
  assembling: AssembleOptions,
): AsyncGenerator<FoundOrder> {
  const uniting: UniteOptions = {
    repeats: judgement.repeats,
    isWithinRuns: mapping.repeats === "once",
    onChange: mapping.onChange ?? "refuse",
    lineIdOf: (row) => layoutOf(row).cell(row.cells, "line_id"),
  };
  const nameless: FoundOrder[] = [];
  const reject = (row: SourceRow, code: string) => {
    nameless.push({
      rows: [row],
      repeated: 0,
      found: { kind: "rejected", faults: new Map([[row, fault("order_no", code)]]) },
    });
  };
  const counted = judgement.returning.countdown();
  // As they were counted when the files were judged.
  const countdown = {
    left: (key: string) => counted.left(numberForm(key)),
    hashOf: (key: string) => counted.hashOf(numberForm(key)),
  };
  const keyed = keyedRows(pieces, judgement, layoutOf, reject);
  for await (const { key, runs, isTooLong } of gatherOrders(keyed, { countdown, scratchFolder })) {
    yield* nameless.splice(0);
    const rows = runs.flatMap((run) => run.rows);
    const united = isTooLong
      ? ({ code: "order.too-many-lines" } as const)
      : hasTwoBuyers(rows, layoutOf)
        ? ({ code: "order.customer-differs" } as const)
        : uniteRuns(runs, uniting);
    if ("code" in united) {
      const found = fault(isTooLong ? "" : "order_no", united.code);
      yield { rows, repeated: 0, found: { kind: "rejected", faults: new Map(rows.map((row) => [row, found])) } };
      continue;
    }
    const found = assembleOrder(united.rows, key, assembling);
    const repeated = found.kind === "order" ? united.repeated.length : 0;
    yield { rows, repeated, found };
  }
  yield* nameless.splice(0);
}

/** A later file gives the order to somebody else: whatever is done with changed orders, this is none. */
function hasTwoBuyers(rows: readonly SourceRow[], layoutOf: (row: SourceRow) => OrderLayout): boolean {
  const [first] = rows;
  if (!first || rows.every(({ file }) => file === first.file)) return false;
  const buyers = rows.map((row) => numberForm(layoutOf(row).cell(row.cells, "customer_key")));
  return new Set(buyers.filter((buyer) => buyer !== "")).size > 1;
}

/** Rows with the keys of their orders; those without a usable one are rejected. */
async function* keyedRows(
  pieces: AsyncIterable<readonly SourceRow[]>,
  judgement: OrderJudgement,
  layoutOf: (row: SourceRow) => OrderLayout,
  reject: (row: SourceRow, code: string) => void,
): AsyncGenerator<readonly KeyedRow[]> {
  const readKey = keyReader(judgement.keys.order_no);
  let before = "";
  let file = -1;
  for await (const piece of pieces) {
    yield piece.flatMap((row) => {
      if (row.file !== file) before = "";
      file = row.file;
      before = layoutOf(row).number(row.cells, before);
      const found = before === "" ? "order.number-missing" : readKey(before);
      if (typeof found === "string" || found.key.length > MAX_KEY) {
        reject(row, typeof found === "string" ? found : "key.too-long");
        return [];
      }
      return [{ key: found.key, row }];
    });
  }
}
