import { HttpError, type Visit } from "@recallkit/http";
import type { ServerContext } from "../../frame/context.js";
import { SESSION_MS } from "./login.js";

const NAME = "recallkit_session";
const COOKIE = /(?:^|;\s*)(?:__Host-|__Secure-)?recallkit_session=([\w-]{16,128})(?:;|$)/;

type Address = Pick<ServerContext, "config">;

/** The header that keeps a token in a browser, out of reach of its scripts. */
export function sessionCookie(context: Address, token: string): string {
  return cookie(context, token, Math.floor(SESSION_MS / 1000));
}

/** The header that takes it away. */
export function noSessionCookie(context: Address): string {
  return cookie(context, "", 0);
}

/**
 * By https only, and bound by browsers to this very host. Where the public address has a path, other installations may
 * stand beside this one: then it is bound to the path, which excludes the stricter of the two names.
 */
function cookie({ config }: Address, value: string, seconds: number): string {
  const { protocol, pathname } = new URL(config.links?.publicUrl ?? "http://localhost/");
  const path = pathname === "/" ? "/" : pathname.replace(/\/$/, "");
  const facts = `Max-Age=${seconds}; Path=${path}; HttpOnly; SameSite=Strict`;
  if (protocol !== "https:") return `${NAME}=${value}; ${facts}`;
  return `${path === "/" ? "__Host-" : "__Secure-"}${NAME}=${value}; ${facts}; Secure`;
}

/**
 * The token that a browser keeps, for requests of our own pages.
 *
 * @throws {HttpError} 403 `auth.foreign-page` for a change that another site's page asks for
 */
export function tokenOfCookie(visit: Pick<Visit, "method" | "header">): string | undefined {
  const token = COOKIE.exec(visit.header("cookie") ?? "")?.[1];
  if (token === undefined) return undefined;
  const isChange = visit.method !== "GET" && visit.method !== "HEAD";
  if (isChange && !isOurs(visit)) throw new HttpError(403, "auth.foreign-page");
  return token;
}

/** Browsers say where a request comes from; one that says nothing of it is no browser of ours. */
function isOurs({ header }: Pick<Visit, "header">): boolean {
  const site = header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin";
  const origin = header("origin");
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === header("host");
}
