import { type ErrorCode, type InputIssue, RecallKitError } from "@recallkit/core";
import type { ServerErrorCode } from "./error-codes.js";

declare module "@recallkit/core" {
  interface ErrorCodes {
    readonly server: ServerErrorCode;
  }
}

interface HttpErrorOptions {
  readonly issues?: readonly InputIssue[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A request that is answered with an error; its texts come from the catalogue of messages by `code`. */
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
