// Providers of mainland China write wall times of Asia/Shanghai, which has been UTC+8 without summer time since 1991.

const OFFSET_MS = 8 * 3_600_000;

/** `2026-01-05 09:00:00` in Shanghai. */
export function shanghaiTime(at: number): string {
  return new Date(at + OFFSET_MS).toISOString().slice(0, 19).replace("T", " ");
}

/** Epoch ms of `2026-01-05 09:00:00` in Shanghai; undefined when it is no such time. */
export function fromShanghaiTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return undefined;
  const at = Date.parse(`${text.replace(" ", "T")}Z`) - OFFSET_MS;
  return Number.isNaN(at) || shanghaiTime(at) !== text ? undefined : at;
}
