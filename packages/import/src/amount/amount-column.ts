import { parseDecimal, roundToMinor, type TenThousandths, toSafeMinor } from "@recallkit/core/ports";
import { columnVote, type Verdict } from "../column/column-vote.js";
import { DECIMAL_MARKS, type DecimalMark, decimalOf, readAmountText } from "./amount-text.js";
import { maySay } from "./currency-sign.js";

/** Finds out, cell by cell, how the amounts of a column are written. */
export interface AmountColumn {
  see(line: number, text: string): void;
  readonly readable: number;
  readonly unreadable: number;
  /** @param told decimal mark that the user names */
  verdict(told?: DecimalMark): Verdict<DecimalMark>;
}

/** What most cells of most files are; it only says that commas are no decimal marks. */
const POINT = /^-?\d+\.\d{1,2}$/;

/** Begins a column of amounts. */
export function amountColumn(): AmountColumn {
  const vote = columnVote(DECIMAL_MARKS);
  let readable = 0;
  let unreadable = 0;
  let hasPoint = false;
  return {
    see(line, text) {
      if (hasPoint && POINT.test(text)) {
        readable += 1;
        return;
      }
      const amount = readAmountText(text);
      const point = amount && plain(decimalOf(amount.figures, "."));
      const comma = amount && plain(decimalOf(amount.figures, ","));
      if (point === undefined && comma === undefined) {
        unreadable += 1;
        return;
      }
      readable += 1;
      hasPoint ||= POINT.test(text);
      vote.see(line, text, { ".": point, ",": comma });
    },
    get readable() {
      return readable;
    },
    get unreadable() {
      return unreadable;
    },
    verdict: (told) => vote.verdict(told),
  };
}

/** Without zeros that say nothing, so that 5 and 5.00 are one sense. */
function plain(decimal: string | undefined): string | undefined {
  return decimal?.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}

/** What is wrong with an amount. */
export type AmountFault = "amount.invalid" | "amount.decimals" | "amount.range" | "currency.differs";

/** Reads amounts of a column in major units, exactly. */
export type ReadAmount = (text: string) => TenThousandths | AmountFault;

/** Makes the reader of a column with a decimal mark. @param currency of the tenant: another one's sign is a fault */
export function amountReader(mark: DecimalMark, currency: string): ReadAmount {
  return (text) => {
    const amount = readAmountText(text);
    const decimal = amount && decimalOf(amount.figures, mark);
    if (!amount || decimal === undefined) return "amount.invalid";
    for (const sign of amount.currencies) {
      const isOurs = maySay(sign, currency);
      if (isOurs === undefined) return "amount.invalid";
      if (!isOurs) return "currency.differs";
    }
    const exact = withoutNoise(decimal);
    if ((exact.split(".")[1]?.length ?? 0) > 4) return "amount.decimals";
    const value = parseDecimal(exact);
    if (value === undefined) return "amount.range";
    const signed = amount.isNegative ? -value : value;
    return toSafeMinor(roundToMinor(signed, currency)) === undefined ? "amount.range" : signed;
  };
}

/** Zeros at the end, and what binary fractions leave there: 29.990000000000002, 17.989999999999998. */
function withoutNoise(decimal: string): string {
  const [whole = "", fraction = ""] = decimal.split(".");
  const trimmed = fraction.replace(/0+$/, "");
  if (trimmed.length < 11) return trimmed === "" ? whole : `${whole}.${trimmed}`;
  const noise = /^(\d{0,4}?)(0{6,}\d{1,3}|9{6,}\d{0,3})$/.exec(trimmed);
  if (!noise) return decimal;
  const [, kept = "", rest = ""] = noise;
  const scaled = BigInt(`${whole}${kept}`) + (rest.startsWith("9") ? 1n : 0n);
  const digits = String(scaled).padStart(kept.length + 1, "0");
  return kept === "" ? digits : `${digits.slice(0, -kept.length)}.${digits.slice(-kept.length)}`;
}
