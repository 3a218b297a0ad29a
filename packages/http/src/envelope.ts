import type { InputIssue } from "@recallkit/core";
import * as z from "zod";

/** An error as every envelope can write it. */
export interface WrittenError {
  readonly status: number;
  readonly code: string;
  /** In the caller's language. */
  readonly title: string;
  /** The title with the first faults. */
  readonly message: string;
  readonly issues: readonly Pick<InputIssue, "path" | "message">[];
  readonly requestId: string;
}

/** How a family of routes writes its errors; success is written by each route. */
export interface Envelope {
  readonly contentType: string;
  /** Name of the form in the description of the API; two envelopes of one app have two names. */
  readonly schemaName: string;
  readonly schema: z.ZodType;
  write(error: WrittenError): unknown;
}

/** One fault in an answer. */
export const faultSchema = z.strictObject({
  path: z.string().describe("带点的路径，例如 weekDayPushTime.0.time / dotted path"),
  message: z.string(),
});

/** A fault in the form of {@link faultSchema}. */
export function faultOf({ path, message }: Pick<InputIssue, "path" | "message">): z.input<typeof faultSchema> {
  return { path, message };
}

/** Problem documents: how routes answer whose module has no envelope of its own. @see https://www.rfc-editor.org/rfc/rfc9457 */
export const PROBLEM: Envelope = {
  contentType: "application/problem+json",
  schemaName: "Problem",
  schema: z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe("稳定的错误码 / stable code"),
    errors: z.array(faultSchema),
    request_id: z.string(),
  }),
  write: ({ status, code, title, message, issues, requestId }) => ({
    type: "about:blank",
    title,
    status,
    detail: message,
    code,
    errors: issues.map(faultOf),
    request_id: requestId,
  }),
};
