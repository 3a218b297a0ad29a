import * as z from "zod";
import { amount, anyText, code, dayOrTime, isAbout, text } from "./fields.js";

const ITEM_TYPES = ["project", "product"] as const;

const item = z.strictObject({
  item_type: z.enum(ITEM_TYPES),
  item_code: code,
  item_name: text(255),
  quantity: z.int().min(1).max(100_000),
  unit_price: amount,
  discount: z.number().min(0).max(1).nullish(),
  actual_price: amount,
  // Beyond the document: who did it.
  doctor_code: code.nullish(),
});

const fields = {
  order_number: code,
  customer_code: code,
  order_date: dayOrTime,
  items: z.array(item).min(1).max(1_000),
  total_amount: amount,
  payment_method: anyText(64).nullish(),
  status: text(64),
  doctor_code: code.nullish(),
};

type Sums = {
  readonly items?: readonly z.output<typeof item>[] | undefined;
  readonly total_amount?: number | undefined;
};

/** Prices are those that unit price, quantity and discount make, and the total is their sum; each to 0.01. */
function checkSums({ items = [], total_amount: total }: Sums, context: z.core.$RefinementCtx<unknown>): void {
  const fault = (path: (string | number)[], code: string, message: string) =>
    context.addIssue({ code: "custom", path, message, params: { code }, input: undefined });
  items.forEach(({ unit_price: price, quantity, discount, actual_price: actual }, at) => {
    if (!isAbout(price * quantity * (discount ?? 1), actual))
      fault(["items", at, "actual_price"], "revisit-import.amount-mismatch", "is not unit_price × quantity × discount");
  });
  const sum = items.reduce((all, { actual_price: actual }) => all + actual, 0);
  if (items.length > 0 && total !== undefined && !isAbout(sum, total))
    fault(["total_amount"], "revisit-import.total-mismatch", "is not the sum of the items");
}

/** A consumption record as a file has it. */
export const recordSchema = z.strictObject(fields).superRefine(checkSums);

/** What changes of a record: its number, and the fields that are given. */
export const recordPartSchema = z.strictObject(fields).partial().required({ order_number: true });

export type ConsumptionRecord = z.output<typeof recordSchema>;
export type RecordPart = z.output<typeof recordPartSchema>;
