import type { ReadAmount } from "./amount-column.js";

/** `金额(分)`, `amount_cents`, `total_minor`; `金额（万元）`. */
const UNITS: readonly (readonly [name: RegExp, times: bigint, by: bigint])[] = [
  [/[(（](?:单位[:：])?分[)）]$|(?:^|[_\s(（])(?:cents?|fen|minor(?:[_ ]units?)?)[)）]?$/i, 1n, 100n],
  [/[(（](?:单位[:：])?万元?[)）]$/, 10_000n, 1n],
];

/** The reader of a column whose name says that its figures are no major units: a hundredth of them, or ten thousand. */
export function inUnitOf(column: string | undefined, read: ReadAmount): ReadAmount {
  const [, times = 1n, by = 1n] = UNITS.find(([name]) => name.test(column?.trim() ?? "")) ?? [];
  if (times === by) return read;
  return (text) => {
    const value = read(text);
    if (typeof value !== "bigint") return value;
    return (value * times) % by === 0n ? (value * times) / by : "amount.decimals";
  };
}

/** Codes that end names of columns; other words of three letters are none: `Amount due`, `total_net`. */
const CODES = new Set(
  "USD EUR GBP JPY CNY RMB HKD TWD NTD KRW SGD MYR THB VND IDR PHP INR AUD CAD NZD CHF SEK NOK DKK PLN CZK RUB BRL MXN TRY AED SAR ZAR MOP".split(
    " ",
  ),
);

/** The currency that a column's name ends with: `Amount (USD)`, `total_eur`, `金额（美元）`. */
export function currencyInName(column: string): string | undefined {
  const [, bracketed, ending] = /[(（]([^()（）]{1,4})[)）]$|[_\s]([A-Za-z]{3})$/.exec(column.trim()) ?? [];
  const named = (bracketed ?? ending ?? "").trim();
  return CODES.has(named.toUpperCase()) || /[^\w\s]/.test(named) ? named : undefined;
}
