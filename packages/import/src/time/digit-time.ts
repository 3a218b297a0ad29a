import { exists } from "./calendar-day.js";
import { clockMs } from "./day-time.js";
import type { TimeText } from "./time-text.js";

const DAY_MS = 86_400_000;
/** Day 0 of Excel's calendar of 1900, as far as dates after February 1900 go. */
const EXCEL_EPOCH = Date.UTC(1899, 11, 30);
/** Serials of 1954 … 2099: smaller ones are rather counts than days. */
const SERIALS = { least: 20_000, most: 73_050 };
const COMPACT = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(\d{3})?)?)?)?$/;

/** A time written in digits only, known by how many there are: serials of Excel, `YYYYMMDD[HH[mm[ss[SSS]]]]`, epochs in s, ms and µs. */
export function readDigits(text: string): TimeText | undefined {
  const [whole = "", fraction = ""] = text.split(".");
  if (whole.length === 5) return readSerial(text);
  const day = readCompact(whole);
  if (whole.length === 10 && !(whole.startsWith("20") && day)) {
    const at = Number(whole) * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
    return { kind: "instant", at };
  }
  // Exported floats: 20240105.0
  if (Number(fraction) !== 0) return undefined;
  if (whole.length === 13) return { kind: "instant", at: Number(whole) };
  if (/^1[4-9]\d{14}$/.test(whole)) return { kind: "instant", at: Math.floor(Number(whole) / 1000) };
  return day;
}

function readCompact(text: string): TimeText | undefined {
  const compact = COMPACT.exec(text);
  if (!compact) return undefined;
  const [, year, month, date, hour = "0", minute = "0", second = "0", fraction = "0"] = compact;
  const day = { year: Number(year), month: Number(month), day: Number(date) };
  const ms = clockMs(Number(hour), Number(minute), Number(second), Number(fraction));
  return ms === undefined || !exists(day) ? undefined : { kind: "day", day, ms, offset: null };
}

/** A day and its fraction since 1900. What is a hair away from a whole second is that second: binary fractions are never exact. */
function readSerial(text: string): TimeText | undefined {
  const serial = Number(text);
  if (serial < SERIALS.least || serial >= SERIALS.most) return undefined;
  const exact = (serial - Math.floor(serial)) * DAY_MS;
  const second = Math.round(exact / 1000) * 1000;
  const ms = Math.abs(exact - second) < 5 ? second : Math.round(exact);
  const date = new Date(EXCEL_EPOCH + Math.floor(serial) * DAY_MS);
  const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  return { kind: "day", day, ms, offset: null };
}
