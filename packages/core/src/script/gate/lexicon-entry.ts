import type { FindingSeverity } from "./finding.js";

/** A word that a text must not hold. */
export interface LexiconEntry {
  /** Two characters or more as a rule; compared after normalisation, whatever stands between its characters. */
  readonly word: string;
  /** What is wrong with it, such as `guarantee`. */
  readonly code: string;
  /** What it means for the text. */
  readonly severity: FindingSeverity;
  /** The rule of law that it comes from, or who added it and why. */
  readonly source: string;
}
