import type { EffectClass } from "@recallkit/core/ports";

/** What an `errcode` says about the effect of the call that got it. */
export interface WecomError {
  readonly errcode: number;
  readonly effect: EffectClass;
  readonly meaning: string;
  /** Document of developer.work.weixin.qq.com that names the code; 90313 is the table of all codes. */
  readonly document: number;
  /** Wait before the next try, ms. @default by the engine */
  readonly retryAfterMs?: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Every `errcode` with a meaning of its own, by class.
 *
 * `REQUEST` is the class of every code without a row: a non-zero code proves that the call failed (document 90664). How long a
 * breach of a frequency blocks, a minute, an hour or longer, is not told (90454).
 */
export const WECOM_ERRORS: readonly WecomError[] = [
  { errcode: -1, effect: "BUSY", meaning: "system busy", document: 90313 },
  { errcode: 6000, effect: "BUSY", meaning: "data version conflict", document: 90313 },
  { errcode: 41063, effect: "BUSY", meaning: "the task is still being dispatched", document: 90313 },
  { errcode: 40001, effect: "AUTH", meaning: "invalid credential", document: 90313 },
  { errcode: 40014, effect: "AUTH", meaning: "invalid access_token", document: 90313 },
  { errcode: 42001, effect: "AUTH", meaning: "access_token expired", document: 90313 },
  { errcode: 45009, effect: "RATE_LIMITED", meaning: "call frequency", document: 90313, retryAfterMs: MINUTE_MS },
  {
    errcode: 45033,
    effect: "RATE_LIMITED",
    meaning: "calls at the same time",
    document: 90313,
    retryAfterMs: MINUTE_MS,
  },
  {
    errcode: 41094,
    effect: "RATE_LIMITED",
    meaning: "three reminders per message in 24 hours",
    document: 97610,
    retryAfterMs: DAY_MS,
  },
  { errcode: 40003, effect: "CONFIG", meaning: "invalid userid: the configured sender", document: 90313 },
  { errcode: 40013, effect: "CONFIG", meaning: "invalid corpid", document: 91039 },
  { errcode: 40056, effect: "CONFIG", meaning: "invalid agentid", document: 90313 },
  { errcode: 40091, effect: "CONFIG", meaning: "invalid secret", document: 90313 },
  { errcode: 43012, effect: "CONFIG", meaning: "the app was not granted by an administrator", document: 90313 },
  { errcode: 45031, effect: "CONFIG", meaning: "the secret was judged insecure", document: 90313 },
  { errcode: 48001, effect: "CONFIG", meaning: "no right to this API", document: 90313 },
  {
    errcode: 48002,
    effect: "CONFIG",
    meaning: "no right to this API: is the app listed as callable?",
    document: 90313,
  },
  { errcode: 48004, effect: "CONFIG", meaning: "the API is blocked for this app", document: 90313 },
  { errcode: 48006, effect: "CONFIG", meaning: "the app's rights were withdrawn", document: 90313 },
  { errcode: 50003, effect: "CONFIG", meaning: "the app is disabled", document: 90313 },
  { errcode: 60011, effect: "CONFIG", meaning: "no right on the member: the configured sender", document: 90313 },
  { errcode: 60020, effect: "CONFIG", meaning: "the caller's address is not in the trusted list", document: 90313 },
  { errcode: 60021, effect: "CONFIG", meaning: "the member is outside the app's visible range", document: 90313 },
  { errcode: 60031, effect: "CONFIG", meaning: "the app is barred from the API", document: 90313 },
  { errcode: 60111, effect: "CONFIG", meaning: "no such member: the configured sender", document: 90313 },
  { errcode: 301002, effect: "CONFIG", meaning: "a token of another app", document: 90313 },
  { errcode: 701008, effect: "CONFIG", meaning: "members without an interoperability licence", document: 92994 },
  { errcode: 41096, effect: "BUSY", meaning: "another app is sending its welcome", document: 92137 },
  { errcode: 41079, effect: "BUSY", meaning: "the operation is under way", document: 90313 },
  { errcode: 93000, effect: "CONFIG", meaning: "no such bot, or it was removed", document: 99110 },
  { errcode: 93004, effect: "CONFIG", meaning: "the bot is disabled", document: 99110 },
  { errcode: 93008, effect: "CONFIG", meaning: "the bot is not in the group", document: 99110 },
  { errcode: 81011, effect: "CONFIG", meaning: "no right to the tag: another app made it", document: 90313 },
  { errcode: 95000, effect: "CONFIG", meaning: "invalid open_kfid", document: 94677 },
  { errcode: 95005, effect: "REQUEST", meaning: "a msgid that the account has sent already", document: 94677 },
  {
    errcode: 95007,
    effect: "REQUEST",
    meaning: "a token of a callback that is over or another account's",
    document: 94670,
  },
  { errcode: 40201, effect: "REQUEST", meaning: "the content was blocked as sensitive", document: 90313 },
  { errcode: 40204, effect: "REQUEST", meaning: "the content was blocked as spam", document: 90313 },
  { errcode: 40007, effect: "REQUEST", meaning: "invalid media_id: it is older than 3 days", document: 90313 },
  { errcode: 40058, effect: "REQUEST", meaning: "a parameter breaks its limits", document: 90313 },
  { errcode: 40068, effect: "REQUEST", meaning: "invalid tag id", document: 92117 },
  { errcode: 40071, effect: "REQUEST", meaning: "the name of the tag exists", document: 92117 },
  { errcode: 41042, effect: "REQUEST", meaning: "no such contact way", document: 92228 },
  { errcode: 42052, effect: "REQUEST", meaning: "the message is too old to be withdrawn", document: 94867 },
  { errcode: 50100, effect: "REQUEST", meaning: "invalid cursor", document: 90313 },
  { errcode: 41050, effect: "RECIPIENT", meaning: "welcome code invalid or late", document: 92137 },
  { errcode: 41051, effect: "RECIPIENT", meaning: "the chat has begun or was greeted", document: 92137 },
  { errcode: 41053, effect: "RECIPIENT", meaning: "no consent to archiving", document: 92137 },
  { errcode: 46004, effect: "RECIPIENT", meaning: "no such member", document: 90313 },
  { errcode: 95001, effect: "RECIPIENT", meaning: "five messages since the customer's last one", document: 94677 },
  { errcode: 95002, effect: "RECIPIENT", meaning: "48 hours since the customer's last message", document: 94677 },
  { errcode: 95013, effect: "RECIPIENT", meaning: "the service session has ended", document: 94677 },
  { errcode: 95018, effect: "RECIPIENT", meaning: "the session's state forbids sending", document: 94677 },
  { errcode: 81013, effect: "RECIPIENT", meaning: "none of the members named", document: 90236 },
  { errcode: 41048, effect: "RECIPIENT", meaning: "no customer can be sent to", document: 90313 },
  { errcode: 84061, effect: "RECIPIENT", meaning: "no such external contact", document: 90313 },
  { errcode: 84084, effect: "RECIPIENT", meaning: "not a follow user", document: 90313 },
];

/** What an `errcode` says when `gettoken` answers it: it is about secret, corp or app, never about the token. */
export const WECOM_TOKEN_ERRORS: readonly WecomError[] = [
  { errcode: 40001, effect: "CONFIG", meaning: "invalid secret", document: 91039 },
  { errcode: 41002, effect: "CONFIG", meaning: "corpid missing", document: 90313 },
  { errcode: 41004, effect: "CONFIG", meaning: "secret missing", document: 90313 },
];
