/** What a finding means for the text: `refuse` breaks a rule of law or safety, `repair` is wrong and can be put right. */
export type FindingSeverity = "repair" | "refuse";

/** Something in a text that must not be sent. */
export interface ScriptFinding {
  /** What is wrong, such as `price` or `guarantee`; one of {@link FINDING_CODES}, or a code of an entry that somebody added. */
  readonly code: string;
  /** What it means for the text. */
  readonly severity: FindingSeverity;
  /** Where the words begin, UTF-16 units. */
  readonly start: number;
  /** Where they end, exclusive. */
  readonly end: number;
  /** The rule that says so. */
  readonly source: string;
}

/** `pass` may be sent; `repair` and `refuse` may not. */
export type ScriptVerdict = "pass" | "repair" | "refuse";

/** What the gate says of a text. */
export interface GateResult {
  /** The worst of the findings; `pass` without any. */
  readonly verdict: ScriptVerdict;
  /** In the order of the text. */
  readonly findings: readonly ScriptFinding[];
}

/** Every code that the gate itself gives. */
export const FINDING_CODES = [
  "absolute",
  "anxiety",
  "comparison",
  "cure",
  "date",
  "discount",
  "disparage",
  "drug",
  "echo",
  "effect",
  "empty",
  "foreign",
  "endorsement",
  "guarantee",
  "link",
  "number",
  "other-name",
  "phone",
  "price",
  "project",
  "promotion",
  "rate",
  "state-organ",
  "superstition",
  "technique",
  "disease",
  "too-long",
  "too-many-segments",
  "unreadable",
  "unusual",
  "variable",
] as const;
