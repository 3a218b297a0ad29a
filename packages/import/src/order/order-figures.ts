import type { TenThousandths } from "@recallkit/core/ports";
import type { Level } from "../mapping/mapping.js";
import { type Fault, fault, isFault } from "../reading/fault.js";
import type { StatusMeaning } from "../status/status-meaning.js";
import type { OrderLine } from "./line-reader.js";
import { orderStatus } from "./order-status.js";

export interface FigureOptions {
  /** Whether there is a column of amounts; else lines have their own. */
  readonly hasAmount: boolean;
  readonly amountLevel: Level;
  readonly refundLevel: Level;
  /** Whether there is a column of what was given back. */
  readonly hasRefunded: boolean;
}

/** Money and state of an order. */
export interface OrderFigures {
  readonly amount: TenThousandths;
  readonly refunded: TenThousandths;
  /** Epoch ms; undefined: known from the start. */
  readonly refundedAt: number | undefined;
  readonly orderedAt: number;
  readonly status: StatusMeaning;
  /** Rows that were bought; the others tell what was given back. */
  readonly bought: readonly OrderLine[];
  /** A refund is said to have happened, but not of how much. */
  readonly isRefundUnknown: boolean;
}

/** How far apart the times of one order's rows may lie. */
const MAX_SPREAD_MS = 86_400_000;

/** Works out what was paid and what was given back. @returns the fault of the order, and the row that shows it */
export function orderFigures(
  lines: readonly OrderLine[],
  options: FigureOptions,
): OrderFigures | { readonly row: OrderLine; readonly fault: Fault } {
  const [head] = lines;
  if (!head) throw new RangeError("an order has rows");
  const wrong = (path: string, code: string, row: OrderLine = head) => ({ row, fault: fault(path, code) });
  const figureOf = (line: OrderLine) => (options.hasAmount ? line.amount : line.lineAmount);
  const isNegative = (line: OrderLine) => (figureOf(line) ?? 0n) < 0n;
  const positive = lines.filter((line) => !isNegative(line) && !(line.isRefundOf && lines.length > 1));
  const [first] = positive;
  if (!first || (lines.length === 1 && head.isRefundOf)) return wrong("amount", "refund.without-order");
  const orderedAt = least(positive.map((line) => line.orderedAt)) ?? least(lines.map((line) => line.orderedAt));
  if (orderedAt === undefined) return wrong("ordered_at", "time.missing");
  // Numbers that begin anew every day, or are those of two shops, would make one order of two.
  const stranger = positive.find((line) => (line.orderedAt ?? orderedAt) - orderedAt > MAX_SPREAD_MS);
  if (stranger) return wrong("ordered_at", "order.times-differ", stranger);
  const negative = lines.filter((line) => !positive.includes(line));
  const deductions = negative.filter((line) => isDeduction(line, orderedAt, options));
  const statuses = positive.map((line) => line.status ?? first.status ?? "paid");
  const state = orderStatus(statuses);
  const other = positive.find((_, at) => statuses[at] !== statuses[0]) ?? head;
  if (state.kind === "differs") return wrong("status", "order.status-differs", other);
  const byLine = !options.hasAmount || options.amountLevel === "line";
  if (state.isItemwise && !byLine && !positive.some((line) => (line.refunded ?? 0n) !== 0n))
    return wrong("status", "order.status-differs", other);

  let amount: TenThousandths;
  if (byLine) {
    const bought = positive.filter((_, at) => !(state.isItemwise && statuses[at] === "cancelled"));
    const missing = bought.find((line) => figureOf(line) === undefined);
    // What was never paid has no amount in some exports.
    if (missing && state.status !== "cancelled")
      return wrong(options.hasAmount ? "amount" : "line_amount", "amount.missing", missing);
    amount = sum(bought.map(figureOf));
  } else {
    const given = positive.filter((line) => line.amount !== undefined);
    const differing = given.find((line) => line.amount !== given[0]?.amount);
    if (differing) return wrong("amount", "order.amount-differs", differing);
    if (given[0] === undefined && state.status !== "cancelled") return wrong("amount", "amount.missing");
    amount = given[0]?.amount ?? 0n;
  }
  const reduced = amount + sum(deductions.map(figureOf));
  // What takes everything away is no discount.
  const isDiscount = deductions.length > 0 && reduced > 0n;
  const returns = isDiscount ? negative.filter((line) => !deductions.includes(line)) : negative;
  amount = isDiscount ? reduced : amount;

  const told = toldRefund(lines, options.refundLevel);
  if (isFault(told)) return wrong(told.path, told.code);
  const itemwise =
    state.isItemwise && byLine ? sum(positive.filter((_, at) => statuses[at] === "refunded").map(figureOf)) : 0n;
  const back = byLine ? returns : distinct(returns);
  const byRows = sum(back.map((line) => positiveOf(figureOf(line)))) + itemwise;
  if (told.value > 0n && byRows > 0n && told.value !== byRows) return wrong("refunded", "refund.differs");
  const isFull = state.status === "refunded";
  const known = told.value > 0n ? told.value : byRows;
  const returnedAt = most([...lines.map((line) => line.refundedAt), ...returns.map((line) => line.orderedAt)]);
  // A time of the refund, and nowhere a figure.
  const isWhole = isFull || (returnedAt !== undefined && !options.hasRefunded && state.status !== "partially_refunded");
  const refunded = isWhole && (known === 0n || !told.isGiven) ? (isFull || known === 0n ? amount : known) : known;
  if (refunded > amount) return wrong("refunded", "refund.exceeds");
  return {
    amount,
    refunded,
    refundedAt: refunded > 0n && returnedAt !== undefined && returnedAt > orderedAt ? returnedAt : undefined,
    orderedAt,
    status: state.status,
    bought: lines.filter((line) => !returns.includes(line)),
    isRefundUnknown: state.status === "partially_refunded" && refunded === 0n,
  };
}

