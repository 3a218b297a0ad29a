import type { FindingSeverity } from "../gate/finding.js";
import type { LexiconEntry } from "../gate/lexicon-entry.js";

/** Words that one rule forbids; blanks and breaks stand between them. */
export function entriesOf(
  code: string,
  severity: FindingSeverity,
  source: string,
  words: string,
): readonly LexiconEntry[] {
  return words
    .trim()
    .split(/\s+/)
    .map((word) => ({ word, code, severity, source }));
}
