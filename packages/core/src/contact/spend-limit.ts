import * as z from "zod";
import { addDays, type LocalDate, localDateOf, startOfDay } from "../local-time.js";

/** Most that messages of a channel may cost, minor units of the tenant's currency; at least one is given. */
export interface SpendLimit {
  /** Per calendar day of the tenant's zone, 0 … 2^53 − 1. @default no limit */
  readonly perDayMinor?: number | null | undefined;
  /** Per calendar month of the tenant's zone, 0 … 2^53 − 1. @default no limit */
  readonly perMonthMinor?: number | null | undefined;
}

/** What a message costs. */
export interface MessageCost {
  /** What the provider counts, for example segments of an SMS. */
  readonly units: number;
  /** Minor units of the tenant's currency. */
  readonly amountMinor: number;
}

/** A limit as a tenant writes it. */
export const spendLimitSchema = z
  .strictObject({ perDayMinor: z.int().min(0).optional(), perMonthMinor: z.int().min(0).optional() })
  .refine(({ perDayMinor, perMonthMinor }) => perDayMinor !== undefined || perMonthMinor !== undefined, {
    message: "one of perDayMinor and perMonthMinor is needed",
  });

/** A period of a budget. */
export interface BudgetPeriod {
  /** `YYYY-MM-DD` or `YYYY-MM`. */
  readonly name: string;
  /** First instant of the next one. */
  readonly next: number;
  /** Null: none. */
  readonly limit: number | null;
}

/** Day and month of an instant in the tenant's zone. */
export function budgetPeriods(limit: SpendLimit | undefined, zone: string, now: number): readonly BudgetPeriod[] {
  const day = localDateOf(now, zone);
  const month = day.slice(0, 7);
  return [
    { name: day, next: startOfDay(addDays(day, 1), zone), limit: limit?.perDayMinor ?? null },
    { name: month, next: startOfDay(firstOfNextMonth(day), zone), limit: limit?.perMonthMinor ?? null },
  ];
}

function firstOfNextMonth(day: LocalDate): LocalDate {
  // From the 28th on four days reach the next month, whatever the month.
  return `${addDays(`${day.slice(0, 7)}-28`, 4).slice(0, 7)}-01`;
}

/** How many of some messages, in order, fit into what is left of each budget, and which budgets the next one breaks. */
export function affordable(
  costs: readonly number[],
  left: readonly (number | null)[],
): { readonly count: number; readonly broken: readonly number[] } {
  let sum = 0;
  for (const [count, cost] of costs.entries()) {
    const broken = left.flatMap((one, index) => (one !== null && sum + cost > one ? [index] : []));
    if (broken.length > 0) return { count, broken };
    sum += cost;
  }
  return { count: costs.length, broken: [] };
}
