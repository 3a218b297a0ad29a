import { parseDecimal } from "@recallkit/core/ports";
import { decimalOf, readAmountText } from "../amount/amount-text.js";
import { foldWidth } from "../cell/cell-text.js";
import { dayInZone } from "../time/day-of-time.js";
import { readTime } from "../time/time-text.js";

/** Types of a shop's own attributes of people. */
export const ATTRIBUTE_TYPES = ["text", "number", "date", "boolean"] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];
export type AttributeValue = string | number | boolean;

const YES = new Set(["true", "1", "1.0", "yes", "y", "t", "on", "是", "有", "√", "✓", "真"]);
const NO = new Set(["false", "0", "0.0", "no", "n", "f", "off", "否", "没有", "×", "✗", "假"]);

/** Reads a cell as a value of a type; dates are `YYYY-MM-DD`, of instants that of `zone`. Undefined: it is none. */
export function readAttribute(text: string, type: AttributeType, zone: string): AttributeValue | undefined {
  if (type === "text") return text.length <= 255 ? text : undefined;
  const folded = foldWidth(text);
  if (type === "boolean") {
    const word = folded.toLowerCase();
    return YES.has(word) ? true : NO.has(word) ? false : undefined;
  }
  if (type === "date") {
    const time = readTime(folded);
    return time === undefined || time.kind === "numbers" ? undefined : dayInZone(time, zone);
  }
  const amount = readAmountText(folded);
  const decimal = amount && amount.currencies.length === 0 ? decimalOf(amount.figures, ".") : undefined;
  if (!amount || decimal === undefined || decimal.length > 15) return undefined;
  // A number that reads differently with a decimal comma is none that can be trusted.
  const comma = decimalOf(amount.figures, ",");
  if (comma !== undefined && parseDecimal(comma) !== parseDecimal(decimal)) return undefined;
  return amount.isNegative ? -Number(decimal) : Number(decimal);
}
