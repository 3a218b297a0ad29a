import * as z from "zod";

/** Most rows of one request. */
export const MAX_ROWS = 10_000;
/** Largest body of rows, bytes. */
export const MAX_ROWS_BYTES = 8 * 1024 * 1024;

const text = (most: number) => z.string().max(most).nullish();
const facts = {
  name: text(255),
  birthday: text(10).describe("YYYY-MM-DD"),
  external_userid: text(64).describe("企微 external_userid / WeCom's external_userid"),
  mobile: text(16).describe("E.164，例如 +8613800138000"),
  email: text(254),
  openid: text(64),
  unionid: text(64),
  customer_code: text(64),
  user_name: text(255),
  city: text(255),
};
const timeZone = text(64).describe("IANA 时区，例如 Asia/Urumqi；允许时段按此计算 / IANA zone; quiet hours go by it");
const key = z.string().min(1).max(255);
const amount = z.union([z.string(), z.number()]).nullish();
const named = z.union([z.string(), z.strictObject({ key, name: text(255) })]).nullish();
const instant = z.union([z.string(), z.int()]);

const attributes = z
  .record(z.string().min(1).max(64), z.union([text(255), z.number(), z.boolean()]))
  .nullish()
  .describe(
    "自定义属性，每项的类型由首个值决定，null 删除 / own attributes; the first value fixes the type, null removes",
  );

const customer = z.strictObject({
  customer_key: key.describe("客户编号，商户内唯一 / unique per tenant"),
  ...facts,
  time_zone: timeZone,
  attributes,
});
const order = z.strictObject({
  order_no: key.describe("订单号，同一来源内唯一 / unique per source"),
  customer_key: key,
  ordered_at: instant.describe("商户时区的时间、ISO 8601 或毫秒时间戳 / wall time, ISO 8601 or epoch ms"),
  amount: amount.describe("以元计，例如 12.50；默认为各行之和 / major units; the sum of its lines by default"),
  status: text(64).describe("默认 paid / default paid"),
  refunded: amount.describe("已退金额 / what was given back"),
  refunded_at: instant.nullish(),
  lines: z
    .array(
      z.strictObject({
        sku: named,
        name: text(255),
        quantity: z.int().nullish(),
        amount,
        category: named,
        brand: text(255),
        store: named,
      }),
    )
    .max(10_000)
    .nullish(),
  customer: z.strictObject(facts).nullish().describe("买家的其他信息 / what else is known of the buyer"),
});

/** A list whose rows are looked at one by one, so that a wrong one costs no other; described by what they should be. */
function rowsOf(row: z.ZodType) {
  const { $schema: _, ...items } = z.toJSONSchema(row, { io: "input" });
  return z.array(z.unknown()).meta({ items, maxItems: MAX_ROWS });
}

export const customerRows = rowsOf(customer);
export const orderRows = rowsOf(order);

const counts = { inserted: z.int(), updated: z.int(), unchanged: z.int() };
const outcome = z.strictObject({
  index: z.int().describe("从 0 起的行号 / 0-based row"),
  path: z.string(),
  code: z.string(),
  message: z.string(),
});
const rejected = z.array(outcome).describe("未接收的行 / rows that were not taken");

const faults = {
  rejected,
  dropped: z.array(outcome).describe("舍弃的可选值，所在行照常写入 / optional values left out of rows that were taken"),
  moved: z.int().describe("换了主人的地址 / addresses that went to another person"),
};

const policies = {
  strict: z
    .enum(["true", "false"])
    .optional()
    .describe("可选值有误时拒绝整行 / a wrong optional value rejects its row"),
  on_identity_move: z
    .enum(["refuse", "move", "merge"])
    .optional()
    .describe(
      "地址属于他人时：舍弃（默认）、移过来、合并两人 / an address of somebody else: drop, move, merge the people",
    ),
};

export const customerRowsQuery = z.strictObject(policies);
export const customerRowsAnswer = z.strictObject({ ...counts, ...faults });
export const orderRowsQuery = z.strictObject({
  ...policies,
  source: z.string().min(1).max(64).optional().describe("订单来源，默认 api / where the orders come from, default api"),
  on_change: z
    .enum(["replace", "merge", "refuse"])
    .optional()
    .describe("已有订单内容不同时：替换（默认）、合并、拒绝 / an order told differently: replace, merge, refuse"),
});
export const orderRowsAnswer = z.strictObject({
  ...counts,
  ...faults,
  changed_orders: z.int().describe("内容被改变的已有订单 / known orders that were told differently"),
  customers: z.strictObject(counts),
  labels: z.strictObject(counts),
  amount_minor: z.int().describe("接收订单的金额合计，以分计 / sum of the orders taken, minor units"),
});
