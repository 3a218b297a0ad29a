import type { InputIssue } from "@recallkit/core";
import * as z from "zod";

/** How a family of routes writes its errors; success is written by each route. */
export type EnvelopeFamily = "s0" | "s4" | "problem";

/** First segment of the path → family; everything else answers with problem documents. */
const FAMILIES: Readonly<Record<string, EnvelopeFamily>> = {
  login: "s0",
  orders: "s0",
  recalls: "s0",
  landing: "s0",
  coupon: "s0",
  wechatpush: "s4",
};

/** Family of a request path. */
export function familyOf(path: string): EnvelopeFamily {
  const segment = path.split("/")[1] ?? "";
  return Object.hasOwn(FAMILIES, segment) ? (FAMILIES[segment] ?? "problem") : "problem";
}

/** An error as every family can write it. */
export interface WrittenError {
  readonly status: number;
  readonly code: string;
  /** In the caller's language. */
  readonly title: string;
  readonly message: string;
  readonly issues: readonly Pick<InputIssue, "path" | "message">[];
  readonly requestId: string;
}

const fault = z.strictObject({
  path: z.string().describe("带点的路径，例如 weekDayPushTime.0.time / dotted path"),
  message: z.string(),
});

interface Envelope {
  readonly contentType: string;
  readonly schemaName: string;
  readonly schema: z.ZodType;
  write(error: WrittenError): unknown;
}

/** The error form of each family. */
export const ENVELOPES: Readonly<Record<EnvelopeFamily, Envelope>> = {
  s0: {
    contentType: "application/json",
    schemaName: "StatusError",
    schema: z.strictObject({
      status_code: z.string().describe("HTTP 状态码，字符串 / HTTP status as a string"),
      message: z.string(),
    }),
    write: ({ status, message }) => ({ status_code: String(status), message }),
  },
  s4: {
    contentType: "application/json",
    schemaName: "PushError",
    schema: z.strictObject({ success: z.literal(false), message: z.string(), errors: z.array(fault) }),
    write: ({ message, issues }) => ({ success: false, message, errors: issues.map(faultOf) }),
  },
  problem: {
    contentType: "application/problem+json",
    schemaName: "Problem",
    schema: z.strictObject({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      detail: z.string(),
      code: z.string().describe("稳定的错误码 / stable code"),
      errors: z.array(fault),
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
  },
};

function faultOf({ path, message }: Pick<InputIssue, "path" | "message">): z.input<typeof fault> {
  return { path, message };
}
