import * as z from "zod";
import { channelNameSchema, idSchema, searchTextSchema, signalSchema } from "../input.js";
import { instantSchema } from "../instant.js";
import { pageFields, positionFields } from "../page.js";
import { FUNNEL_STEPS, type FunnelOptions, type FunnelPeopleOptions } from "./funnel.js";
import type { ReportOptions } from "./report.js";
import type { PushFilter, StatisticsOptions } from "./statistics.js";

/** Most products that statistics list. */
const MOST_PRODUCTS = 200;

const from = instantSchema.optional();
const to = instantSchema.optional();
const asOf = instantSchema.optional();
const windowMs = z
  .int()
  .min(1)
  .max(36_500 * 86_400_000)
  .optional();

const pushFields = {
  ruleId: idSchema.optional(),
  search: searchTextSchema.optional(),
  from,
  to,
} satisfies Record<keyof PushFilter, z.ZodType>;

/** Which pushes a numbered page of results may ask for. */
export const pushFilterSchema = z.strictObject(pushFields);

/** What a list of results may ask for. */
export const resultListSchema = z.strictObject({ ...pushFields, ...positionFields });

export const reportOptionsSchema = z.strictObject({
  from,
  to,
  occurrenceId: idSchema.optional(),
  asOf,
  windowMs,
} satisfies Record<keyof ReportOptions, z.ZodType>);

const funnelFields = {
  ruleId: idSchema.optional(),
  occurrenceId: idSchema.optional(),
  channel: channelNameSchema.optional(),
  from,
  to,
  windowMs,
} satisfies Record<keyof FunnelOptions, z.ZodType>;

export const funnelOptionsSchema = z.strictObject(funnelFields);

/** What a list of the people of a step may ask for. */
export const funnelPeopleSchema = z.strictObject({
  ...funnelFields,
  ...pageFields,
  step: z.enum(FUNNEL_STEPS),
  reached: z.boolean().optional(),
} satisfies Record<keyof FunnelPeopleOptions, z.ZodType>);

export const statisticsOptionsSchema = z.strictObject({
  ...pushFields,
  asOf,
  windowMs,
  products: z.int().min(0).max(MOST_PRODUCTS).optional(),
} satisfies Record<keyof StatisticsOptions, z.ZodType>);

export const rollUpOptionsSchema = z.strictObject({ signal: signalSchema.optional() });
