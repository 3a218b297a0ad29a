import { type AssembledOrder, type AssembleOptions, assembleOrder, naturalKey, rejectOrder } from "./assemble-order.js";
import { isFault } from "./import-fault.js";
import type { LineStaging, StagedLine } from "./line-staging.js";
import type { ReadOrderLine } from "./order-line.js";

/** Most lines of one order; more are never held at once. */
const MAX_ORDER_LINES = 10_000;

/** How lines find their order: by its number, or, without one, each by itself. */
export type OrderKeys = "order_no" | "natural";

/** The key under which a line waits for the others of its order. */
export function stagingKey(
  orderNo: string,
  line: number,
  cells: readonly string[],
  keys: OrderKeys,
  read: ReadOrderLine,
): string {
  if (keys === "order_no") return orderNo === "" ? aloneKey(line) : `n${orderNo.normalize("NFC")}`;
  const facts = read(cells);
  return isFault(facts) ? aloneKey(line) : `k${naturalKey(facts)}`;
}

function aloneKey(line: number): string {
  return `-${line}`;
}

/** All orders of a staged file, always in the same order. A part of a rejected order beyond the first is `isRest`. */
export async function* stagedOrders(
  staging: LineStaging,
  keys: OrderKeys,
  options: AssembleOptions,
): AsyncGenerator<AssembledOrder & { readonly isRest?: boolean }> {
  if (keys === "natural") {
    yield* singleLineOrders(staging, options);
    return;
  }
  for await (const { lines, isRest, hasMore } of groups(staging)) {
    if (isRest || hasMore)
      yield { ...rejectAll(lines, "order.too-many-lines", `an order has at most ${MAX_ORDER_LINES} lines`), isRest };
    else yield numberedOrder(lines, options);
  }
}

function numberedOrder(lines: readonly StagedLine[], options: AssembleOptions): AssembledOrder {
  const key = lines[0]?.key ?? "";
  if (key.startsWith("-")) return rejectAll(lines, "order.number-missing", "is blank", "order_no");
  return assembleOrder(lines, key.slice(1), options);
}

function rejectAll(lines: readonly StagedLine[], code: string, message: string, path = ""): AssembledOrder {
  return rejectOrder(lines, new Map(lines.map(({ line }) => [line, { path, code, message }])));
}

/** Equal rows are told apart by their how-manieth, in the order of the file. */
async function* singleLineOrders(staging: LineStaging, options: AssembleOptions): AsyncGenerator<AssembledOrder> {
  let key = "";
  let count = 0;
  for await (const line of staging.lines()) {
    count = line.key === key ? count + 1 : 1;
    key = line.key;
    yield assembleOrder([line], `${key.slice(1)}-${count}`, options);
  }
}

interface Group {
  readonly lines: readonly StagedLine[];
  /** The group began in an earlier piece. */
  readonly isRest: boolean;
  /** The group goes on in another piece. */
  readonly hasMore: boolean;
}

async function* groups(staging: LineStaging): AsyncGenerator<Group> {
  let lines: StagedLine[] = [];
  let isRest = false;
  for await (const line of staging.lines()) {
    const isSame = lines[0]?.key === line.key;
    if (lines.length > 0 && (!isSame || lines.length >= MAX_ORDER_LINES)) {
      yield { lines, isRest, hasMore: isSame };
      isRest = isSame;
      lines = [];
    }
    lines.push(line);
  }
  if (lines.length > 0) yield { lines, isRest, hasMore: false };
}
