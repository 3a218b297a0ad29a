import type { ImportKind } from "./imports";

const PERSON = [
  "name",
  "given_name",
  "family_name",
  "external_userid",
  "mobile",
  "email",
  "birthday",
  "city",
  "openid",
  "unionid",
  "customer_code",
  "user_name",
];

/** What columns of a file can stand for, by the names of the import. */
export const FIELDS: Readonly<Record<ImportKind, readonly string[]>> = {
  orders: [
    ...[
      "order_no",
      "customer_key",
      "ordered_at",
      "ordered_time",
      "amount",
      "line_amount",
      "unit_price",
      "quantity",
      "currency",
      "status",
    ],
    ...[
      "refund_status",
      "refunded",
      "refunded_at",
      "cancelled_at",
      "refund_of",
      "row_type",
      "line_id",
      "sku",
      "description",
      "category",
      "brand",
      "store",
    ],
    ...PERSON,
  ],
  customers: ["customer_key", ...PERSON, "time_zone"],
  suppressions: ["customer_key", "external_userid", "mobile", "email", "channel", "reason"],
};

/** What a status of an order can mean. */
export const MEANINGS = [
  "pending",
  "paid",
  "shipped",
  "completed",
  "cancelled",
  "refunded",
  "partially_refunded",
] as const;
