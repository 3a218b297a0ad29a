import { type CodeRule, halted, type ProviderCode, refused, unknown } from "../call/provider-code.js";

const DOCS = "https://docs.jiguang.cn/jpush/server/push/rest_api_v3_push";

const row = (code: string, meaning: string, rule: CodeRule): ProviderCode => ({ code, meaning, rule, source: DOCS });
const bug = halted("REQUEST");

/** What codes of JPush's push API say; an unlisted one with HTTP 4xx refuses the message, with 5xx nobody knows. */
export const JPUSH_CODES: readonly ProviderCode[] = [
  row("1000", "a fault inside (500)", unknown),
  row("1001", "only POST is allowed", bug),
  row("1002", "a parameter is missing", bug),
  row("1003", "a parameter is wrong", bug),
  row("1004", "app key or secret is wrong", halted("AUTH", "check appKey and masterSecret")),
  row("1005", "the message is too large", bug),
  row("1008", "there is no such app", halted("CONFIG", "check appKey")),
  row("1009", "a key of the notification is reserved", bug),
  row("1011", "nobody has this alias or registration id, or not for 255 days", refused("gone")),
  row("1012", "the address is not in use any more", bug),
  row("1020", "only https is allowed", bug),
  row("1030", "the server timed out inside (503)", unknown),
  row("2002", "too many calls a minute; `X-Rate-Limit-Reset` names the wait", halted("RATE_LIMITED")),
  row("2003", "the address of this machine is not on the app's list", halted("CONFIG")),
  row("2004", "the app may not push", halted("CONFIG")),
  row("2005", "the app's pushes are taken for abuse", halted("CONFIG")),
  row("2006", "the app may not push this kind", halted("CONFIG")),
  row("2007", "the app may not push for now", halted("CONFIG")),
];

const rules = new Map(JPUSH_CODES.map(({ code, rule }) => [code, rule]));

/** What follows from a code. @param status of HTTP */
export function ruleOfPush(code: number, status: number): CodeRule {
  return rules.get(String(code)) ?? (status >= 500 ? unknown : refused("rejected_by_provider"));
}
