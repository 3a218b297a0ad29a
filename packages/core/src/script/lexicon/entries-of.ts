import type { FindingSeverity } from "../gate/finding.js";
import type { LexiconEntry } from "../gate/lexicon-entry.js";

/** Words that one rule forbids. */
export function entriesOf(
  code: string,
  severity: FindingSeverity,
  source: string,
  words: readonly string[],
): readonly LexiconEntry[] {
  return words.map((word) => ({ word, code, severity, source }));
}
