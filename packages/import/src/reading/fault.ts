/** What is wrong with a row, or with one value of it. */
export interface Fault {
  /** Field, or "" for the row as a whole. */
  readonly path: string;
  readonly code: string;
  /** English, for developers; holds no value of the row. */
  readonly message: string;
}

/** A value that was left out of a row that was taken. */
export interface Dropped {
  readonly line: number;
  readonly file: number;
  readonly path: string;
  readonly code: string;
}

/** What the codes of this package say, without the value. */
const MESSAGES: Readonly<Record<string, string>> = {
  "amount.decimals": "has more than four decimals",
  "amount.invalid": "must be a number such as 12.50",
  "amount.missing": "is blank",
  "amount.range": "must stay below 2^53 minor units",
  "attribute.invalid": "is no value of its type",
  "birthday.ambiguous": "can be read as several days",
  "birthday.invalid": "is no day",
  "birthday.lunar": "is of the lunar calendar",
  "birthday.no-year": "has no year",
  "currency.differs": "is another currency than the tenant's",
  "customer.anonymous": "stands for buyers whom the shop does not know, and the row has no mobile or e-mail",
  "customer.missing": "is blank",
  "email.invalid": "is no e-mail address",
  "email.masked": "is masked",
  "email.several": "holds several addresses",
  "key.damaged": "has lost digits in a spreadsheet; export it as text",
  "key.masked": "is masked, so that different people look alike",
  "key.too-long": "is longer than 255 characters",
  "mobile.damaged": "has lost digits in a spreadsheet; export it as text",
  "mobile.invalid": "is no mobile number; foreign ones begin with + and the country",
  "mobile.masked": "is masked",
  "mobile.several": "holds several numbers",
  "order.amount-differs": "differs from an earlier row of the same order, though it is the order's",
  "order.changed": "another file tells this order differently",
  "order.customer-differs": "differs from an earlier row of the same order",
  "order.line-differs": "another row has the same line id and differs",
  "order.number-missing": "is blank",
  "order.repeats-ambiguous": "the same row stands apart once more: told twice, or bought twice",
  "order.status-differs": "differs from an earlier row of the same order",
  "order.times-differ": "lies more than a day after an earlier row of the same order",
  "order.too-many-lines": "an order has at most 10 000 rows",
  "quantity.invalid": "must be a whole number of at most nine digits",
  "refund.differs": "what was given back is told in two ways that differ",
  "refund.exceeds": "is more than the order",
  "refund.without-order": "a refund without the order that it belongs to",
  "status.unknown": "nobody has said what it means",
  "suppression.nobody": "names nobody",
  "text.invalid": "holds control characters or is too long",
  "time-zone.invalid": "is no IANA zone such as Asia/Urumqi",
  "time.invalid": "is no time, or not in the order of day and month that the column has",
  "time.missing": "is blank",
  "time.out-of-range": "is before 1970 or after 2099",
};

/** A fault with the text of its code. */
export function fault(path: string, code: string): Fault {
  return { path, code, message: MESSAGES[code] ?? "is wrong" };
}

/** True for a fault among other values. */
export function isFault(value: object): value is Fault {
  return "code" in value && "message" in value;
}
