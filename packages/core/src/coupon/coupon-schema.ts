import * as z from "zod";
import { requiredText } from "../customer/customer-schema.js";
import { idSchema } from "../input.js";
import { instantIn, instantSchema } from "../instant.js";
import { addDays, isLocalDate, startOfDay } from "../local-time.js";
import { pageFields } from "../page.js";
import { hasControlCharacters, normaliseText } from "../text.js";
import { CLAIM_STATES, type ClaimInput, type ClaimListOptions, type CouponInput, type CouponPatch } from "./coupon.js";

const name = requiredText(255);
const terms = z
  .string()
  .transform(normaliseText)
  .pipe(z.string().min(1).max(5_000))
  .refine((text) => !hasControlCharacters(text), { message: "must not hold control characters" });
const minor = z.int().min(0);
const stock = z.int().min(0).max(1_000_000_000);

/** The whole of a local day, or an instant. */
const bound = (zone: string, isEnd: boolean) =>
  z.unknown().transform((value, context): number => {
    if (typeof value === "string" && isLocalDate(value.trim())) {
      const day = value.trim();
      return startOfDay(isEnd ? addDays(day, 1) : day, zone);
    }
    const read = instantIn(zone).safeParse(value);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    context.addIssue({
      code: "custom",
      message: issue?.message ?? "",
      params: issue?.code === "custom" ? (issue.params ?? {}) : {},
    });
    return z.NEVER;
  });

/** What `coupons.create` takes, without its nulls; `stock` alone may be null. */
export const couponSchema = (zone: string) =>
  z
    .strictObject({
      name,
      stock: stock.nullable(),
      perPerson: z.int().min(1).max(1_000).default(1),
      validFrom: bound(zone, false),
      validTo: bound(zone, true),
      title: name.optional(),
      terms: terms.optional(),
      valueMinor: minor.optional(),
      minSpendMinor: minor.optional(),
      codes: z.enum(["generated", "imported"]).default("generated"),
      claimValidDays: z.int().min(1).max(3_650).optional(),
    } satisfies Record<keyof CouponInput, z.ZodType>)
    .refine(({ validFrom, validTo }) => validFrom < validTo, {
      path: ["validTo"],
      message: "must be after validFrom",
    });

/** What `coupons.update` takes; null takes a title or terms away. */
export const couponPatchSchema = z.strictObject({
  name: name.optional(),
  title: name.nullish(),
  terms: terms.nullish(),
  closed: z.boolean().optional(),
  stock: stock.optional(),
} satisfies Record<keyof CouponPatch, z.ZodType>);

/** Codes of `coupons.addCodes`. */
export const codesSchema = z.array(requiredText(64)).min(1).max(100_000);

/** What `coupons.claim` takes. */
export const claimInputSchema = z.strictObject({
  token: z.string().max(255),
  username: z.string().max(255).optional(),
  at: instantSchema.optional(),
} satisfies Record<keyof ClaimInput, z.ZodType>);

export const claimForSchema = z.strictObject({ couponId: idSchema, externalKey: requiredText(255) });

/** The shop's number of an order. */
const orderNo = requiredText(255);

export const reserveSchema = z.strictObject({ orderNo, untilMs: instantSchema.optional() });
export const orderSchema = z.strictObject({ orderNo });
export const redeemSchema = z.strictObject({ orderNo, amountMinor: minor.optional() });
export const reverseSchema = z.strictObject({ reason: requiredText(255) });

/** What `coupons.claims` takes. */
export const claimListSchema = z.strictObject({
  ...pageFields,
  couponId: idSchema.optional(),
  externalKey: requiredText(255).optional(),
  linkId: idSchema.optional(),
  states: z.array(z.enum(CLAIM_STATES)).optional(),
} satisfies Record<keyof ClaimListOptions, z.ZodType>);
