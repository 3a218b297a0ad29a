import type { ParsedUrlQuery } from "node:querystring";
import type { InputIssue } from "@recallkit/core";
import type * as z from "zod";
import type { Caller } from "./caller.js";
import { takesKey } from "./change-once.js";
import type { HttpContext } from "./context.js";
import { HttpError } from "./http-error.js";
import { readBody } from "./request-body.js";
import type { Route, RouteFacts } from "./route.js";
import { parseWith } from "./texts/input-faults.js";
import type { Language } from "./texts/language.js";
import type { Visit } from "./visit.js";

/**
 * The caller's own name of a request, where the route takes one.
 *
 * @throws {HttpError} 400 when it is not 1 … 255 printable ASCII characters
 */
export function keyOf(route: RouteFacts, visit: Visit): string | undefined {
  const key = takesKey(route) ? visit.header("idempotency-key") : undefined;
  if (key === undefined || /^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(key)) return key;
  const issue = { path: "Idempotency-Key", code: "http.idempotency-key", message: "" };
  throw new HttpError(400, "input.invalid", { issues: [issue] });
}

/** Parts of a request beside its body. */
interface Parts {
  /** Still encoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: ParsedUrlQuery;
  readonly language: Language;
}

/**
 * Every part of the request against its schema, all faults at once.
 *
 * @throws {HttpError} 400 `input.invalid`; what reading the body throws
 */
export async function inputOf<C extends HttpContext, S extends Caller>(
  route: Route<C, S>,
  visit: Visit,
  { params, query, language }: Parts,
) {
  const schemas = route.request ?? {};
  const decoded = decode(params);
  const sent = schemas.body ? await readBody(visit, route) : undefined;
  const issues: InputIssue[] = [];
  const input = {
    params: part(schemas.params, decoded, language, issues),
    query: part(schemas.query, query, language, issues),
    body: part(schemas.body, sent, language, issues),
  };
  if (issues.length > 0) throw new HttpError(400, "input.invalid", { issues });
  return { ...input, sent: Buffer.isBuffer(sent) ? sent.toString("base64") : sent };
}

/** @throws {HttpError} 400 `http.malformed`: what stands after a `%` is no text */
function decode(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw new HttpError(400, "http.malformed");
  }
}

function part(schema: z.ZodType | undefined, value: unknown, language: Language, issues: InputIssue[]): unknown {
  if (!schema) return undefined;
  const parsed = parseWith(schema, value, language);
  if ("value" in parsed) return parsed.value;
  issues.push(...parsed.issues);
  return undefined;
}
