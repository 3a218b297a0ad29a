import { ChannelError, ConfigError, RecallKitError } from "@recallkit/core";
import { deriveKey } from "@recallkit/core/ports";
import * as z from "zod";
import { connectionOf } from "../connection.js";
import { settingsOf, type WecomClientOptions } from "../options.js";
import { cookieOf, cookieSeal, setCookie } from "./sealed-cookie.js";
import { type JsSignature, signPage, type TicketKind, ticketSource } from "./tickets.js";
import { type SidebarUser, userOf } from "./user-info.js";

/** Options of {@link wecomSidebar}. */
export interface WecomSidebarOptions extends WecomClientOptions {
  /** The app whose pages these are. */
  readonly agentId: number;
  /** Where `finish` is mounted, as browsers know it; its domain must be a trusted one of the app. */
  readonly redirectUri: string;
  /** Signs sessions; at least 32 characters that nobody knows. Share it between processes. */
  readonly secretKey: string;
  /** @default "https://open.weixin.qq.com/connect/oauth2/authorize" */
  readonly authorizeUrl?: string | undefined;
  /** How long somebody stays signed in, seconds, 60 … 604 800. @default 28800: 8 hours */
  readonly sessionSeconds?: number | undefined;
  /** @default "rk_sidebar" */
  readonly cookieName?: string | undefined;
}

/** Who is signed in. */
export type SidebarSession = SidebarUser & { readonly corpId: string };

/** Pages inside WeCom: sign-in without a password, and signatures for the JS-SDK. */
export interface WecomSidebar {
  /** Signs the address of the page that asks; never hand out a ticket itself. @throws {ChannelError} no ticket could be had */
  signature(url: string, kind: TicketKind, options?: { readonly signal?: AbortSignal }): Promise<JsSignature>;
  /** Begins a sign-in: redirects to WeCom. `?return_to=/path` is where it ends; another site's address is ignored. */
  signIn(request: Request): Promise<Response>;
  /** Ends it: WeCom comes back here with a code; sets the session's cookie and redirects. */
  finish(request: Request): Promise<Response>;
  /**
   * Answers a page's `?url=` with `{ corpId, agentId, config, agentConfig }` for whoever is signed in; the address must be of
   * the site that the request came to, as {@link WecomSidebarOptions.redirectUri} names it.
   */
  signatures(request: Request): Promise<Response>;
  /** Who sent a request; undefined: nobody is signed in. */
  session(request: Request): SidebarSession | undefined;
}

const STATE_SECONDS = 600;
const userSchema = z.union([
  z.object({ kind: z.literal("member"), userId: z.string() }),
  z.object({ kind: z.literal("contact"), externalUserId: z.string().nullable(), openid: z.string().nullable() }),
]);
const sessionSchema = userSchema.and(z.object({ corpId: z.string() }));
const stateSchema = z.object({ state: z.string(), returnTo: z.string() });

/**
 * The pages of one app of one corp.
 *
 * @throws {ConfigError} an option is missing or wrong
 * @see https://developer.work.weixin.qq.com/document/path/91022
 */
