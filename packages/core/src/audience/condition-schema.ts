import * as z from "zod";
import {
  BIRTHDAY_CALENDARS,
  LEAP_DAY_POLICIES,
  LEAP_MONTH_POLICIES,
  THIRTIETH_POLICIES,
} from "../birthday/birthday.js";
import { requiredText } from "../customer/customer-schema.js";
import { channelNameSchema } from "../input.js";
import { normaliseText } from "../text.js";

const MOST_DAYS = 3650;
const days = z.int().min(0).max(MOST_DAYS);

/** In the form in which the library keeps keys. */
const labelKey = z.string().transform(normaliseText).pipe(z.string().min(1).max(255));
export const labelKeys = z.array(labelKey).max(1000);

/** Calendar days before the day of the question, both ends in. */
const daysAgo = z.strictObject({ minDays: days, maxDays: days }).refine((window) => window.minDays <= window.maxDays, {
  path: ["maxDays"],
  message: "maxDays must not be smaller than minDays",
});

const range = (bound: z.ZodNumber) =>
  z
    .strictObject({ min: bound.optional(), max: bound.optional() })
    .refine(({ min, max }) => min !== undefined || max !== undefined, { message: "needs min, max or both" })
    .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
      path: ["max"],
      message: "max must not be smaller than min",
    });

/** What somebody's counted orders have to be, taken together; at least one of its fields. */
export const ordersConditionSchema = z
  .strictObject({
    count: range(z.int().min(0).max(1_000_000)).optional(),
    totalMinor: range(z.int()).optional(),
    firstOrder: daysAgo.optional(),
    averageGapDays: range(z.number().min(0).max(MOST_DAYS)).optional(),
    overdue: z
      .strictObject({
        factor: z.number().min(1).max(100).default(1.5),
        minOrders: z.int().min(2).max(1_000).default(3),
      })
      .optional(),
  })
  .refine((one) => Object.values(one).some((field) => field !== undefined), {
    message: "needs count, totalMinor, firstOrder, averageGapDays or overdue",
  });

const PRODUCT_KINDS = ["store", "category", "brand", "sku"] as const;
export type ProductKind = (typeof PRODUCT_KINDS)[number];

/** The keys that a condition about products names, by kind. */
export function productKeys(condition: ProductCondition): readonly (readonly [ProductKind, readonly string[]])[] {
  return PRODUCT_KINDS.map((kind) => [kind, condition[kind] ?? []]);
}

/** Something bought, or never bought. */
export const productConditionSchema = z
  .strictObject({
    sku: labelKeys.optional(),
    category: labelKeys.optional(),
    brand: labelKeys.optional(),
    store: labelKeys.optional(),
    bought: z.boolean().default(true),
    within: daysAgo.optional(),
  })
  .refine((one) => PRODUCT_KINDS.some((kind) => (one[kind]?.length ?? 0) > 0), {
    message: "needs a sku, category, brand or store",
  });

const MOST_BIRTHDAYS = 366;
const MOST_LUNAR_BIRTHDAYS = 62;

/** Days around the day of the question on which a birthday falls. */
export const birthdayConditionSchema = z
  .strictObject({
    fromDays: z.int().min(-MOST_BIRTHDAYS).max(MOST_BIRTHDAYS).default(0),
    toDays: z.int().min(-MOST_BIRTHDAYS).max(MOST_BIRTHDAYS),
    calendar: z.enum(BIRTHDAY_CALENDARS).default("solar"),
    leapDay: z.enum(LEAP_DAY_POLICIES).optional(),
    leapMonth: z.enum(LEAP_MONTH_POLICIES).optional(),
    thirtieth: z.enum(THIRTIETH_POLICIES).optional(),
  })
  .refine(({ fromDays, toDays }) => fromDays <= toDays, {
    path: ["toDays"],
    message: "toDays must not be smaller than fromDays",
  })
  .refine(
    ({ fromDays, toDays, calendar }) =>
      toDays - fromDays < (calendar === "lunar" ? MOST_LUNAR_BIRTHDAYS : MOST_BIRTHDAYS),
    {
      path: ["toDays"],
      message: `a window holds at most ${MOST_BIRTHDAYS} days, of the lunar calendar ${MOST_LUNAR_BIRTHDAYS}`,
    },
  );

/** What somebody said about being contacted. */
const consentConditionSchema = z.strictObject({
  status: z.enum(["granted", "withdrawn", "unknown"]),
  channel: channelNameSchema.optional(),
  purpose: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,63}$/, { message: "must be a lower-case word" })
    .optional(),
});

/** How far a push may come with a person. */
const ENGAGEMENT_STEPS = ["sent", "delivered", "clicked", "claimed", "converted"] as const;

/** What earlier pushes came to with the person. */
export const engagementConditionSchema = z.strictObject({
  did: z.enum(ENGAGEMENT_STEPS),
  not: z.boolean().default(false),
  withinDays: days.optional(),
  rules: z.array(z.int().min(1)).min(1).max(100).optional(),
  channel: channelNameSchema.optional(),
});

/** The conditions beside window, labels and attributes. */
export const conditionFields = {
  orders: ordersConditionSchema.optional(),
  products: z.array(productConditionSchema).max(20).optional(),
  birthday: birthdayConditionSchema.optional(),
  customers: z.array(requiredText(255)).min(1).max(1000).optional(),
  reachable: z.array(channelNameSchema).min(1).max(10).optional(),
  consents: z.array(consentConditionSchema).max(20).optional(),
  engagement: z.array(engagementConditionSchema).max(20).optional(),
};

export type OrdersCondition = z.output<typeof ordersConditionSchema>;
export type ProductCondition = z.output<typeof productConditionSchema>;
export type BirthdayCondition = z.output<typeof birthdayConditionSchema>;
export type EngagementCondition = z.output<typeof engagementConditionSchema>;
