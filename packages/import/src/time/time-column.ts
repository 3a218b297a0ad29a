import { foldWidth } from "../cell/cell-text.js";
import { columnVote, type Verdict } from "../column/column-vote.js";
import { type CalendarDay, DAY_ORDERS, type DayOrder, dayIn, isoDay, type Numbers } from "./calendar-day.js";
import { readTime, type TimeText } from "./time-text.js";
import { zoneClock } from "./zone-clock.js";

/** Finds out, cell by cell, how the dates of a column are written. */
export interface TimeColumn {
  see(line: number, text: string): void;
  /** Cells seen that are some time. */
  readonly readable: number;
  /** Cells seen that are none. */
  readonly unreadable: number;
  /** Of dates whose year has four digits. @param told order that the user names */
  verdict(told?: DayOrder): Verdict<DayOrder>;
  /** Of dates whose year has two: another spelling, of which the first proves nothing. */
  shortVerdict(told?: DayOrder): Verdict<DayOrder>;
}

/** Begins a column of times or days. */
export function timeColumn(): TimeColumn {
  const long = columnVote(DAY_ORDERS);
  const short = columnVote(DAY_ORDERS);
  let hasLong = false;
  const spread = [new Set<string>(), new Set<string>(), new Set<string>()] as const;
  let readable = 0;
  let unreadable = 0;
  let last = "";
  return {
    see(line, text) {
      // Neighbours mostly share their time.
      if (text === last) {
        readable += 1;
        return;
      }
      const time = readTime(foldWidth(text));
      if (time === undefined) unreadable += 1;
      else {
        readable += 1;
        last = text;
      }
      if (time?.kind !== "numbers") return;
      if (time.numbers[2].length > 2) {
        hasLong = true;
        long.see(line, text, senses(time.numbers));
        return;
      }
      short.see(line, text, senses(time.numbers));
      for (const at of [0, 1, 2] as const) spread[at].add(time.numbers[at]);
    },
    get readable() {
      return readable;
    },
    get unreadable() {
      return unreadable;
    },
    // Years of four digits are told by themselves where they come first: `ymd` says nothing about the others.
    verdict: (told) => long.verdict(told === "ymd" ? undefined : told),
    shortVerdict(told) {
      const found = short.verdict(told);
      // An answer that is right for most dates leaves single ones of another spelling out.
      if (found.kind === "contradictory" && told !== undefined && hasLong)
        return { kind: "decided", reading: told, by: "told" };
      if (found.kind !== "ambiguous") return found;
      const order = orderBySpread(found.readings, spread);
      return order ? { kind: "decided", reading: order, by: "evidence" } : found;
    },
  };
}

function senses(numbers: Numbers): Record<DayOrder, string | undefined> {
  const sense = (order: DayOrder) => {
    const day = dayIn(order, numbers);
    return day && isoDay(day);
  };
  return { ymd: sense("ymd"), mdy: sense("mdy"), dmy: sense("dmy") };
}

/**
 * Years of two digits: what takes more than twelve values in a file is the day, and what takes no more than three the year.
 * One that is first can't be a month's name for the other reading, so this decides between 24-01-05 and 05-01-24.
 */
function orderBySpread(
  readings: readonly DayOrder[],
  [first, , third]: readonly [Set<string>, Set<string>, Set<string>],
): DayOrder | undefined {
  if (first.size === 0) return undefined;
  const yearIsFirst = first.size <= 3 && third.size > 12;
  const yearIsLast = third.size <= 3 && first.size > 12;
  const left = readings.filter((order) => (yearIsFirst ? order === "ymd" : yearIsLast ? order !== "ymd" : false));
  return left.length === 1 ? left[0] : undefined;
}

/** First and last instant that an order of a shop has; others are signs of a broken clock or stand for "never". */
const RANGE = { from: Date.UTC(1970, 0, 2), until: Date.UTC(2100, 0, 1) };

/** Reads times of a column as instants. @returns epoch ms, or the code of what is wrong */
export type ReadInstant = (text: string) => number | "time.invalid" | "time.out-of-range";

/** Orders of the numbers in a column's dates, by how many digits their years have. */
export interface DateOrders {
  readonly long: DayOrder;
  readonly short: DayOrder;
}

/** Makes the reader of a column whose dates are written in `orders`, in wall time of `zone` where cells name no offset. */
export function instantReader(orders: DateOrders, zone: string): ReadInstant {
  const clock = zoneClock(zone);
  let last = "";
  let answer: ReturnType<ReadInstant> = "time.invalid";
  return (text) => {
    if (text === last) return answer;
    last = text;
    answer = instantIn(readTime(foldWidth(text)), orders, clock);
    return answer;
  };
}

function instantIn(
  time: TimeText | undefined,
  orders: DateOrders,
  clock: (day: CalendarDay, ms: number) => number,
): ReturnType<ReadInstant> {
  if (time === undefined) return "time.invalid";
  const at = instant(time, orders, clock);
  if (at === undefined) return "time.invalid";
  return at < RANGE.from || at >= RANGE.until ? "time.out-of-range" : at;
}

function instant(
  time: TimeText,
  { long, short }: DateOrders,
  clock: (day: CalendarDay, ms: number) => number,
): number | undefined {
  if (time.kind === "instant") return time.at;
  const day = time.kind === "day" ? time.day : dayIn(time.numbers[2].length > 2 ? long : short, time.numbers);
  if (!day) return undefined;
  if (time.offset === null) return clock(day, time.ms);
  return Date.UTC(day.year, day.month - 1, day.day) + time.ms - time.offset * 60_000;
}
