/** Delay before the next try: random between 0 and min(cap, base · 2^n), "full jitter", milliseconds. */
export function backoffMs(random: number, tries: number, baseMs = 1000, capMs = 60_000): number {
  return Math.floor(random * Math.min(capMs, baseMs * 2 ** Math.min(tries, 30)));
}
