/** Minor units per major unit; RecallKit keeps two decimals for every currency. */
export const MINOR_PER_MAJOR = 100;

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

/** Rounds ten-thousandths to minor units, half up (towards +∞), once per order. */
export function roundToMinor(value: TenThousandths): bigint {
  const shifted = value + 50n;
  const quotient = shifted / 100n;
  return shifted < 0n && shifted % 100n !== 0n ? quotient - 1n : quotient;
}

/** Minor units as a safe JS number, or undefined beyond ±(2^53 − 1). */
export function toSafeMinor(value: bigint): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/**
 * A JS amount in major units with at most two decimals as minor units.
 *
 * @returns undefined when it is not finite, has more than two decimals or is out of range
 */
export function majorToMinor(amount: number): number | undefined {
  const exact = Number.isFinite(amount) ? parseDecimal(String(amount), 2) : undefined;
  return exact === undefined ? undefined : toSafeMinor(exact / 100n);
}

/** Minor units as a number of major units, for JSON answers and display. */
export function minorToMajor(minor: number): number {
  return minor / MINOR_PER_MAJOR;
}
