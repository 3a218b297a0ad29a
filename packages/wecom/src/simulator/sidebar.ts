import type { ServerResponse } from "node:http";
import type { AuthorizedCall } from "./call.js";
import { RefusedCall } from "./errors.js";
import { sendText } from "./respond.js";
import type { Corp, World } from "./state.js";

/** A code of the sign-in page. */
interface SignInCode {
  readonly corpId: string;
  /** Userid of a member, or the id of a contact. */
  readonly who: string;
  readonly at: number;
  isUsed: boolean;
}

const CODE_MS = 300_000;
const TICKET_SECONDS = 7200;
// Beside the world and not in it: nothing else of the simulator asks for them.
const codes = new WeakMap<World, Map<string, SignInCode>>();

function codesOf(world: World): Map<string, SignInCode> {
  const known = codes.get(world) ?? new Map<string, SignInCode>();
  codes.set(world, known);
  return known;
}

/** `get_jsapi_ticket`: the corp's ticket. @see https://developer.work.weixin.qq.com/document/path/96909 */
export function getCorpTicket({ world, app }: AuthorizedCall): Record<string, unknown> {
  return { ticket: `corp-${app.corp.corpId}-${world.ids.next("", 24)}`, expires_in: TICKET_SECONDS };
}

/** `ticket/get`: the app's ticket. */
export function getAppTicket({ world, app, query }: AuthorizedCall): Record<string, unknown> {
  if (query.get("type") !== "agent_config") throw new RefusedCall(40093);
  return { ticket: `app-${app.agentId}-${world.ids.next("", 24)}`, expires_in: TICKET_SECONDS };
}

/** `auth/getuserinfo`: who a code stands for. @see https://developer.work.weixin.qq.com/document/path/91023 */
export function getUserInfo({ world, app, query, now }: AuthorizedCall): Record<string, unknown> {
  const code = codesOf(world).get(query.get("code") ?? "");
  if (code === undefined || code.corpId !== app.corp.corpId) throw new RefusedCall(40029);
  if (code.isUsed) throw new RefusedCall(42022);
  if (now - code.at > CODE_MS) throw new RefusedCall(42003);
  code.isUsed = true;
  if (app.corp.staff.has(code.who)) return { userid: code.who };
  const isContact = app.corp.customers.followersOf(code.who).length > 0;
  return { openid: `openid-${code.who}`, ...(isContact && { external_userid: code.who }) };
}

/**
 * The page that WeCom shows on a phone. `?as=` says who holds the phone, a member or a contact; without it the page lists the
 * members to choose from.
 */
export function answerAuthorizePage(world: World, response: ServerResponse, url: URL): void {
  const { searchParams } = url;
  const corp = world.corps.get(searchParams.get("appid") ?? "");
  const redirect = searchParams.get("redirect_uri") ?? "";
  const state = searchParams.get("state") ?? "";
  const isWellFormed = searchParams.get("response_type") === "code" && /^[A-Za-z0-9]{0,128}$/.test(state);
  if (corp === undefined || !URL.canParse(redirect) || !isWellFormed) {
    sendText(response, "redirect_uri 需使用应用可信域名 / bad request", "text/plain; charset=UTF-8", 400);
    return;
  }
  const who = searchParams.get("as");
  if (who === null) {
    sendText(response, pageOf(corp, url), "text/html; charset=UTF-8");
    return;
  }
  const code = world.ids.next("", 43);
  codesOf(world).set(code, { corpId: corp.corpId, who, at: world.now(), isUsed: false });
  const back = new URL(redirect);
  back.searchParams.set("code", code);
  back.searchParams.set("state", state);
  response.writeHead(302, { location: back.href }).end();
}

function pageOf(corp: Corp, url: URL): string {
  const links = [...corp.staff.keys()].map((userid) => {
    const target = new URL(url);
    target.searchParams.set("as", userid);
    return `<li><a href="${escaped(target.search)}">${escaped(userid)}</a></li>`;
  });
  return `<!doctype html><title>企业微信</title><p>选择成员登录 / sign in as</p><ul>${links.join("")}</ul>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
