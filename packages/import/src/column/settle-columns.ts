import type { Verdict } from "./column-vote.js";

/**
 * Decides columns that were written by one program: one that is open takes the reading that the others show, when they show one.
 *
 * @param ask is told of a column that stays open; its reading is then the first one possible
 */
export function settleColumns<F extends string, R extends string>(
  verdicts: Readonly<Record<F, Verdict<R>>>,
  ask: (field: F, verdict: Exclude<Verdict<R>, { readonly kind: "decided" }>) => void,
): Readonly<Record<F, R>> {
  // The keys of a record.
  const fields = Object.keys(verdicts) as F[];
  const shown = new Set(
    fields.flatMap((field) => {
      const verdict = verdicts[field];
      return verdict.kind === "decided" && verdict.by === "evidence" ? [verdict.reading] : [];
    }),
  );
  const [only] = shown;
  const settled = fields.map((field): [F, R] => {
    const verdict = verdicts[field];
    if (verdict.kind === "decided") return [field, verdict.reading];
    if (verdict.kind === "ambiguous" && only !== undefined && shown.size === 1 && verdict.readings.includes(only))
      return [field, only];
    ask(field, verdict);
    // A column has at least one reading.
    return [field, verdict.readings[0] as R];
  });
  return Object.fromEntries(settled) as Record<F, R>;
}