/** A negative row at the time of the order, which nobody calls a refund: a voucher, a discount. */
function isDeduction(line: OrderLine, orderedAt: number, { hasAmount, amountLevel }: FigureOptions): boolean {
  if (hasAmount && amountLevel === "order") return false;
  if (line.isRefundOf || line.status === "refunded" || line.status === "partially_refunded") return false;
  return line.orderedAt === undefined || line.orderedAt === orderedAt;
}

/** What a column says was given back: figures may be negative there too. */
function toldRefund(
  lines: readonly OrderLine[],
  level: Level,
): { readonly value: bigint; readonly isGiven: boolean } | Fault {
  const given = lines.flatMap((line) =>
    line.refunded === undefined || line.refunded === 0n ? [] : [positiveOf(line.refunded)],
  );
  if (level === "line") return { value: sum(given), isGiven: given.length > 0 };
  const [value = 0n] = given;
  if (given.some((other) => other !== value)) return fault("refunded", "refund.differs");
  return { value, isGiven: given.length > 0 };
}

/** A refund that is repeated on the rows of an order stands there at one time with one figure. */
function distinct(lines: readonly OrderLine[]): readonly OrderLine[] {
  const seen = new Set<string>();
  return lines.filter((line) => {
    const form = `${line.amount}/${line.orderedAt}`;
    if (seen.has(form)) return false;
    seen.add(form);
    return true;
  });
}

function positiveOf(value = 0n): bigint {
  return value < 0n ? -value : value;
}

function sum(values: readonly (bigint | undefined)[]): bigint {
  let total = 0n;
  for (const value of values) total += value ?? 0n;
  return total;
}

function least(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce(
    (found, value) => (value === undefined || (found !== undefined && found <= value) ? found : value),
    undefined,
  );
}

function most(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce(
    (found, value) => (value === undefined || (found !== undefined && found >= value) ? found : value),
    undefined,
  );
}
