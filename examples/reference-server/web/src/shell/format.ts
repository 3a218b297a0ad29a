const numbers = new Intl.NumberFormat("zh-CN");

/** A whole number with separators; what is not known is a dash, never 0. */
export function figure(value: number | null | undefined): string {
  return value === null || value === undefined ? "—" : numbers.format(value);
}

/** 0 … 1 as per cent with one decimal. */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? "—" : `${(value * 100).toFixed(1)}%`;
}

/** Minor units as an amount. */
export function money(minor: number | null | undefined, currency: string): string {
  if (minor === null || minor === undefined) return "—";
  return new Intl.NumberFormat("zh-CN", { style: "currency", currency }).format(minor / 100);
}

/** Major units as an amount. */
export function amount(major: number | null | undefined, currency: string): string {
  if (major === null || major === undefined) return "—";
  return new Intl.NumberFormat("zh-CN", { style: "currency", currency }).format(major);
}

/** Names one after the other, as the page's language does it. */
export function listed(names: readonly string[]): string {
  return names.join(document.documentElement.lang.startsWith("zh") ? "、" : ", ");
}

/** `2026-11-20 16:00` in a zone. */
export function localMinute(at: number | null | undefined, timeZone: string): string {
  if (at === null || at === undefined) return "—";
  return parts(at, timeZone, { hour: "2-digit", minute: "2-digit" });
}

/** `2026-11-20 16:00:03` in a zone. */
export function localSecond(at: number | null | undefined, timeZone: string): string {
  if (at === null || at === undefined) return "—";
  return parts(at, timeZone, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

function parts(at: number, timeZone: string, time: Intl.DateTimeFormatOptions): string {
  // The Swedish form of a time is the one of ISO 8601.
  const format = new Intl.DateTimeFormat("sv-SE", {
    ...{ timeZone, year: "numeric", month: "2-digit", day: "2-digit", hourCycle: "h23" },
    ...time,
  });
  return format.format(at).replace("T", " ");
}
