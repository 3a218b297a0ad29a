import type { Texts } from "@recallkit/http";

/** Texts of the faults of rows. */
export const customerTexts: Texts = {
  "amount.invalid": { zh: "应为金额，例如 12.50，最多两位小数", en: 'must be an amount such as "12.50"' },
  "amount.missing": { zh: "订单需要金额，或带金额的商品行", en: "an order needs an amount, or lines with amounts" },
  "amount.range": { zh: "金额过大", en: "must stay below 2^53 minor units" },
  "order.customer-changed": { zh: "订单已属于另一位客户", en: "belongs to another customer" },
  "order.differs": { zh: "订单已存在，内容不同", en: "came before with other facts" },
  "order.not-mergeable": { zh: "两次的金额无法合并", en: "amounts that cannot be united" },
  "attribute.too-many": {
    zh: "属性过多：每人至多 50 个，每个商户至多 100 个",
    en: "would be more than 50 attributes of a person or 100 of a tenant",
  },
  "attribute.type": { zh: "与该属性的类型不符", en: "is not of the type that this attribute has" },
  "customer.identity-taken": { zh: "属于另一位客户", en: "belongs to another customer" },
  "time.invalid": {
    zh: "应为 YYYY-MM-DD HH:mm:ss、带时区的 ISO 8601 或毫秒时间戳",
    en: "must be YYYY-MM-DD HH:mm:ss, ISO 8601 with an offset, or epoch milliseconds",
  },
  "time.looks-like-seconds": {
    zh: "看起来是秒级时间戳，应为毫秒",
    en: "looks like epoch seconds; epoch milliseconds are meant",
  },
  "time.range": { zh: "应在公元 1-9999 年之间", en: "must lie in the years 1 … 9999" },
};
