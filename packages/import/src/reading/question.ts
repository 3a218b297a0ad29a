import { InputError, type InputIssue } from "@recallkit/core";
import type { Verdict } from "../column/column-vote.js";

/** Something that a file doesn't decide and somebody has to. */
export interface Question {
  /** Option of the mapping that answers it. */
  readonly path: string;
  readonly code: QuestionCode;
  /** English. */
  readonly message: string;
  /** What may be answered. */
  readonly answers: readonly string[];
  /** Column, cells and counts that show it. */
  readonly params: Readonly<Record<string, string | number>>;
}

export type QuestionCode =
  | "time.ambiguous"
  | "time.contradictory"
  | "amount.ambiguous"
  | "amount.contradictory"
  | "amount.level-ambiguous"
  | "amount.level-contradictory"
  | "amount.discount"
  | "refund.level-ambiguous"
  | "refund.level-contradictory"
  | "order.repeats-ambiguous"
  | "status.unknown"
  | "currency.differs";

/** The question that an undecided column asks. */
export function columnQuestion<R extends string>(
  kind: "time" | "amount",
  column: string,
  verdict: Exclude<Verdict<R>, { readonly kind: "decided" }>,
): Question {
  const [cell] = verdict.cells;
  const readings = Object.entries(cell?.readings ?? {}).map(([reading, sense]) => `${reading}: ${sense}`);
  const what = kind === "time" ? "dates" : "amounts";
  const message =
    verdict.kind === "ambiguous"
      ? `the ${what} of the column can be read in several ways: ${readings.join(" or ")}`
      : `the ${what} of the column are written in several ways, or not as they are said to be`;
  return {
    path: kind === "time" ? "dateFormat" : "decimal",
    code: `${kind}.${verdict.kind}`,
    message,
    answers: verdict.readings,
    params: { column, ...(cell && { line: cell.line, cell: cell.text, readings: readings.join("; ") }) },
  };
}

/** The error of a reading that has questions. */
export function undecided(questions: readonly Question[]): InputError {
  const issues = questions.map(
    ({ path, code, message, params, answers }): InputIssue => ({
      path,
      code,
      message,
      params: { ...params, answers: answers.join(", ") },
    }),
  );
  return new InputError(issues);
}