export function wecomSidebar(options: WecomSidebarOptions): WecomSidebar {
  const settings = settingsOf(options);
  const { clock, random, corpId, logger, timeoutMs } = settings;
  const { agentId, cookieName, sessionSeconds, redirectUri, authorizeUrl, secretKey } = checked(options);
  const connection = connectionOf(settings);
  const tickets = ticketSource(connection, settings, agentId);
  const sessions = cookieSeal(deriveKey(secretKey, "wecom-sidebar-session", 0));
  const states = cookieSeal(deriveKey(secretKey, "wecom-sidebar-state", 0));
  const site = new URL(redirectUri);
  const stateName = `${cookieName}_state`;
  const cookie = (name: string, value: string, maxAgeSeconds: number, path = "/") =>
    setCookie({ name, value, path, maxAgeSeconds, isSecure: site.protocol === "https:" });

  const session = (request: Request) => {
    const given = cookieOf(request, cookieName);
    const opened = sessionSchema.safeParse(given && sessions.open(given, clock.now()));
    return opened.success && opened.data.corpId === corpId ? opened.data : undefined;
  };
  const signature: WecomSidebar["signature"] = async (url, kind, { signal } = {}) => {
    const ticket = await tickets.current(kind, signal);
    const nonceStr = Buffer.from(random.bytes(12)).toString("hex");
    return signPage(ticket, url, { nonceStr, timestamp: Math.floor(clock.now() / 1000) });
  };

  return {
    signature,
    session,
    async signIn(request) {
      const returnTo = localPath(new URL(request.url).searchParams.get("return_to"));
      const state = Buffer.from(random.bytes(16)).toString("hex");
      const target = new URL(authorizeUrl);
      const parameters = {
        appid: corpId,
        redirect_uri: redirectUri,
        response_type: "code",
        scope: "snsapi_base",
        state,
      };
      for (const [name, value] of Object.entries({ ...parameters, agentid: String(agentId) })) {
        target.searchParams.set(name, value);
      }
      target.hash = "wechat_redirect";
      const sealed = states.seal({ state, returnTo }, clock.now() + STATE_SECONDS * 1000);
      return redirect(target.href, [cookie(stateName, sealed, STATE_SECONDS, site.pathname)]);
    },
    async finish(request) {
      const { searchParams } = new URL(request.url);
      const given = cookieOf(request, stateName);
      const begun = stateSchema.safeParse(given && states.open(given, clock.now()));
      const [code, state] = [searchParams.get("code") ?? "", searchParams.get("state")];
      // Without it anybody could sign somebody in as themselves.
      const isOurs = begun.success && begun.data.state === state;
      if (!isOurs || code === "" || Buffer.byteLength(code) > 512) return refusal(403);
      try {
        const user = await userOf(connection, code, { timeoutMs, signal: request.signal });
        if (user === undefined) return refusal(403);
        const sealed = sessions.seal({ ...user, corpId }, clock.now() + sessionSeconds * 1000);
        const ended = cookie(stateName, "", 0, site.pathname);
        return redirect(begun.data.returnTo, [cookie(cookieName, sealed, sessionSeconds), ended]);
      } catch (error) {
        logger.warn("wecom.sign-in-failed", { code: RecallKitError.is(error) ? error.code : "unexpected" });
        return refusal(ChannelError.is(error) && error.effect === "REQUEST" ? 403 : 503);
      }
    },
    async signatures(request) {
      const url = new URL(request.url).searchParams.get("url") ?? "";
      if (session(request) === undefined) return refusal(401);
      if (!URL.canParse(url) || new URL(url).origin !== site.origin) return refusal(403);
      try {
        const [config, agentConfig] = await Promise.all([signature(url, "corp"), signature(url, "app")]);
        return Response.json({ corpId, agentId, config, agentConfig }, { headers: { "cache-control": "no-store" } });
      } catch (error) {
        logger.warn("wecom.no-signature", { code: RecallKitError.is(error) ? error.code : "unexpected" });
        return refusal(503);
      }
    },
  };
}

function checked(options: WecomSidebarOptions) {
  const { agentId, redirectUri, secretKey, sessionSeconds = 28_800, cookieName = "rk_sidebar" } = options;
  const { authorizeUrl = "https://open.weixin.qq.com/connect/oauth2/authorize" } = options;
  const isWeb = (url: string) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  const wrong = (option: string, form: string) =>
    new ConfigError("config.invalid", option, `${option} must be ${form}`);
  if (!Number.isInteger(agentId) || agentId < 1) throw wrong("agentId", "the number of the app");
  if (!isWeb(redirectUri) || new URL(redirectUri).hash !== "") throw wrong("redirectUri", "an http(s) URL without a #");
  if (!isWeb(authorizeUrl)) throw wrong("authorizeUrl", "an http(s) URL");
  if (!secretKey || secretKey.length < 32) throw wrong("secretKey", "at least 32 characters long");
  if (!Number.isInteger(sessionSeconds) || sessionSeconds < 60 || sessionSeconds > 604_800) {
    throw wrong("sessionSeconds", "a whole number from 60 to 604800");
  }
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(cookieName)) throw wrong("cookieName", "1 to 64 letters, digits, _ and -");
  return { agentId, redirectUri, secretKey, sessionSeconds, cookieName, authorizeUrl };
}

/** A path of this site; `/` for anything that could lead elsewhere. */
function localPath(text: string | null): string {
  const base = "http://site.invalid";
  if (text === null || !/^\/(?![/\\])[^\\\s]{0,2000}$/.test(text) || !URL.canParse(text, base)) return "/";
  const url = new URL(text, base);
  // Dots are gone by now, and may have left two slashes, which name another site.
  return url.origin === base && !url.pathname.startsWith("//") ? url.pathname + url.search + url.hash : "/";
}

function redirect(location: string, cookies: readonly string[]): Response {
  const headers = new Headers({ location, "cache-control": "no-store" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 302, headers });
}

function refusal(status: 401 | 403 | 503): Response {
  return new Response("refused", { status, headers: { "content-type": "text/plain", "cache-control": "no-store" } });
}
