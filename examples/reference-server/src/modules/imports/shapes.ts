import type { InputIssue } from "@recallkit/core";
import { addressesFor, type Caller } from "@recallkit/http";
import type * as z from "zod";
import type { ImportProgress } from "./active.js";
import type { ImportJob } from "./job.js";
import type { FirstLook, Look } from "./look.js";
import type { importSchema, importsPage, lookSchema } from "./schema.js";

type Tell = (issue: InputIssue) => string;
type Figures = z.input<typeof importSchema>["result"];

/** An import in lists. */
export function summaryShape(
  job: ImportJob,
  { tell, progress }: { readonly tell: Tell; readonly progress: ImportProgress | undefined },
): z.input<typeof importsPage>["items"][number] {
  const { error } = job;
  return {
    id: job.id,
    name: job.name,
    state: job.state,
    is_dry_run: job.isDryRun,
    bytes: job.bytes,
    progress: progress
      ? { phase: progress.phase, rows: progress.rows, bytes: progress.bytes, total_bytes: progress.totalBytes }
      : null,
    done_rows: job.doneRows,
    // Kept in the form of answers.
    dry_run: job.dryRun as Figures,
    result: job.result as Figures,
    error: error && { code: error.code, message: tell({ path: "", ...error }) || error.code },
    rejects: job.rejects,
    created_at: job.createdAt,
    started_at: job.startedAt,
    finished_at: job.finishedAt,
  };
}

/** An import with what was understood of its file. */
export function importShape(
  job: ImportJob,
  options: { readonly tell: Tell; readonly progress: ImportProgress | undefined },
): z.input<typeof importSchema> {
  const { tell } = options;
  // Written by `lookAt` only.
  const look = job.look as Look | null;
  const question = look?.question ?? null;
  return {
    ...summaryShape(job, options),
    columns: [...(look?.columns ?? [])],
    guess: guessShape(job, look?.guess ?? null, tell),
    question: question && {
      asks: ASKS[question.asks] ?? question.asks,
      code: question.code,
      message: tell({ path: "", code: question.code, message: question.code }),
      answers: [...question.answers],
    },
  };
}

/** Names of questions as the body of a mapping has them. */
const ASKS: Readonly<Record<string, string>> = { skipLines: "skip_lines" };

function guessShape({ mapping }: ImportJob, guess: Look["guess"], tell: Tell): z.input<typeof importSchema>["guess"] {
  if (!guess || !mapping) return null;
  const { preset, columns, unused, missing, questions, statuses, rows, file } = guess;
  return {
    // Only kinds that can be imported are kept.
    mapping: { ...mapping } as NonNullable<z.input<typeof importSchema>["guess"]>["mapping"],
    preset: preset ?? null,
    matched: columns.map(({ field, column, reason, confidence, others }) => {
      return { field, column, reason, confidence, others: [...others] };
    }),
    unused: [...unused],
    missing: [...missing],
    questions: questions.map(({ path, code, message, answers, params }) => {
      return { path, code, message: tell({ path, code, message, params }), answers: [...answers] };
    }),
    statuses: statuses.map(({ word, count, firstLine, meaning }) => {
      return { word, count, first_line: firstLine, meaning: meaning ?? null };
    }),
    rows,
    file: { ...file, sheets: [...file.sheets] },
  };
}

/** An import with the first rows of its file, as the caller may see them. */
export function lookShape(
  job: ImportJob,
  { samples, candidates }: Pick<FirstLook, "samples" | "candidates">,
  session: Pick<Caller, "permissions">,
  tell: Tell,
): z.input<typeof lookSchema> {
  const show = shownCell(session);
  return {
    ...importShape(job, { tell, progress: undefined }),
    samples: samples.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, show(cell)]))),
    candidates: candidates.map(({ value, sample }) => ({ value, sample: show(sample) })),
  };
}

/** What an address of a person may look like: many digits, an e-mail address, an id of WeChat. */
const ADDRESS = /[\w.+-]+@[\w.-]+|\+?\d[\d\s()*-]{5,}\d|\b(?:wm|wo|o)[\w-]{20,}/g;

function shownCell(session: Pick<Caller, "permissions">): (cell: string) => string {
  const show = addressesFor(session);
  return (cell) => cell.replace(ADDRESS, (address) => show(address));
}
