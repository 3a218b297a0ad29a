import { type ErrorCode, type InputIssue, RecallKitError } from "@recallkit/core";
import type { HttpErrorCode } from "./error-codes.js";

declare module "@recallkit/core" {
  interface ErrorCodes {
    readonly http: HttpErrorCode;
  }
}

/** What an {@link HttpError} may carry beside its status and code. */
export interface HttpErrorOptions {
  /** Faults of the input, with dotted paths. @default none */
  readonly issues?: readonly InputIssue[];
  /** Headers of the answer. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A request that is answered with an error; its texts come from the modules' texts by `code`. */
export class HttpError extends RecallKitError {
  readonly status: number;
  readonly issues: readonly InputIssue[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: ErrorCode, options: HttpErrorOptions = {}) {
    super(code, `${status} ${code}`, { retryable: status === 503, cause: options.cause });
    this.status = status;
    this.issues = options.issues ?? [];
    this.headers = options.headers ?? {};
  }
}
