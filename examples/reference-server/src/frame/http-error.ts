import { type InputIssue, RecallKitError } from "@recallkit/core";

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

  constructor(status: number, code: string, options: HttpErrorOptions = {}) {
    super(code, `${status} ${code}`, { retryable: status === 503, cause: options.cause });
    this.status = status;
    this.issues = options.issues ?? [];
    this.headers = options.headers ?? {};
  }
}
