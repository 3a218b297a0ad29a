import type { Question } from "../reading/question.js";
import { STATUS_MEANINGS } from "../status/status-meaning.js";
import type { FoundStatus } from "./judge-orders.js";
import type { LevelCounts, LevelVerdict } from "./level-evidence.js";

/** Whether a figure is the row's or the order's, when the file doesn't tell. */
export function levelQuestions(
  path: "amount" | "refund",
  column: string,
  verdict: LevelVerdict,
  { equal, differing, firstOnly }: LevelCounts,
): readonly Question[] {
  if (verdict.level !== undefined) return [];
  return [
    {
      path,
      code: `${path}.level-${verdict.reason}`,
      message: `the figures of ${column} may be those of single rows or of whole orders: ${equal} orders have the same figure on all rows, ${differing} have different ones, ${firstOnly} only one on the first row`,
      answers: ["line", "order"],
      params: { column, equal, differing, firstOnly },
    },
  ];
}

/** Whether price × quantity was paid, beside a column of what was taken off. */
export function discountQuestion(
  price: string,
  { column, line, cell }: { readonly column: string; readonly line: number; readonly cell: string },
): Question {
  return {
    path: "amount",
    code: "amount.discount",
    message: `no column says what was paid, and ${column} has ${cell} in line ${line}: ${price} × quantity would be too much unless it is taken off already`,
    answers: ["line"],
    params: { column, line, cell, price },
  };
}

/** Whether rows that are all there twice were told twice. */
export function repeatsQuestion(): Question {
  return {
    path: "repeats",
    code: "order.repeats-ambiguous",
    message: "every row of every order is there at least twice: the file may have been exported twice",
    answers: ["once", "each"],
    params: {},
  };
}

/** Words that nobody has explained, the most frequent first. */
export function statusQuestions(column: string, statuses: readonly FoundStatus[]): readonly Question[] {
  return statuses
    .filter(({ meaning }) => meaning === undefined)
    .toSorted((a, b) => b.count - a.count)
    .map(({ word, count, firstLine }) => ({
      path: "statuses",
      code: "status.unknown",
      message: `${count} rows have the status "${word.slice(0, 64)}", and nobody has said what it means`,
      answers: STATUS_MEANINGS,
      params: { column, word: word.slice(0, 64), count, line: firstLine },
    }));
}

/** All amounts are of another currency. */
export function currencyQuestion(column: string, found: string, tenant: string): Question {
  return {
    path: "currency",
    code: "currency.differs",
    message: `the amounts are in ${found}, the tenant's currency is ${tenant}`,
    answers: [],
    params: { column, currency: found, tenant },
  };
}
