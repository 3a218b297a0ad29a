/** Facts about a person that any file may hold, by the names that columns have in files of our own. */
export const PERSON_FIELDS = [
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
] as const;
export type PersonField = (typeof PERSON_FIELDS)[number];

/** Fields of a file of customers. `time_zone` is an IANA zone, whose clock quiet hours go by. */
export const CUSTOMER_FIELDS = ["customer_key", ...PERSON_FIELDS, "time_zone"] as const;
export type CustomerField = (typeof CUSTOMER_FIELDS)[number];

/** Fields of a file of orders: a row is one thing bought, or a whole order. `ordered_time` goes with an `ordered_at` that is a day;
 * `row_type` tells returns from sales; an order with a `cancelled_at` is cancelled. */
export const ORDER_FIELDS = [
  "order_no",
  "line_id",
  "refund_of",
  "row_type",
  "customer_key",
  "ordered_at",
  "ordered_time",
  "amount",
  "line_amount",
  "unit_price",
  "quantity",
  "currency",
  "status",
  "refund_status",
  "refunded",
  "refunded_at",
  "cancelled_at",
  "sku",
  "description",
  "category",
  "brand",
  "store",
  ...PERSON_FIELDS,
] as const;
export type OrderField = (typeof ORDER_FIELDS)[number];

/** Fields of a list of people who must not be contacted; a row names at least one address or key. */
export const SUPPRESSION_FIELDS = ["customer_key", "external_userid", "mobile", "email", "channel", "reason"] as const;
export type SuppressionField = (typeof SUPPRESSION_FIELDS)[number];

export type Field = OrderField | CustomerField | SuppressionField;

/** Columns of fields, by name. */
export type Columns<F extends Field> = Readonly<Partial<Record<F, string>>>;
