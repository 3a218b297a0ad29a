import { amountColumn } from "../amount/amount-column.js";
import type { DecimalMark } from "../amount/amount-text.js";
import { currencyInName } from "../amount/column-unit.js";
import { maySay } from "../amount/currency-sign.js";
import type { Verdict } from "../column/column-vote.js";
import { settleColumns } from "../column/settle-columns.js";
import { type KeyReading, keyColumn, keyFault } from "../key/key-column.js";
import type { OrderField } from "../mapping/field.js";
import type { OrderMapping } from "../mapping/mapping.js";
import { birthdayColumn } from "../person/birthday.js";
import { type ReadingContext, type Tables, tablesOf } from "../reading/context.js";
import { columnQuestion, type Question } from "../reading/question.js";
import type { StatusMeaning } from "../status/status-meaning.js";
import { statusDictionary } from "../status/status-words.js";
import type { DayOrder } from "../time/calendar-day.js";
import { type DateOrders, timeColumn } from "../time/time-column.js";
import { type DiscountWatch, discountWatch } from "./discount-watch.js";
import { judgeLevel, type LevelVerdict, levelEvidence } from "./level-evidence.js";
import { levelByName } from "./level-names.js";
import { orderLayout } from "./order-layout.js";
import {
  currencyQuestion,
  discountQuestion,
  levelQuestions,
  repeatsQuestion,
  statusQuestions,
} from "./order-questions.js";
import { type ReturningKeys, returningKeys } from "./returning-keys.js";
import { startRunWatch } from "./run-watch.js";

export const AMOUNT_FIELDS = ["amount", "line_amount", "unit_price", "refunded"] as const;
export type AmountField = (typeof AMOUNT_FIELDS)[number];
export const TIME_FIELDS = ["ordered_at", "refunded_at"] as const;
export type TimeField = (typeof TIME_FIELDS)[number];

/** A status word of the file. */
export interface FoundStatus {
  readonly word: string;
  readonly count: number;
  readonly firstLine: number;
  /** Undefined: nobody has said. */
  readonly meaning: StatusMeaning | undefined;
}

/** How a file of orders is to be read, and what it leaves open. */
export interface OrderJudgement {
  readonly rows: number;
  readonly questions: readonly Question[];
  readonly dateOrder: Readonly<Record<TimeField, DateOrders>>;
  readonly birthdayOrder: DayOrder | undefined;
  readonly decimal: Readonly<Record<AmountField, DecimalMark>>;
  readonly amountLevel: LevelVerdict;
  readonly refundLevel: LevelVerdict;
  readonly statuses: readonly FoundStatus[];
  readonly keys: Readonly<Record<"order_no" | "customer_key", KeyReading>>;
  readonly repeats: "once" | "each" | undefined;
  readonly returning: ReturningKeys;
  /** Cells by field that can't be read as what the field is. */
  readonly unreadable: Readonly<Partial<Record<OrderField, number>>>;
}

/** Most different status words that are kept. */
const MAX_STATUSES = 500;
const PROGRESS_ROWS = 1000;

/**
 * Goes once through the files and finds out how their columns are to be read.
 *
 * @throws {InputError} columns that are missing; the reason of `signal`
 */
