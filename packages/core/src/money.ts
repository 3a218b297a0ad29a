/**
 * Currencies whose minor unit is not a hundredth, by decimals.
 *
 * A list of our own, since `Intl` follows CLDR, which differs from the standard and between versions (IQD, LAK, IDR …).
 *
 * @see https://www.six-group.com/en/products-services/financial-information/data-standards.html ISO 4217, list one
 */
const NOT_TWO_DECIMALS: ReadonlyMap<string, number> = new Map([
  ..."BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ").map((code) => [code, 0] as const),
  ..."BHD IQD JOD KWD LYD OMR TND".split(" ").map((code) => [code, 3] as const),
  ..."CLF UYW".split(" ").map((code) => [code, 4] as const),
]);

/** Decimals of a currency's major unit, 0 … 4: 2 for CNY, 0 for JPY, 3 for KWD; 2 for a code the standard does not know. */
export function currencyDecimals(currency: string): number {
  return NOT_TWO_DECIMALS.get(currency) ?? 2;
}

const DECIMAL = /^([+-]?)(\d{1,16})(?:\.(\d+))?$/;

/** Money with four decimals as an integer, exact; lines of an order are added in this unit. */
export type TenThousandths = bigint;

/**
 * Reads a decimal text with at most `maxDecimals` (0 … 4) decimals into ten-thousandths of the major unit.
 *
 * @returns undefined when it is not such a number (blank, exponent, NaN, too many decimals)
 */
export function parseDecimal(text: string, maxDecimals = 4): TenThousandths | undefined {
  const match = DECIMAL.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole = "", fraction = ""] = match;
  if (fraction.length > maxDecimals) return undefined;
  const value = BigInt(whole) * 10_000n + BigInt(fraction.padEnd(4, "0"));
  return sign === "-" ? -value : value;
}

/** Rounds ten-thousandths to minor units of a currency, half up (towards +∞), once per order. */
export function roundToMinor(value: TenThousandths, currency: string): bigint {
  const unit = tenThousandthsPerMinor(currency);
  const shifted = value + unit / 2n;
  const quotient = shifted / unit;
  return shifted < 0n && shifted % unit !== 0n ? quotient - 1n : quotient;
}

/** Ten-thousandths of the major unit in one minor unit of a currency. */
export function tenThousandthsPerMinor(currency: string): bigint {
  return 10n ** BigInt(4 - currencyDecimals(currency));
}

/** Minor units as a safe JS number, or undefined beyond ±(2^53 − 1). */
export function toSafeMinor(value: bigint): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/**
 * A JS amount in major units as minor units of its currency.
 *
 * @returns undefined when it is not finite, has more decimals than the currency or is out of range
 */
export function majorToMinor(amount: number, currency: string): number | undefined {
  const exact = Number.isFinite(amount) ? parseDecimal(String(amount), currencyDecimals(currency)) : undefined;
  return exact === undefined ? undefined : toSafeMinor(exact / tenThousandthsPerMinor(currency));
}

/** Minor units of a currency as a number of major units, for JSON answers and display. */
export function minorToMajor(minor: number, currency: string): number {
  return minor / 10 ** currencyDecimals(currency);
}
