import type { OrderInput } from "@recallkit/core";
import { amountReader } from "../amount/amount-column.js";
import { inUnitOf } from "../amount/column-unit.js";
import type { OrderField } from "../mapping/field.js";
import type { OrderMapping } from "../mapping/mapping.js";
import { externalKeyReader } from "../person/customer-key.js";
import { type ReadingContext, type Tables, tablesOf, todayOf } from "../reading/context.js";
import type { Fault } from "../reading/fault.js";
import { undecided } from "../reading/question.js";
import type { ReadItem, Reading, RejectedItem } from "../reading/reading.js";
import { startTally, type Tally } from "../reading/tally.js";
import { statusDictionary } from "../status/status-words.js";
import { instantReader } from "../time/time-column.js";
import { zoneInName } from "../time/zone-in-name.js";
import type { AssembleOptions, TakenOrder } from "./assemble-order.js";
import { judgeOrders, type OrderJudgement } from "./judge-orders.js";
import { orderLineReader } from "./line-reader.js";
import { naturalOrders } from "./natural-orders.js";
import { numberedOrders } from "./numbered-orders.js";
import { type OrderLayout, orderLayout } from "./order-layout.js";
import type { SourceRow } from "./order-rows.js";
import { sourceRows } from "./source-rows.js";

/** A file of orders, judged and ready to be read. */
export interface OrderReading extends Reading<OrderInput> {
  readonly judgement: OrderJudgement;
}

/**
 * Reads files of orders. They are gone through twice: once to find out how their columns are to be read, once to read them.
 *
 * Memory is flat: orders whose rows are neighbours flow through, others wait, on disk when they are many.
 *
 * @throws {InputError} columns that are missing, and everything that the files leave open, at once; the reason of `signal`
 */
export async function readOrders(
  tables: Tables,
  mapping: OrderMapping,
  context: ReadingContext,
): Promise<OrderReading> {
  const judgement = await judgeOrders(tables, mapping, context);
  if (judgement.questions.length > 0) throw undecided(judgement.questions);
  let tally = startTally();
  return {
    judgement,
    summary: () => tally.summary(),
    items() {
      tally = startTally();
      return readItems(tables, mapping, context, judgement, tally);
    },
  };
}

async function* readItems(
  tables: Tables,
  mapping: OrderMapping,
  context: ReadingContext,
  judgement: OrderJudgement,
  tally: Tally,
): AsyncGenerator<ReadItem<OrderInput>> {
  const layouts = tablesOf(tables).map((one) => orderLayout(one, mapping, context.zone));
  // Every table of the reading has its layout.
  const layoutOf = (row: SourceRow) => layouts[row.file] as OrderLayout;
  const assembling = assembleOptions(mapping, context, judgement, layoutOf);
  const rejects: RejectedItem[] = [];
  const source = sourceRows(tables, layouts, context, tally, (item) => rejects.push(item));
  const orders =
    mapping.columns.order_no === undefined
      ? naturalOrders(source, () => sourceRows(tables, layouts, context, startTally()), assembling)
      : numberedOrders(source, mapping, context, judgement, layoutOf, assembling);
  for await (const { rows, repeated, found } of orders) {
    yield* rejects.splice(0);
    tally.repeated(repeated);
    if (found.kind === "order") yield takenOrder(found, tally);
    else yield* rejectedRows(rows, found.faults, tally);
  }
  yield* rejects.splice(0);
}

function takenOrder({ input, lines, isRefundUnknown }: TakenOrder, tally: Tally): ReadItem<OrderInput> {
  const places = lines.map(({ row }) => row);
  const { file = 0, line = 0 } = places[0] ?? {};
  tally.taken();
  const dropped = lines.flatMap(({ row, wrong }) => wrong.map((one) => ({ file: row.file, line: row.line, ...one })));
  for (const one of dropped) tally.dropped(one.line, one.path, one.code);
  if (isRefundUnknown) tally.warned(line, "refunded", "refund.unknown");
  return { kind: "taken", file, line, lines: places.map((row) => row.line), source: places, row: input, dropped };
}

/** All rows of an order that isn't taken; those without a fault of their own point to one that has. */
function* rejectedRows(
  rows: readonly SourceRow[],
  faults: ReadonlyMap<SourceRow, Fault>,
  tally: Tally,
): Generator<RejectedItem> {
  const [guilty] = faults.keys();
  tally.refused();
  const shared = { path: "", code: "order.rejected", message: `line ${guilty?.line} of the same order is wrong` };
  for (const row of rows) {
    const found = faults.get(row) ?? shared;
    tally.rejected(row.line, found);
    yield { kind: "rejected", file: row.file, line: row.line, cells: row.cells, ...found };
  }
}

function assembleOptions(
  mapping: OrderMapping,
  context: ReadingContext,
  judgement: OrderJudgement,
  layoutOf: (row: SourceRow) => OrderLayout,
): AssembleOptions {
  const { zone, currency, externalUserIdPrefix } = context;
  const { decimal, dateOrder, birthdayOrder, keys, amountLevel, refundLevel } = judgement;
  const statusOf = statusDictionary(mapping.statuses);
  const unknown = mapping.unknownStatus === "refuse" ? undefined : mapping.unknownStatus;
  const has = (field: OrderField) => mapping.columns[field] !== undefined;
  const zoneOf = (field: OrderField) => zoneInName(mapping.columns[field]) ?? zone;
  return {
    hasAmount: has("amount"),
    hasRefunded: has("refunded"),
    amountLevel: amountLevel.level ?? "line",
    refundLevel: refundLevel.level ?? "line",
    currency,
    isStrict: mapping.strict ?? false,
    externalUserIdPrefix,
    readLine: orderLineReader({
      cell: (row, field) => layoutOf(row).cell(row.cells, field),
      attributes: mapping.attributes && ((row) => layoutOf(row).attributes(row.cells)),
      has,
      readCustomerKey: externalKeyReader(keys.customer_key, mapping.keyForm, mapping.country),
      readOrderedAt: instantReader(dateOrder.ordered_at, zoneOf("ordered_at")),
      readRefundedAt: instantReader(dateOrder.refunded_at, zoneOf("refunded_at")),
      readAmount: {
        amount: inUnitOf(mapping.columns.amount, amountReader(decimal.amount, currency)),
        line_amount: inUnitOf(mapping.columns.line_amount, amountReader(decimal.line_amount, currency)),
        unit_price: inUnitOf(mapping.columns.unit_price, amountReader(decimal.unit_price, currency)),
        refunded: inUnitOf(mapping.columns.refunded, amountReader(decimal.refunded, currency)),
      },
      statusOf: (word) => statusOf(word) ?? unknown,
      currency,
      person: { country: mapping.country, birthdayOrder, today: todayOf(context), zone },
    }),
  };
}
