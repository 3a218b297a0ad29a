import { type CodeRule, deferred, halted, MINUTE, type ProviderCode, refused, unknown } from "../call/provider-code.js";

const CREATE = "https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/message/create";
const GENERIC = "https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code";
const FREQUENCY = "https://open.feishu.cn/document/ukTMukTMukTM/uUzN04SN3QjL1cDN";
const BOT = "https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot";

const row = (code: string, meaning: string, rule: CodeRule, source: string): ProviderCode => ({
  code,
  meaning,
  rule,
  source,
});

/** Codes that a token ends with: it is fetched anew once, and the call repeated, since nothing was done. */
export const TOKEN_CODES: ReadonlySet<number> = new Set([99991661, 99991663, 99991665]);

/** What codes of `im/v1/messages` and of the token say. Every other one of 2300xx is about the person; the rest is unknown. */
export const FEISHU_CODES: readonly ProviderCode[] = [
  row("99991661", "no token was given", halted("AUTH"), GENERIC),
  row("99991663", "the token is over or wrong; comes as HTTP 200 or 400", halted("AUTH"), GENERIC),
  row("99991665", "the token is of another app", halted("AUTH"), GENERIC),
  row(
    "99991672",
    "the app lacks a permission",
    halted("CONFIG", "grant im:message:send_as_bot and publish a version"),
    GENERIC,
  ),
  row("99991400", "the app calls too fast; `x-ogw-ratelimit-reset` names the wait", halted("RATE_LIMITED"), FREQUENCY),
  row("10003", "app_id is wrong", halted("CONFIG", "check appId"), GENERIC),
  row("10014", "app_secret is wrong", halted("CONFIG", "check appSecret"), GENERIC),
  row("230001", "a parameter is wrong, most often the receiver", refused("invalid_address"), CREATE),
  row("230002", "the bot is not in the chat", refused("not_in_chat"), CREATE),
  row("230006", "the app has no bot", halted("CONFIG", "add a bot to the app and publish a version"), CREATE),
  row("230013", "the person is outside the app's availability", refused("out_of_range"), CREATE),
  row("230017", "the receiver is gone", refused("unknown_person"), CREATE),
  row("230020", "too many messages to this person", deferred(MINUTE), CREATE),
  row("230022", "the content has sensitive words", halted("REQUEST"), CREATE),
  row("230025", "the content is too long", halted("REQUEST"), CREATE),
  row(
    "230027",
    "the app lacks a permission",
    halted("CONFIG", "grant im:message:send_as_bot and publish a version"),
    CREATE,
  ),
  row("230028", "the content was refused by the company's rules", halted("REQUEST"), CREATE),
  row("230053", "the person wants no messages of the bot", refused("refused_by_person"), CREATE),
  row(
    "230101",
    "messages to people are not possible for now",
    deferred(15 * MINUTE),
    "https://github.com/zai-org/feedback/discussions/581",
  ),
];

/** What codes of a custom bot's webhook say; all others are about its settings. */
export const FEISHU_BOT_CODES: readonly ProviderCode[] = [
  row("9499", "the request was not understood", halted("REQUEST"), BOT),
  row("19002", "a parameter is missing", halted("REQUEST"), BOT),
  row("19021", "the signature or its time is wrong", halted("AUTH", "check the secret and the clock"), BOT),
  row("19022", "the address of this machine is not on the bot's list", halted("CONFIG"), BOT),
  row("19024", "the text has none of the bot's keywords", halted("REQUEST", "put a keyword into the text"), BOT),
  row("11232", "the bot speaks too fast, or the hour begins", halted("RATE_LIMITED"), BOT),
  row("2200", "a fault inside", unknown, BOT),
];

const byCode = (rows: readonly ProviderCode[]) => new Map(rows.map(({ code, rule }) => [code, rule]));
const messageRules = byCode(FEISHU_CODES);
const botRules = byCode(FEISHU_BOT_CODES);

/** What follows from a code of `im/v1/messages`. */
export function ruleOfMessage(code: number): CodeRule {
  const rule = messageRules.get(String(code));
  if (rule) return rule;
  return code >= 230000 && code < 231000 ? refused("rejected_by_provider") : unknown;
}

/** What follows from a code of the token's call, which nobody receives anything by. */
export function ruleOfToken(code: number): CodeRule {
  return messageRules.get(String(code)) ?? halted("CONFIG", "check appId and appSecret");
}

/** What follows from a code of a bot's webhook. */
export function ruleOfBot(code: number): CodeRule {
  return botRules.get(String(code)) ?? halted("CONFIG");
}
