const DAY_MS = 86_400_000;
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;
/** Abbreviations that only ICU knows, and that mean several zones (`IST`, `CST`); those of IANA end in `T` too. */
const AMBIGUOUS = /^(?!EST|GMT|HST|MST|CET|EET|MET|WET|UCT)[A-Z]{2}T$/i;
const REMEMBERED_ZONES = 1000;

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * How far the wall time of a zone is ahead of UTC at an instant, in milliseconds.
 *
 * @param zone IANA name such as `Asia/Shanghai`
 * @throws {RangeError} the runtime does not know the zone, or the instant is out of its range
 */
export function offsetMs(instant: number, zone: string): number {
  const [, sign, ...parts] = OFFSET.exec(formatOf(zone).format(instant)) ?? [];
  const [hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return ((hours * 60 + minutes) * 60 + seconds) * (sign === "-" ? -1000 : 1000);
}

/**
 * Instant of a wall time.
 *
 * A time that exists twice means the first; one that a clock change skips means the first instant after the gap.
 *
 * @param wall epoch milliseconds that the wall time would have in UTC
 * @throws {RangeError} as `offsetMs`
 */
export function instantOfWall(wall: number, zone: string): number {
  const offsets = [offsetMs(wall - DAY_MS, zone), offsetMs(wall + DAY_MS, zone)];
  const earlier = wall - Math.max(...offsets);
  const later = wall - Math.min(...offsets);
  for (const instant of [earlier, later]) if (instant + offsetMs(instant, zone) === wall) return instant;
  return firstWithOffsetOf(later, earlier, zone);
}

/** First millisecond after `before` with the offset of `after`; the clock changes once between them. */
function firstWithOffsetOf(after: number, before: number, zone: string): number {
  const offset = offsetMs(after, zone);
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(middle, zone) === offset) high = middle;
    else low = middle;
  }
  return high;
}

/** A format costs more to make than a thousand answers of it. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  // Offsets such as "+08:00" are no zones: nothing says when their clocks change.
  if (AMBIGUOUS.test(zone) || /^[+-]/.test(zone)) throw new RangeError(`${zone} is no zone`);
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  if (formats.size >= REMEMBERED_ZONES) formats.clear();
  formats.set(zone, format);
  return format;
}
