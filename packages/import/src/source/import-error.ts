import { RecallKitError } from "@recallkit/core";

declare module "@recallkit/core" {
  interface ErrorCodes {
    readonly readFile: ReadErrorCode;
  }
}

/** Why a file can't be read as a table. */
export type ReadErrorCode = `import.${
  | "binary"
  | "damaged-gzip"
  | "damaged-workbook"
  | "damaged-zip"
  | "delimiter-ambiguous"
  | "disk-full"
  | "empty"
  | "encoding-ambiguous"
  | "encoding-unknown"
  | "encrypted"
  | "entry-ambiguous"
  | "file-changed"
  | "files-differ"
  | "header-ambiguous"
  | "legacy-workbook"
  | "limit"
  | "nested-archive"
  | "option"
  | "rejects-unwritable"
  | "sheet-ambiguous"
  | "sheet-unknown"
  | "unreadable"}`;

export interface ReadErrorOptions {
  readonly cause?: unknown;
  readonly hint?: string;
}

/** An error of the file as a whole: nothing of it can be read. */
export function fileError(code: ReadErrorCode, message: string, options: ReadErrorOptions = {}): RecallKitError {
  return new RecallKitError(code, message, options);
}

/** One possible answer to a {@link QuestionError}. */
export interface Candidate {
  /** What to give as the option: an encoding, a delimiter, a number of lines, a sheet. */
  readonly value: string;
  /** How the file reads with it, at most 80 characters; it may hold texts of the file, so it is not for logs. */
  readonly sample: string;
}

/** The file can be read in several ways, and nothing in it tells which one is right: the caller has to say it. */
export class QuestionError extends RecallKitError {
  /** The option of `openTable` that answers the question; `file` for an archive of several files. */
  readonly asks: "encoding" | "delimiter" | "skipLines" | "sheet" | "file";
  readonly candidates: readonly Candidate[];

  constructor(
    code: ReadErrorCode,
    message: string,
    asks: QuestionError["asks"],
    candidates: readonly Candidate[],
    options: ReadErrorOptions = {},
  ) {
    super(code, message, options);
    this.asks = asks;
    this.candidates = candidates;
  }

  /** Recognises questions of any copy of this package. */
  static override is(error: unknown): error is QuestionError {
    return RecallKitError.is(error) && "asks" in error && "candidates" in error;
  }
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
  EISDIR: "it is a folder",
};

/** A failure of the file system while `name` was read. */
export function unreadable(name: string, error: unknown): RecallKitError {
  const code = systemCode(error);
  const reason = SYSTEM_REASONS[code] ?? `it can't be read (${code || "unknown"})`;
  return fileError("import.unreadable", `${name}: ${reason}`, { cause: error, hint: "check path and permissions" });
}

/** Code of an error of the operating system or of zlib, or "". */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