export async function judgeOrders(
  tables: Tables,
  mapping: OrderMapping,
  context: ReadingContext,
): Promise<OrderJudgement> {
  const times = { ordered_at: timeColumn(), refunded_at: timeColumn() };
  const amounts = {
    amount: amountColumn(),
    line_amount: amountColumn(),
    unit_price: amountColumn(),
    refunded: amountColumn(),
  };
  const keys = { order_no: keyColumn(), customer_key: keyColumn() };
  const birthdays = birthdayColumn();
  const statuses = new Map<string, { count: number; firstLine: number }>();
  const levels = { amount: levelEvidence(), refunded: levelEvidence() };
  const returning = returningKeys();
  const watch = startRunWatch(returning, levels);
  const currencies = { ours: 0, others: 0, example: "" };
  const placed = tablesOf(tables);
  const layouts = placed.map((one) => orderLayout(one, mapping, context.zone));
  let discount: ReturnType<DiscountWatch["found"]>;
  let rows = 0;
  for (const [at, { table, file }] of placed.entries()) {
    const layout = layouts[at] as (typeof layouts)[number];
    const discounts = discountWatch(table.columns, mapping);
    const amountFields = AMOUNT_FIELDS.filter(layout.has);
    const timeFields = TIME_FIELDS.filter(layout.has);
    const hasNumbers = layout.has("order_no");
    let number = "";
    for await (const row of table.rows({ ...(context.signal && { signal: context.signal }) })) {
      rows += 1;
      if (rows % PROGRESS_ROWS === 0) context.onProgress?.({ phase: "judge", rows });
      if (!("cells" in row) || layout.skip(row.cells) !== undefined) continue;
      const { cells, line } = row;
      discounts.see(line, cells);
      for (const field of timeFields) {
        const text = layout.cell(cells, field);
        if (text !== "") times[field].see(line, text);
      }
      for (const field of amountFields) {
        const text = layout.cell(cells, field);
        if (text !== "") amounts[field].see(line, text);
      }
      keys.customer_key.see(layout.cell(cells, "customer_key"));
      const status = layout.cell(cells, "status");
      if (status !== "") {
        const known = statuses.get(status);
        if (known) known.count += 1;
        else if (statuses.size < MAX_STATUSES) statuses.set(status, { count: 1, firstLine: line });
      }
      const birthday = layout.cell(cells, "birthday");
      if (birthday !== "") birthdays.see(line, birthday);
      const money = layout.cell(cells, "currency");
      if (money !== "") {
        const isOurs = maySay(money, context.currency) === true;
        currencies[isOurs ? "ours" : "others"] += 1;
        if (!isOurs) currencies.example = money.slice(0, 16);
      }
      if (!hasNumbers) continue;
      keys.order_no.see(layout.cell(cells, "order_no"));
      number = layout.number(cells, number);
      // Orders of damaged numbers look like one.
      if (number !== "" && keyFault(number) === undefined)
        watch.see(number, file, cells, (field) => layout.cell(cells, field));
    }
    discount ??= discounts.found();
  }
  watch.end();

  const has = (field: OrderField) => mapping.columns[field] !== undefined;
  const columnOf = (field: OrderField) => mapping.columns[field] ?? "";
  const questions: Question[] = [];
  const askTime = (field: TimeField, verdict: Exclude<Verdict<DayOrder>, { readonly kind: "decided" }>) =>
    questions.push(columnQuestion("time", columnOf(field), verdict));
  const long = settleColumns(verdictsOf(times, mapping.dateFormat), askTime);
  const shorts = {
    ordered_at: times.ordered_at.shortVerdict(mapping.dateFormat),
    refunded_at: times.refunded_at.shortVerdict(mapping.dateFormat),
  };
  const short = settleColumns(shorts, askTime);
  const dateOrder = {
    ordered_at: { long: long.ordered_at, short: short.ordered_at },
    refunded_at: { long: long.refunded_at, short: short.refunded_at },
  };
  const decimal = settleColumns(verdictsOf(amounts, mapping.decimal), (field, verdict) =>
    questions.push(columnQuestion("amount", columnOf(field), verdict)),
  );
  const birthday = birthdays.verdict(mapping.dateFormat);
  const amountLevel = judgeLevel(levels.amount.counts, levelByName(columnOf("amount")), mapping.amount);
  const refundName = levelByName(columnOf("refunded")) ?? (amountLevel.level === "order" ? "order" : undefined);
  const refundLevel = judgeLevel(levels.refunded.counts, refundName, mapping.refund);
  questions.push(
    ...levelQuestions("amount", columnOf("amount"), amountLevel, levels.amount.counts),
    ...levelQuestions("refund", columnOf("refunded"), refundLevel, levels.refunded.counts),
  );
  if (discount) questions.push(discountQuestion(columnOf("unit_price"), discount));
  const repeats = mapping.repeats ?? watch.repeats();
  if (repeats === "unclear" && amountLevel.level !== "order") questions.push(repeatsQuestion());
  const statusOf = statusDictionary(mapping.statuses);
  const found = [...statuses].map(([word, seen]) => ({ word, ...seen, meaning: statusOf(word) }));
  if ((mapping.unknownStatus ?? "refuse") === "refuse") questions.push(...statusQuestions(columnOf("status"), found));
  const foreign = AMOUNT_FIELDS.filter(has).find(
    (field) => maySay(currencyInName(columnOf(field)) ?? "", context.currency) === false,
  );
  if (foreign)
    questions.push(currencyQuestion(columnOf(foreign), currencyInName(columnOf(foreign)) ?? "", context.currency));
  else if (currencies.others > 0 && currencies.ours === 0)
    questions.push(currencyQuestion(columnOf("currency"), currencies.example, context.currency));
  const unreadable = Object.entries({ ...times, ...amounts }).map(([field, column]) => [field, column.unreadable]);
  return {
    rows,
    questions,
    dateOrder,
    birthdayOrder: birthday.kind === "decided" ? birthday.reading : undefined,
    decimal,
    amountLevel,
    refundLevel,
    statuses: found,
    keys: { order_no: keys.order_no.reading(), customer_key: keys.customer_key.reading() },
    repeats: repeats === "unclear" ? undefined : repeats,
    returning,
    unreadable: Object.fromEntries(unreadable.filter(([field]) => has(field as OrderField))),
  };
}

/** The verdict of each column of one kind. */
function verdictsOf<F extends string, R extends string>(
  columns: Readonly<Record<F, { verdict(told?: R): Verdict<R> }>>,
  told: R | undefined,
): Record<F, Verdict<R>> {
  // The keys of a record.
  const fields = Object.keys(columns) as F[];
  return Object.fromEntries(fields.map((field) => [field, columns[field].verdict(told)])) as Record<F, Verdict<R>>;
}
