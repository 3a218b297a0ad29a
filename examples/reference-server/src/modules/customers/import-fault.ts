import { type ErrorCode, RecallKitError } from "@recallkit/core";

/** Why one line, and with it one row of the import, was not taken. */
export interface LineFault {
  /** Field of the import, for example `amount`; empty for the whole line. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Anything else than a fault is what a reader found. */
export function isFault(value: unknown): value is LineFault {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}

/** The file as a whole cannot be imported; nothing was taken from it. */
export function fileError(
  code: ErrorCode & `import.${string}`,
  message: string,
  hint?: string,
  cause?: unknown,
): RecallKitError {
  return new RecallKitError(code, message, { cause, ...(hint !== undefined && { hint }) });
}
