import {
  ChannelError,
  ConflictError,
  InputError,
  type InputIssue,
  NotFoundError,
  RecallKitError,
} from "@recallkit/core";
import { HttpError } from "./http-error.js";

/** What a thrown error means to the caller. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly issues: readonly InputIssue[];
  readonly headers: Readonly<Record<string, string>>;
}

const RETRY_SOON = { "retry-after": "1" };
const DATABASE_AWAY = ["storage.busy", "storage.unavailable"];

/** Maps whatever a handler threw; what is not known is a 500 without any detail. */
export function failureOf(error: unknown): Failure {
  if (error instanceof HttpError) {
    const { status, code, issues, headers } = error;
    return { status, code, issues, headers };
  }
  if (InputError.is(error)) return failure(400, error.code, error.issues);
  if (NotFoundError.is(error)) return failure(404, error.code);
  if (ConflictError.is(error)) return failure(409, error.code);
  if (RecallKitError.is(error) && error.code === "backlog.full") {
    return { ...failure(429, error.code), headers: { "retry-after": "30" } };
  }
  // A provider said no, or nobody knows: the caller's request was right.
  if (ChannelError.is(error)) {
    return { ...failure(error.retryable ? 503 : 502, error.code), headers: error.retryable ? RETRY_SOON : {} };
  }
  if (RecallKitError.is(error) && (error.retryable || DATABASE_AWAY.includes(error.code))) {
    return { ...failure(503, error.code), headers: RETRY_SOON };
  }
  return failure(500, "internal.error");
}

function failure(status: number, code: string, issues: readonly InputIssue[] = []): Failure {
  return { status, code, issues, headers: {} };
}
