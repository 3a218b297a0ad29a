import type { Intent } from "../ports/intent-classifier.js";

/** A message, and what it wants. */
export interface IntentExample {
  readonly text: string;
  readonly intent: Intent;
}

/** Which intents a message is like, the likeliest first; shares add up to 1. Empty: nothing of it stands in any example. */
export type Likeness = (folded: string) => readonly { readonly intent: Intent; readonly share: number }[];

/** Keeps what was never seen in an example of an intent from ruling it out. */
const SMOOTHING = 0.3;

/**
 * Learns from examples which characters and pairs of characters go with which intent (naive Bayes, each intent as likely as the
 * others beforehand). The same examples give the same shares.
 *
 * @param fold the form in which texts are compared
 */
export function likenessOf(examples: readonly IntentExample[], fold: (text: string) => string): Likeness {
  const counts = new Map<Intent, number>();
  const met = new Map<string, Map<Intent, number>>();
  for (const { text, intent } of examples) {
    counts.set(intent, (counts.get(intent) ?? 0) + 1);
    for (const gram of gramsOf(fold(text))) {
      const byIntent = met.get(gram) ?? new Map<Intent, number>();
      byIntent.set(intent, (byIntent.get(intent) ?? 0) + 1);
      met.set(gram, byIntent);
    }
  }
  return (folded) => {
    const known = [...gramsOf(folded)].flatMap((gram) => met.get(gram) ?? []);
    if (known.length === 0) return [];
    const scores = [...counts].map(([intent, count]) => {
      const logs = known.map((byIntent) =>
        Math.log(((byIntent.get(intent) ?? 0) + SMOOTHING) / (count + 2 * SMOOTHING)),
      );
      return { intent, score: logs.reduce((sum, log) => sum + log, 0) };
    });
    // Characters that stand together are no independent witnesses.
    const heat = Math.max(1, Math.sqrt(known.length));
    const best = Math.max(...scores.map(({ score }) => score));
    const raised = scores.map(({ intent, score }) => ({ intent, power: Math.exp((score - best) / heat) }));
    const sum = raised.reduce((total, { power }) => total + power, 0);
    return raised.map(({ intent, power }) => ({ intent, share: power / sum })).toSorted((a, b) => b.share - a.share);
  };
}

function gramsOf(folded: string): ReadonlySet<string> {
  const characters = [...folded];
  return new Set(characters.flatMap((one, at) => [one, ...(at > 0 ? [(characters[at - 1] ?? "") + one] : [])]));
}
