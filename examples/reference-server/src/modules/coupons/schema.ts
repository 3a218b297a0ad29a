import { cursorPage, instantField, pageFields, wholeNumber } from "@recallkit/http";
import * as z from "zod";

const name = z.string().trim().min(1).max(255);
const minor = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const day = z.union([z.string().max(40), z.int()]);
const stock = z.int().min(0).max(1_000_000_000);
const CLAIM_STATES = ["claimed", "reserved", "redeemed", "reversed", "expired"] as const;

export const createBody = z.strictObject({
  name,
  stock: stock.nullish().describe("省略或 null 为不限量 / absent or null: as many as come"),
  per_person: z.int().min(1).max(1000).nullish().describe("每人最多领取，默认 1"),
  valid_from: day.describe("首日，例如 2026-01-01；或时间 / first day, or an instant"),
  valid_to: day.describe("末日（含）；或时间 / last day, the whole of it in; or an instant"),
  title: name.nullish().describe("给用户看的名称，默认 name"),
  terms: z.string().max(5000).nullish().describe("使用说明"),
  value_minor: minor.nullish().describe("面值，以分计 / worth, minor units"),
  min_spend_minor: minor.nullish().describe("最低消费，以分计 / least amount of an order"),
  codes: z.enum(["generated", "imported"]).nullish().describe("imported：使用导入的券码"),
  claim_valid_days: z.int().min(1).max(3650).nullish().describe("领取后有效天数"),
});

export const editBody = z.strictObject({
  name: name.optional(),
  title: name.nullish(),
  terms: z.string().min(1).max(5000).nullish(),
  closed: z.boolean().optional().describe("true 停止领取；已领取的仍有效 / nobody claims any more"),
  stock: stock.optional().describe("只能增加 / may only be raised"),
});

export const couponSchema = z.strictObject({
  id: z.int(),
  name: z.string(),
  title: z.string().nullable(),
  terms: z.string().nullable(),
  codes: z.enum(["generated", "imported"]),
  stock: z.int().nullable(),
  stock_left: z.int().nullable(),
  per_person: z.int(),
  value_minor: z.int().nullable(),
  min_spend_minor: z.int().nullable(),
  valid_from: instantField,
  valid_to: instantField,
  claim_valid_days: z.int().nullable(),
  closed_at: instantField.nullable(),
  created_at: instantField,
});

export const couponsPage = cursorPage(couponSchema);
export const couponsQuery = z.strictObject(pageFields);

/** Most codes of one request. */
const MOST_CODES = 5_000;
export const codesBody = z.strictObject({ codes: z.array(z.string().min(1).max(64)).min(1).max(MOST_CODES) });
export const codesAnswer = z.strictObject({
  added: z.int(),
  known: z.int().describe("已有的券码 / codes that were there"),
});

export const claimSchema = z.strictObject({
  id: z.int(),
  coupon_id: z.int(),
  customer_id: z.int(),
  code: z.string(),
  state: z.enum(CLAIM_STATES),
  order_no: z.string().nullable(),
  reserved_until: instantField.nullable(),
  used_minor: z.int(),
  reason: z.string().nullable(),
  claimed_at: instantField,
  valid_until: instantField,
});
export const claimsPage = cursorPage(claimSchema);
export const claimsQuery = z.strictObject({
  ...pageFields,
  customer_key: z.string().min(1).max(255).optional(),
  state: z.enum(CLAIM_STATES).optional(),
});

export const reportSchema = z.strictObject({
  coupon_id: z.int(),
  issued: z.int(),
  claimed: z.int(),
  reserved: z.int(),
  redeemed: z.int(),
  reversed: z.int(),
  expired: z.int(),
  stock_left: z.int().nullable(),
  budget: z.strictObject({ used_minor: z.int(), reserved_minor: z.int(), open_minor: z.int() }),
});

export const couponParams = z.strictObject({ id: wholeNumber(1) });
export const codeParams = z.strictObject({ code: z.string().min(1).max(64) });

const orderNo = z.string().trim().min(1).max(255);
export const reserveBody = z.strictObject({
  order_no: orderNo,
  until: z.int().optional().describe("毫秒时间戳，默认半小时后 / epoch ms; default: in half an hour"),
});
export const orderBody = z.strictObject({ order_no: orderNo });
export const redeemBody = z.strictObject({
  order_no: orderNo,
  amount_minor: minor.optional().describe("订单金额，以分计，用于最低消费 / amount of the order"),
});
export const reverseBody = z.strictObject({ reason: z.string().trim().min(1).max(255) });
export const stepAnswer = z.strictObject({
  outcome: z.enum(["done", "repeated"]).describe("repeated：此前已完成 / it was so already"),
  claim: claimSchema,
});
