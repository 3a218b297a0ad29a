import type { ErrorCode, InputIssue } from "@recallkit/core";
import type * as z from "zod";
import type { Caller } from "./caller.js";
import type { HttpContext } from "./context.js";
import type { Language } from "./texts/language.js";

/** Who may call a route: everybody (`public`), or callers with this permission (`push:read`). */
export type Access = string;

/** Headers by their names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** What a handler gets: the validated request, who calls, and what there is to work with. */
export interface Call<
  B = unknown,
  Q = unknown,
  P = unknown,
  A extends Access = Access,
  C extends HttpContext = HttpContext,
  S extends Caller = Caller,
> {
  readonly body: B;
  readonly query: Q;
  readonly params: P;
  /** In upper case; routes of GET are asked with HEAD too, which only wants to know. */
  readonly method: string;
  /** Where the request arrived: below the base path, still encoded, with a slash at its end if it came with one. */
  readonly path: string;
  readonly headers: Headers;
  /** Address of the caller; a proxy's word about it counts only where the host trusts it. */
  readonly ip: string;
  readonly requestId: string;
  /** Of messages to the caller. */
  readonly language: Language;
  /** The message of a fault or warning in the caller's language. */
  tell(issue: InputIssue): string;
  /** The caller's `Idempotency-Key`, on routes that take one. */
  readonly idempotencyKey: string | undefined;
  readonly session: A extends "public" ? undefined : S;
  readonly context: C;
}

/** An answer with a status or headers of its own. */
export interface Reply {
  /** Absent: the route's usual one. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const REPLY = Symbol.for("recallkit.http.reply");

/** Answers with another status than the route's usual one, or with added headers. */
export function reply(body: unknown, options: Partial<Omit<Reply, "body">> = {}): Reply {
  return Object.defineProperty({ headers: {}, ...options, body }, REPLY, { value: true });
}

/** True for what {@link reply} made. */
export function isReply(value: unknown): value is Reply {
  return typeof value === "object" && value !== null && REPLY in value;
}

/** An answer that the documentation names beside the usual one. */
export interface OtherAnswer {
  readonly description: string;
  /** Absent: the error form of the route's family. */
  readonly schema?: z.ZodType;
}

/** A body that is no JSON. */
export interface AcceptedBytes {
  /** Types, or the one that stands for all: two asterisks around a slash. */
  readonly mediaTypes: readonly string[];
  readonly maxBytes: number;
  /**
   * The handler gets the bytes as they come, an `AsyncIterable<Uint8Array>`, and not a Buffer; more of them than `maxBytes`
   * end it with 413. Such a route takes no `Idempotency-Key`, since its body is not known before it was read. @default false
   */
  readonly isStreamed?: boolean;
}

/** A body of rows: a list in JSON, or one JSON value a line (NDJSON), which is read as it comes. */
export interface AcceptedRows {
  readonly maxRows: number;
  /** Of the whole body, unpacked. */
  readonly maxBytes: number;
}

/** What is known about a route beside its schemas and handler. */
export interface RouteFacts {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** From the base path on; `:id` stands for one segment: `/api/ops/occurrences/:id`. */
  readonly path: string;
  readonly auth: Access;
  /** Status of success. @default 200 */
  readonly status?: 200 | 201;
  /**
   * What a changing route touches. `database`: its handler runs in one transaction and may run several times. `outside`:
   * it calls others, or computes for long, and runs once. @default "database"
   */
  readonly effects?: "database" | "outside";
  /** The answer carries a secret: it is not kept for repeats. */
  readonly isSecret?: boolean;
  /** How callers of a public route are counted. @default "visitor" */
  readonly limit?: "login" | "visitor" | "callback" | "probe";
  /**
   * How every request is refused that the route cannot take, whatever is wrong with it: a caller who guesses learns nothing.
   *
   * @default each fault has a status and a code of its own
   */
  readonly refusal?: { readonly status: 400 | 401 | 403 | 404; readonly code: ErrorCode };
  /** The body is bytes of these media types; its schema takes a Buffer. */
  readonly accepts?: AcceptedBytes;
  /** The body is a list of rows; its schema takes an array. */
  readonly rows?: AcceptedRows;
  /** Takes the body of an HTML form (`application/x-www-form-urlencoded`) beside JSON: an object of texts. @default false */
  readonly takesForm?: boolean;
  /** One line for the documentation, Chinese first. */
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** Answers by status that are particular to this route; those that every route has are added. */
  readonly errors?: Readonly<Record<number, OtherAnswer>>;
  /** Media type of an answer that is not JSON; its handler returns text, bytes, or an async iterable of them. */
  readonly produces?: string;
  /** Left out of the documentation: parts of a page. */
  readonly isHidden?: boolean;
}

/** A route as it is declared; its handler is typed by its schemas. */
export interface RouteSpec<
  B extends z.ZodType,
  Q extends z.ZodType,
  P extends z.ZodType,
  R extends z.ZodType,
  A extends Access,
  C extends HttpContext,
  S extends Caller,
> extends RouteFacts {
  readonly auth: A;
  readonly request?: { readonly body?: B; readonly query?: Q; readonly params?: P };
  readonly response: R;
  /** Shown in the documentation and checked by tests. */
  readonly example?: { readonly request?: z.input<B>; readonly response?: z.input<R> };
  /**
   * Of a route that reaches outside: true where doing it again under the same `Idempotency-Key`, even at the same time, does
   * nothing more and is answered alike, since what it calls keeps to the key. A call whose process died is then made again,
   * without waiting. @default never: nobody knows what became of it
   */
  isRepeatable?(body: z.output<B>): boolean;
  readonly handler: (call: Call<z.output<B>, z.output<Q>, z.output<P>, A, C, S>) => Promise<z.input<R> | Reply>;
}

/** A route as the frame sees it. */
export interface Route<C extends HttpContext = HttpContext, S extends Caller = Caller> extends RouteFacts {
  readonly request?: { readonly body?: z.ZodType; readonly query?: z.ZodType; readonly params?: z.ZodType };
  readonly response: z.ZodType;
  readonly example?: { readonly request?: unknown; readonly response?: unknown };
  isRepeatable?(body: unknown): boolean;
  readonly handler: (call: Call<unknown, unknown, unknown, Access, C, S>) => Promise<unknown>;
}

/** `defineRoute` for modules whose context or callers have more than {@link HttpContext} and {@link Caller}. */
export function routesIn<C extends HttpContext, S extends Caller = Caller>() {
  return <B extends z.ZodType, Q extends z.ZodType, P extends z.ZodType, R extends z.ZodType, const A extends Access>(
    spec: RouteSpec<B, Q, P, R, A, C, S>,
  ): Route<C, S> =>
    // The frame calls the handler only with what these very schemas gave, and with a session when `auth` asks for one.
    spec as unknown as Route<C, S>;
}

/** Declares a route; the same declaration serves requests and makes the documentation. */
export const defineRoute = routesIn<HttpContext, Caller>();
