import { ConfigError, type RecallKit } from "@recallkit/core";
import { type Authorize, hostCallers } from "./authorize.js";
import type { Caller } from "./caller.js";
import { compose } from "./compose.js";
import type { HttpContext } from "./context.js";
import { type FetchInfo, fetchResponse, fetchVisit } from "./fetch-visit.js";
import { createFrame, type Frame } from "./frame.js";
import { type HostPorts, hostContext } from "./host-context.js";
import type { Module } from "./module.js";
import { describe, type OpenApiDocument, type OpenApiFacts } from "./openapi.js";
import { basePathOf } from "./path-below.js";
import type { RateLimits } from "./rate-limits.js";

/** Options of {@link recallkitApp}. */
export interface RecallkitAppOptions extends HostPorts {
  /** What to serve, for example `pushModule` of `recallkit/modules`. */
  readonly modules: readonly Module[];
  /** The host's sign-in; the tenant of a request comes from here and from nowhere else. */
  readonly authorize: Authorize;
  /** Where the routes begin in the paths that this process receives: `/recall`. @default "/" */
  readonly basePath?: string;
  /** Where callers find the routes, if a proxy takes a prefix off or puts one before. @default `basePath` */
  readonly publicPath?: string;
  readonly limits?: {
    /** Longest wait for `authorize`, ms, 1 … 600 000. @default 10 000 */
    readonly authorizeMs?: number;
    /** Requests by caller. @default none: the host counts */
    readonly rates?: RateLimits;
  };
}

/** RecallKit's routes in a host. */
export interface RecallkitApp extends Frame {
  /** Answers a request; never rejects. @param info what the host knows of the caller, and a body it has read already */
  fetch(request: Request, info?: FetchInfo): Promise<Response>;
  /** The description of the routes by OpenAPI 3.1, with the public path. */
  openapi(facts?: Partial<Omit<OpenApiFacts, "serverUrl">>): OpenApiDocument;
}

const AUTHORIZE_MS = 10_000;
const LONGEST_MS = 600_000;

/**
 * Makes RecallKit's routes part of a host's own server. Nothing runs before a request comes; the engine is run by
 * `kit.run`, in this process or another one.
 *
 * @throws {ConfigError} `config.invalid` names the option
 */
export function recallkitApp(kit: RecallKit, options: RecallkitAppOptions): RecallkitApp {
  const { modules, authorize, basePath = "/", publicPath, limits = {} } = options;
  const { authorizeMs = AUTHORIZE_MS, rates } = limits;
  if (typeof authorize !== "function") throw wrong("authorize", "must be a function");
  if (!(Number.isInteger(authorizeMs) && authorizeMs >= 1 && authorizeMs <= LONGEST_MS)) {
    throw wrong("limits.authorizeMs", `must be a whole number from 1 to ${LONGEST_MS}`);
  }
  const composition = compose<HttpContext, Caller>(modules);
  const frame = createFrame({
    modules,
    context: hostContext(kit, options),
    authenticate: hostCallers(authorize, authorizeMs),
    basePath,
    ...(rates && { rates }),
  });
  const serverUrl = (publicPath === undefined ? frame.basePath : basePathOf(publicPath, "publicPath")) || "/";
  return {
    ...frame,
    async fetch(request, info = {}) {
      return fetchResponse(await frame.answer(fetchVisit(request, info)), request.method);
    },
    openapi: (facts = {}) => describe(composition, { version: "1", ...facts, serverUrl }),
  };
}

function wrong(option: string, reason: string): ConfigError {
  return new ConfigError("config.invalid", option, `${option} ${reason}`);
}
