import { clockMs, type DayTime } from "./day-time.js";

const MERIDIEM = "上午|下午|中午|凌晨|清晨|早上|晚上|傍晚|夜里|午前|午後";
/** Hours east of UTC of names that mean one zone only: CST is China's and America's, EST America's and Australia's. */
const NAMED_ZONES: Readonly<Record<string, number>> = {
  PST: -8,
  PDT: -7,
  CET: 1,
  CEST: 2,
  MEZ: 1,
  MESZ: 2,
  HKT: 8,
  JST: 9,
  KST: 9,
};
/** A time at the end of a text, with what may follow it: a meridiem, a zone. */
const CLOCK = new RegExp(
  `(?:^|[T日,]|\\s)\\s*(${MERIDIEM})?\\s*(\\d{1,2})(?:[:时点點時]\\s*(\\d{1,2}))(?:[:分](?:(\\d{1,2})(?:[.,:](\\d{1,9}))?秒?)?)?\\s*(?:([ap])\\.?m\\.?)?\\s*(ZONE)?$`.replace(
    "ZONE",
    `Z|(?:UTC|GMT)?\\s*(?:[+-]\\d{1,2}(?::?\\d{2})?)|UTC|GMT|${Object.keys(NAMED_ZONES).join("|")}`,
  ),
  "i",
);
/** `20240105T090000Z`, `20240105 090000`. */
const COMPACT = /^(\d{8})[T\s](\d\d)(\d\d)(\d\d)?(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/i;
/** A whole hour, which only a Chinese word or a meridiem makes a time: `9时`, `上午9时`, `9 pm`. */
const HOUR = new RegExp(`(?:日|\\s)\\s*(?:(${MERIDIEM})?\\s*(\\d{1,2})[时点點時]|(\\d{1,2})\\s*([ap])\\.?m\\.?)$`, "i");

/** The time at the end of a text, and what stands before it; midnight when there is none. Undefined: no clock shows it. */
export function readClock(text: string): ({ readonly date: string } & DayTime) | undefined {
  const compact = COMPACT.exec(text);
  if (compact) {
    const [, date = "", hour, minute, second = "0", fraction = "", zone] = compact;
    return clockOf(date, clockMs(Number(hour), Number(minute), Number(second), millis(fraction)), offsetOf(zone));
  }
  const clock = CLOCK.exec(text);
  if (clock) {
    const [whole, spoken = "", hour = "", minute, second = "0", fraction = "", half = "", zone] = clock;
    const date = dateBefore(text, whole);
    return clockOf(
      date,
      meridiem(spoken, half, hour, Number(minute), Number(second), millis(fraction)),
      offsetOf(zone),
    );
  }
  const hour = HOUR.exec(text);
  if (hour) {
    const [whole, spoken = "", chinese = "", english = "", half = ""] = hour;
    return clockOf(dateBefore(text, whole), meridiem(spoken, half, chinese || english, 0, 0, 0), null);
  }
  return { date: text.trim(), ms: 0, offset: null };
}

/** What stands before the time, with the 日 that ends it. */
function dateBefore(text: string, clock: string): string {
  const date = text.slice(0, text.length - clock.length) + (clock.startsWith("日") ? "日" : "");
  return date.trim().replace(/,$/, "");
}

function clockOf(date: string, ms: number | undefined, offset: number | null | undefined) {
  return ms === undefined || offset === undefined ? undefined : { date, ms, offset };
}

function meridiem(spoken: string, half: string, hourText: string, minute: number, second: number, fraction: number) {
  const hour = Number(hourText);
  const isAfternoon =
    /下午|傍晚|晚上|午後/.test(spoken) || half.toLowerCase() === "p" || (spoken === "中午" && hour < 11);
  const isMorning = /上午|凌晨|清晨|早上|午前/.test(spoken) || half.toLowerCase() === "a";
  if (isMorning && hour > 12) return undefined;
  const shown = isAfternoon && hour < 12 ? hour + 12 : isMorning && hour === 12 ? 0 : hour;
  // Half past midnight is called evening too (晚上12:30), but which day's nobody can tell.
  if (/晚上|夜里/.test(spoken) && (hour === 12 || (spoken === "夜里" && hour < 12))) return undefined;
  return clockMs(shown, minute, second, fraction);
}

/** Minutes east of UTC; null when there is no zone; undefined for one that doesn't exist. */
function offsetOf(zone: string | undefined): number | null | undefined {
  if (zone === undefined) return null;
  const named = NAMED_ZONES[zone.toUpperCase()];
  if (named !== undefined) return named * 60;
  const [, sign, hours = "0", minutes = "0"] = /([+-])(\d{1,2}):?(\d{2})?$/.exec(zone) ?? [];
  const offset = Number(hours) * 60 + Number(minutes ?? 0);
  if (offset > 14 * 60 || Number(minutes ?? 0) > 59) return undefined;
  return sign === "-" ? -offset : offset;
}

function millis(fraction: string): number {
  return fraction === "" ? 0 : Number(fraction.slice(0, 3).padEnd(3, "0"));
}
