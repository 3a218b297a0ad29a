import type { TenThousandths } from "@recallkit/core/ports";
import type { ReadAmount } from "../amount/amount-column.js";
import { maySay } from "../amount/currency-sign.js";
import { readQuantity } from "../amount/quantity.js";

import type { OrderField } from "../mapping/field.js";
import type { AttributeCells } from "../person/attribute-cells.js";
import { guestKey } from "../person/customer-key.js";
import { type PersonReaderOptions, type ReadPerson, readPerson } from "../person/person-reader.js";
import { type Fault, fault } from "../reading/fault.js";
import type { StatusMeaning } from "../status/status-meaning.js";
import type { StatusOf } from "../status/status-words.js";
import type { ReadInstant } from "../time/time-column.js";
import type { SourceRow } from "./order-rows.js";

/** What one row of an order says; undefined and "" where it says nothing. */
export interface OrderLine {
  readonly row: SourceRow;
  readonly externalKey: string;
  readonly orderedAt: number | undefined;
  readonly amount: TenThousandths | undefined;
  /** Amount of the line by a column of its own, or quantity × price. */
  readonly lineAmount: TenThousandths | undefined;
  readonly quantity: number | undefined;
  readonly status: StatusMeaning | undefined;
  readonly refunded: TenThousandths | undefined;
  readonly refundedAt: number | undefined;
  readonly isRefundOf: boolean;
  readonly sku: string;
  readonly description: string;
  readonly category: string;
  readonly brand: string;
  readonly store: string;
  readonly person: ReadPerson;
  /** The shop's own attributes of the buyer; undefined where the mapping names none. */
  readonly attributes: ReturnType<AttributeCells>["values"] | undefined;
  /** Optional values that are wrong. */
  readonly wrong: readonly { readonly path: string; readonly code: string }[];
}

export interface LineReaderOptions {
  readonly cell: (row: SourceRow, field: OrderField) => string;
  readonly has: (field: OrderField) => boolean;
  /** Reads the buyer's attributes. @default there are none */
  readonly attributes?: ((row: SourceRow) => ReturnType<AttributeCells>) | undefined;
  readonly readCustomerKey: (text: string) => { readonly key: string } | string;
  readonly readOrderedAt: ReadInstant;
  readonly readRefundedAt: ReadInstant;
  readonly readAmount: Readonly<Record<"amount" | "line_amount" | "unit_price" | "refunded", ReadAmount>>;
  readonly statusOf: StatusOf;
  readonly currency: string;
  readonly person: PersonReaderOptions;
}

/** 退货单, Refund, Credit note: a row that gives something back, whatever the sign of its figures. */
const RETURNS =
  /^(?!.*(?:[可不未无]退|无理由|支持|承诺)).*退(?:货|款|单|换|销)|^(?:sales? )?(?:refund|return)|credit (?:note|memo)|reversal|chargeback/i;
/** 无退款申请, which Taobao writes where an amount would stand. */
const NO_REFUND = /^(?:无|未|没有|暂无)/;

/** Longest texts of an order that the kit takes. */
const MAX_KEY = 255;

/** Makes the reader of rows of orders. */
export function orderLineReader(options: LineReaderOptions): (row: SourceRow) => OrderLine | Fault {
  const { has, readAmount, statusOf, currency } = options;
  return (row) => {
    const cell = (field: OrderField) => options.cell(row, field);
    const customer = cell("customer_key");
    const person = readPerson(cell, options.person);
    const named = customer === "" ? { key: "" } : options.readCustomerKey(customer);
    const key = named === "customer.anonymous" ? guestKey(person.facts) : named;
    if (typeof key === "string") return fault("customer_key", key);
    if (key.key.length > MAX_KEY) return fault("customer_key", "key.too-long");
    const time = cell("ordered_at");
    const orderedAt = time === "" ? undefined : options.readOrderedAt(time);
    if (typeof orderedAt === "string") return fault("ordered_at", orderedAt);
    const word = cell("status");
    const status = word === "" ? undefined : statusOf(word);
    if (word !== "" && status === undefined) return fault("status", "status.unknown");
    const money = cell("currency");
    if (money !== "" && maySay(money, currency) !== true) return fault("currency", "currency.differs");
    const wrong: { path: OrderField; code: string }[] = [];
    const figures: Partial<Record<"amount" | "line_amount" | "unit_price" | "refunded", TenThousandths>> = {};
    for (const field of ["amount", "line_amount", "unit_price", "refunded"] as const) {
      const text = cell(field);
      if (text === "" || (field === "refunded" && NO_REFUND.test(text))) continue;
      const value = readAmount[field](text);
      if (typeof value === "bigint") figures[field] = value;
      else if (isNeeded(field, has)) return fault(field, value);
      else wrong.push({ path: field, code: value });
    }
    const pieces = cell("quantity");
    const quantity = pieces === "" ? undefined : readQuantity(pieces);
    if (pieces !== "" && quantity === undefined) {
      if (!has("amount") && !has("line_amount")) return fault("quantity", "quantity.invalid");
      wrong.push({ path: "quantity", code: "quantity.invalid" });
    }
    const gone = cell("refunded_at");
    const refundedAt = gone === "" ? undefined : options.readRefundedAt(gone);
    if (typeof refundedAt === "string") wrong.push({ path: "refunded_at", code: refundedAt });
    const product =
      figures.unit_price === undefined || (pieces !== "" && quantity === undefined)
        ? undefined
        : figures.unit_price * BigInt(quantity ?? 1);
    const texts = itemTexts(cell, wrong);
    const own = options.attributes?.(row);
    return {
      row,
      externalKey: key.key,
      orderedAt,
      amount: figures.amount,
      lineAmount: figures.line_amount ?? product,
      quantity,
      status,
      refunded: figures.refunded,
      refundedAt: typeof refundedAt === "number" ? refundedAt : undefined,
      isRefundOf: cell("refund_of") !== "" || RETURNS.test(cell("row_type")),
      ...texts,
      person,
      attributes: own?.values,
      wrong: [...wrong, ...person.wrong, ...(own?.wrong ?? [])],
    };
  };
}

/** Figures without which an order's amount or what was given back is unknown. */
function isNeeded(field: "amount" | "line_amount" | "unit_price" | "refunded", has: (field: OrderField) => boolean) {
  if (field === "amount" || field === "refunded") return true;
  return !has("amount") && (field === "line_amount" || !has("line_amount"));
}

const ITEM_FIELDS = ["sku", "description", "category", "brand", "store"] as const;

function itemTexts(cell: (field: OrderField) => string, wrong: { path: OrderField; code: string }[]) {
  const texts = { sku: "", description: "", category: "", brand: "", store: "" };
  for (const field of ITEM_FIELDS) {
    const text = cell(field);
    // A long name of a thing is cut; a key that is too long would be another key.
    if (text.length <= MAX_KEY) texts[field] = text;
    else if (field === "description") texts[field] = text.slice(0, MAX_KEY - 1).trimEnd();
    else wrong.push({ path: field, code: "text.invalid" });
  }
  return texts;
}
