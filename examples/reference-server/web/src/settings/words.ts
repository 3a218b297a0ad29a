/** The reader's half of a text that the server gives in both languages: Chinese, a slash, English. */
export function ownWords(text: string, language: string): string {
  const at = text.indexOf(" / ");
  if (at === -1) return text;
  return language === "en" ? text.slice(at + 3) : text.slice(0, at);
}

const SECOND = 1_000;
const UNITS = [
  ["hours", 3_600 * SECOND],
  ["minutes", 60 * SECOND],
  ["seconds", SECOND],
] as const;

/** How often something comes back, for people: of `every 3600000 ms` the hours; a cron expression stays as it is. */
export function intervalOf(
  schedule: string,
): { readonly unit: "hours" | "minutes" | "seconds"; readonly count: number } | undefined {
  const ms = Number(/^every (\d+) ms$/.exec(schedule)?.[1] ?? Number.NaN);
  const [unit, length] = UNITS.find(([, one]) => ms >= one && ms % one === 0) ?? [];
  return unit && length ? { unit, count: ms / length } : undefined;
}
