const DAY_MS = 86_400_000;

/** First instant of a day in a zone, epoch ms. */
export function beginOfDay(day: string, timeZone: string): number {
  const nominal = Date.parse(`${day}T00:00:00Z`);
  // Twice, since the offset may be another one half a day later.
  return nominal - offsetAt(nominal - offsetAt(nominal, timeZone), timeZone);
}

/** First instant after a day in a zone, epoch ms. */
export function endOfDay(day: string, timeZone: string): number {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS);
  return beginOfDay(next.toISOString().slice(0, 10), timeZone);
}

/** How far a zone is ahead of UTC, ms. */
function offsetAt(instant: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat("sv-SE", {
    ...{ timeZone, year: "numeric", month: "2-digit", day: "2-digit", hourCycle: "h23" },
    ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
  });
  return Date.parse(`${format.format(instant).replace(" ", "T")}Z`) - instant;
}
