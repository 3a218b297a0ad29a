import { parseDecimal, roundToMinor, type TenThousandths, toSafeMinor } from "@recallkit/core/ports";
import type { LineFault } from "./import-fault.js";

const PLAIN_NUMBER = /^[+-]?\d+(?:\.(\d+))?$/;
const WHOLE_NUMBER = /^[+-]?\d{1,9}$/;

/** Reads an amount in major units with up to four decimals, exactly. */
export function readAmount(text: string, path: string, currency: string): TenThousandths | LineFault {
  if (text === "") return { path, code: "amount.missing", message: "is blank" };
  const match = PLAIN_NUMBER.exec(text);
  if (!match) return { path, code: "amount.invalid", message: "must be a finite number such as 12.50" };
  if ((match[1]?.length ?? 0) > 4) return { path, code: "amount.decimals", message: "has more than four decimals" };
  const amount = parseDecimal(text);
  return amount === undefined ? outOfRange(path) : checkRange(amount, path, currency);
}

/** The amount of so many pieces at one price. */
export function multiply(quantity: string, unitPrice: string, currency: string): TenThousandths | LineFault {
  if (!WHOLE_NUMBER.test(quantity)) {
    return { path: "quantity", code: "quantity.invalid", message: "must be a whole number of at most nine digits" };
  }
  const price = readAmount(unitPrice, "unit_price", currency);
  return typeof price === "bigint" ? checkRange(price * BigInt(quantity), "amount", currency) : price;
}

function checkRange(amount: TenThousandths, path: string, currency: string): TenThousandths | LineFault {
  return toSafeMinor(roundToMinor(amount, currency)) === undefined ? outOfRange(path) : amount;
}

/** The fault of an amount that no exact number of minor units can hold. */
export function outOfRange(path: string): LineFault {
  return { path, code: "amount.range", message: "must stay below 2^53 minor units" };
}
