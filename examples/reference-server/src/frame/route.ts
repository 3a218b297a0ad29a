import type { IncomingHttpHeaders } from "node:http";
import type * as z from "zod";
import type { ServerContext } from "./context.js";
import type { Language } from "./language.js";
import type { Permission, Role } from "./permissions.js";

/** Who may call a route: everybody, or a session with this permission. */
export type Access = "public" | Permission;

/** Who calls; the tenant comes from here and from nowhere else. */
export interface Session {
  /** A login of a user, or an API key. */
  readonly kind: "user" | "api-key";
  /** Row of the session or of the key. */
  readonly id: number;
  readonly tenantId: number;
  /** Null for an API key. */
  readonly userId: number | null;
  /** Name of the user or of the key. */
  readonly username: string;
  /** Null for an API key. */
  readonly role: Role | null;
  readonly permissions: ReadonlySet<Permission>;
}

/** Who calls, as logs and the audit name them: `user:3`, `api-key:5`. */
export function actorOf({ kind, id, userId }: Session): string {
  return kind === "user" ? `user:${userId}` : `api-key:${id}`;
}

/** What a handler gets: the validated request and the server. */
export interface Call<B = unknown, Q = unknown, P = unknown, A extends Access = Access> {
  readonly body: B;
  readonly query: Q;
  readonly params: P;
  readonly headers: IncomingHttpHeaders;
  /** Address of the caller; a proxy's word about it counts only where TRUST_PROXY says so. */
  readonly ip: string;
  readonly requestId: string;
  /** Of messages to the caller. */
  readonly language: Language;
  /** The caller's `Idempotency-Key`, on routes that take one. */
  readonly idempotencyKey: string | undefined;
  readonly session: A extends "public" ? undefined : Session;
  readonly context: ServerContext;
}

/** An answer with a status or headers of its own. */
export interface Reply {
  /** Absent: the route's usual one. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const REPLY = Symbol("reply");

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
  readonly mediaTypes: readonly string[];
  readonly maxBytes: number;
}

interface RouteFacts {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** As Express writes it: `/api/ops/occurrences/:id`. */
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
  readonly limit?: "login" | "visitor" | "probe";
  /** The body is bytes of these media types; its schema takes a Buffer. */
  readonly accepts?: AcceptedBytes;
  /** One line for the documentation, Chinese first. */
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** Answers by status that are particular to this route; those that every route has are added. */
  readonly errors?: Readonly<Record<number, OtherAnswer>>;
  /** Media type of an answer that is not JSON; its handler returns text or bytes. */
  readonly produces?: string;
  /** Left out of the documentation: parts of a page. */
  readonly isHidden?: boolean;
}

interface RouteSpec<
  B extends z.ZodType,
  Q extends z.ZodType,
  P extends z.ZodType,
  R extends z.ZodType,
  A extends Access,
> extends RouteFacts {
  readonly auth: A;
  readonly request?: { readonly body?: B; readonly query?: Q; readonly params?: P };
  readonly response: R;
  /** Shown in the documentation and checked by tests. */
  readonly example?: { readonly request?: z.input<B>; readonly response?: z.input<R> };
  handler(call: Call<z.output<B>, z.output<Q>, z.output<P>, A>): Promise<z.input<R> | Reply>;
}

/** A route as the frame sees it. */
export interface Route extends RouteFacts {
  readonly request?: { readonly body?: z.ZodType; readonly query?: z.ZodType; readonly params?: z.ZodType };
  readonly response: z.ZodType;
  readonly example?: { readonly request?: unknown; readonly response?: unknown };
  handler(call: Call): Promise<unknown>;
}

/** Declares a route; the same declaration makes the Express wiring and the documentation. */
export function defineRoute<
  B extends z.ZodType,
  Q extends z.ZodType,
  P extends z.ZodType,
  R extends z.ZodType,
  A extends Access,
>(spec: RouteSpec<B, Q, P, R, A>): Route {
  // The frame calls the handler only with what these very schemas gave, and with a session when `auth` asks for one.
  return spec as unknown as Route;
}
