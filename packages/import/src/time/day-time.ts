/** Time of a day and its zone, as a cell writes them. */
export interface DayTime {
  /** Since midnight, 0 … 86 400 000 (24:00). */
  readonly ms: number;
  /** Minutes east of UTC; null: wall time of the reader's zone. */
  readonly offset: number | null;
}

/** Since midnight; undefined for a time that no clock shows. */
export function clockMs(hour: number, minute: number, second: number, fraction = 0): number | undefined {
  const ms = ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
  return hour > 24 || minute > 59 || second > 59 || ms > 86_400_000 ? undefined : ms;
}
