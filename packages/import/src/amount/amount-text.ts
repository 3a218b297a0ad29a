import { foldWidth } from "../cell/cell-text.js";

/** Decimal marks between which only a column can decide: `1,234`. */
export const DECIMAL_MARKS = [".", ","] as const;
export type DecimalMark = (typeof DECIMAL_MARKS)[number];

/** An amount as written: its sign, its figures with the marks between them, and what names a currency. */
export interface AmountText {
  readonly isNegative: boolean;
  /** Digits, with marks between them. */
  readonly figures: string;
  /** Signs and words beside the figures. */
  readonly currencies: readonly string[];
}

const PLAIN = /^(-?)(\d+(?:\.\d+)?)$/;
const BODY = /^([^\d.,]*)((?:[.,]?\d)[\d.,' ’]*?)([^\d.,' ’]*)$/u;

/** Takes an amount apart. @param text cleaned. @returns undefined when it is none, or a rounded or scientific one */
export function readAmountText(text: string): AmountText | undefined {
  const plain = PLAIN.exec(text);
  if (plain) return { isNegative: plain[1] === "-", figures: plain[2] ?? "", currencies: [] };
  const folded = foldWidth(text)
    .replace(/[−–—﹣]/g, "-")
    .trim();
  const bracketed = /^([^()]*)\((.+)\)([^()]*)$/.exec(folded);
  const bare = bracketed ? `${bracketed[1]}${bracketed[2]}${bracketed[3]}` : folded;
  const signs = bare.match(/[+-]/g) ?? [];
  if (signs.length > 1 || (bracketed && signs.length > 0)) return undefined;
  const [sign] = signs;
  // A sign stands at either end of the figures, or before the currency.
  if (sign && !/^\P{N}*[+-]\P{N}*\p{N}|\p{N}\s*-\P{N}*$/u.test(bare)) return undefined;
  const parts = BODY.exec(bare.replace(/[+-]/, " ").trim());
  if (!parts) return undefined;
  const [, before = "", figures = "", after = ""] = parts;
  const currencies = [before, after].map((side) => side.replace(/[\s:]/g, "")).filter((side) => side !== "");
  return { isNegative: Boolean(bracketed) || sign === "-", figures: figures.trim(), currencies };
}

/** Groups of the West, of India, and none. */
const GROUPED = /^(?:\d{1,3}(?:([,.' ’])\d{3})(?:\1\d{3})*|\d{1,2}(?:(,)\d{2})(?:,\d{2})*,\d{3}|\d+)$/;

/** Figures under a decimal mark as a plain decimal (`1234.5`); undefined when they can't be meant so. */
export function decimalOf(figures: string, mark: DecimalMark): string | undefined {
  const at = figures.lastIndexOf(mark);
  const whole = at === -1 ? figures : figures.slice(0, at);
  const fraction = at === -1 ? "" : figures.slice(at + 1);
  if (whole.includes(mark) || !/^\d*$/.test(fraction) || (at !== -1 && fraction === "")) return undefined;
  if (whole === "") return fraction === "" ? undefined : `0.${fraction}`;
  if (!GROUPED.test(whole)) return undefined;
  const digits = whole.replace(/\D/g, "");
  // 0.125 is no 125.
  if (digits !== whole && digits.startsWith("0")) return undefined;
  return fraction === "" ? digits : `${digits}.${fraction}`;
}
