/**
 * A number as a workbook stores it, in plain digits: `1.38E10` is `13800000000`, `2.5499999999999998` the `2.55` that
 * was typed. What is no number stays as it is.
 */
export function plainNumber(stored: string): string {
  const value = Number(stored);
  if (stored.trim() === "" || !Number.isFinite(value)) return stored;
  const [digits = "", exponent] = String(value).split("e");
  if (exponent === undefined) return digits;
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)\.?(\d*)$/.exec(digits) ?? [];
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${all}`;
  return sign + (point >= all.length ? all.padEnd(point, "0") : `${all.slice(0, point)}.${all.slice(point)}`);
}

/** Excel keeps 15 digits: of a longer number the rest was lost when it was typed. */
export function hasLostDigits(plain: string): boolean {
  return /^-?\d{16,}$/.test(plain);
}

const DAY_MS = 86_400_000;
/** 9999-12-31. */
const LAST_SERIAL = 2_958_465;

/**
 * A serial date as local time: `2010-12-01T08:26:00`, or `2010-12-01` for a whole day in a format without a time.
 * A part of a day is a time, `08:26:00`. What is no date stays a number.
 *
 * @param is1904 whether days count from 1904, as in workbooks of old Macs
 */
export function serialDate(stored: string, format: "date" | "date-time" | "time", is1904: boolean): string {
  const serial = Number(stored);
  if (stored.trim() === "" || !Number.isFinite(serial) || serial < 0 || serial > LAST_SERIAL + 1)
    return plainNumber(stored);
  const day = Math.floor(serial);
  if (day === 0 && (format === "time" || (format === "date-time" && !is1904)))
    return new Date(nearSecond(serial)).toISOString().slice(11, 19);
  // Day 60 is 29 February 1900 in Excel, a day that never was: days before it count from one day later.
  if (!is1904 && day === 60) return plainNumber(stored);
  const epoch = is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, day < 60 ? 31 : 30);
  const text = new Date(epoch + nearSecond(serial)).toISOString();
  if (format === "date" && serial === day) return text.slice(0, 10);
  return text.slice(0, text.endsWith(".000Z") ? 19 : 23);
}

/** Fractions of days miss whole seconds by less than a millisecond. */
function nearSecond(serial: number): number {
  const ms = Math.round(serial * DAY_MS);
  const second = Math.round(ms / 1000) * 1000;
  return Math.abs(second - ms) <= 1 ? second : ms;
}
