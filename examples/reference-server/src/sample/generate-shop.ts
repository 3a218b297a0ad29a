import type { CustomerInput, OrderInput, Random } from "@recallkit/core";
import { addDays, localDateOf, startOfDay } from "@recallkit/core/ports";
import { seededRandom } from "@recallkit/core/testing";
import { type City, cities, personName, products } from "./catalogue.js";

/** People and orders of the sample shop, always the same for one seed and one day. */
export interface SampleShop {
  readonly customers: readonly CustomerInput[];
  readonly orders: readonly OrderInput[];
}

export const SAMPLE_CUSTOMERS = 5000;
export const SAMPLE_ORDERS = 20_000;
const DEFAULT_SEED = 20_240_101;

/** How many days before the local day of `now` the sample push happens; those who come back do so after it. */
export const PUSH_DAYS_AGO = 8;

interface Habit {
  readonly weight: number;
  /** Days since the last order, first and last. */
  readonly lastDaysAgo: readonly [number, number];
  /** Usual days between orders. */
  readonly gapDays: number;
  /** Share of those who buy again in the last days. */
  readonly comesBack: number;
}

const HABITS: readonly Habit[] = [
  // Regulars.
  { weight: 34, lastDaysAgo: [9, 30], gapDays: 22, comesBack: 0.3 },
  // Lapsed 30 to 45 days when the sample push happens.
  { weight: 12, lastDaysAgo: [PUSH_DAYS_AGO + 30, PUSH_DAYS_AGO + 45], gapDays: 26, comesBack: 0.14 },
  // Slipping away, and long gone.
  { weight: 14, lastDaysAgo: [31, 37], gapDays: 30, comesBack: 0.05 },
  { weight: 40, lastDaysAgo: [54, 240], gapDays: 45, comesBack: 0.02 },
];

/**
 * Makes up a pet shop: 5 000 customers and 20 000 orders on the days before the local day of `now`.
 *
 * @param options `now`: epoch ms; `timeZone`: the tenant's
 */
export function generateSampleShop(options: {
  readonly seed?: number;
  readonly now: number;
  readonly timeZone: string;
}): SampleShop {
  const random = seededRandom(options.seed ?? DEFAULT_SEED);
  const today = localDateOf(options.now, options.timeZone);
  const people = Array.from({ length: SAMPLE_CUSTOMERS }, (_, index) => person(random, index));
  const days = orderDays(
    random,
    people.map(({ habit }) => habit),
  );
  const longestAgo = Math.max(...days.map(({ daysAgo }) => daysAgo));
  const startOf = Array.from({ length: longestAgo + 1 }, (_, daysAgo) =>
    startOfDay(addDays(today, -daysAgo), options.timeZone),
  );
  const orders = days
    .sort((a, b) => b.daysAgo - a.daysAgo || a.owner - b.owner)
    .map(({ owner, daysAgo }, index) => order(random, index, people[owner], startOf[daysAgo] ?? 0));
  return { customers: people.map(({ customer }) => customer), orders };
}

interface Person {
  readonly customer: CustomerInput;
  readonly city: City | undefined;
  readonly habit: Habit | undefined;
}

function person(random: Random, index: number): Person {
  const number = String(index + 1).padStart(5, "0");
  const city = pickWeighted(random, cities);
  const isFriend = random.next() < 0.96;
  const customer: CustomerInput = {
    externalKey: `c${number}`,
    name: personName(random.next),
    city: city?.name,
    ...(isFriend && { externalUserId: `wmSampleShopCustomer${number}` }),
    ...(random.next() < 0.5 && { bornOn: addDays("1970-01-01", Math.floor(random.next() * 13_000)) }),
  };
  return { customer, city, habit: pickWeighted(random, HABITS) };
}

interface OrderDay {
  readonly owner: number;
  readonly daysAgo: number;
}

/** Everybody has a last order, some come back after it; the rest of the orders go to earlier days, mostly of regulars. */
function orderDays(random: Random, habits: readonly (Habit | undefined)[]): OrderDay[] {
  const days: OrderDay[] = [];
  const earliest = habits.map((habit, owner) => {
    const [first, last] = habit?.lastDaysAgo ?? [1, 1];
    const daysAgo = first + Math.floor(random.next() * (last - first + 1));
    days.push({ owner, daysAgo });
    if (random.next() < (habit?.comesBack ?? 0))
      days.push({ owner, daysAgo: 1 + Math.floor(random.next() * (PUSH_DAYS_AGO - 1)) });
    return daysAgo;
  });
  while (days.length < SAMPLE_ORDERS) {
    const owner = Math.floor(random.next() * habits.length);
    const gap = habits[owner]?.gapDays ?? 30;
    if (random.next() * gap > 22) continue;
    const daysAgo = (earliest[owner] ?? 1) + 1 + Math.floor(gap * (0.6 + random.next() * 0.8));
    earliest[owner] = daysAgo;
    days.push({ owner, daysAgo });
  }
  return days;
}

const HOUR_MS = 3_600_000;

/** @param startOfDay epoch ms; orders come between nine and eleven at night */
function order(random: Random, index: number, buyer: Person | undefined, startOfDay: number): OrderInput {
  const orderedAt = startOfDay + 9 * HOUR_MS + Math.floor(random.next() * 14 * 3600) * 1000;
  const store = buyer?.city?.store;
  const lines = Array.from({ length: 1 + Math.floor(random.next() ** 2 * 3) }, () => {
    // Skewed, so that the first products of the catalogue sell best.
    const product = products[Math.floor(random.next() ** 1.5 * products.length)];
    const quantity = random.next() < 0.85 ? 1 : 2;
    return {
      sku: { key: product?.sku ?? "", name: product?.name },
      name: product?.name,
      quantity,
      amount: Math.round((product?.price ?? 0) * quantity * 100) / 100,
      category: product?.category,
      brand: product?.brand,
      store,
    };
  });
  const fate = random.next();
  return {
    externalId: `S${String(index + 1).padStart(6, "0")}`,
    externalKey: buyer?.customer.externalKey ?? "",
    orderedAt,
    status: fate < 0.03 ? "closed" : fate < 0.6 ? "completed" : "paid",
    lines,
  };
}

function pickWeighted<T extends { readonly weight: number }>(random: Random, items: readonly T[]): T | undefined {
  let left = random.next() * items.reduce((sum, { weight }) => sum + weight, 0);
  return items.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
}
