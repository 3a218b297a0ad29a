import type { EffectClass } from "@recallkit/core/ports";

/** What an `errcode` of an official account says about the effect of the call that got it. */
export interface OfficialAccountError {
  readonly errcode: number;
  readonly effect: EffectClass;
  readonly meaning: string;
  /** Wait before the next try, ms. @default by the engine */
  readonly retryAfterMs?: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Every `errcode` with a meaning of its own, by class; `REQUEST` is the class of every other one. Several codes mean something
 * else than in WeCom, so the two tables are kept apart.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
 */
export const OFFICIAL_ACCOUNT_ERRORS: readonly OfficialAccountError[] = [
  { errcode: -1, effect: "BUSY", meaning: "system busy" },
  { errcode: 40001, effect: "AUTH", meaning: "the token is not the latest, or the secret is wrong" },
  { errcode: 40014, effect: "AUTH", meaning: "invalid access_token" },
  { errcode: 42001, effect: "AUTH", meaning: "access_token expired" },
  { errcode: 45009, effect: "RATE_LIMITED", meaning: "daily quota of the call", retryAfterMs: DAY_MS },
  { errcode: 45011, effect: "RATE_LIMITED", meaning: "calls a minute", retryAfterMs: MINUTE_MS },
  { errcode: 45066, effect: "RATE_LIMITED", meaning: "the same clientmsgid within a minute", retryAfterMs: MINUTE_MS },
  { errcode: 40013, effect: "CONFIG", meaning: "invalid appid" },
  { errcode: 40037, effect: "CONFIG", meaning: "the template is not of this account" },
  { errcode: 40125, effect: "CONFIG", meaning: "invalid secret" },
  { errcode: 40164, effect: "CONFIG", meaning: "the caller's address is not in the white list" },
  { errcode: 48001, effect: "CONFIG", meaning: "the call is not granted to this account" },
  { errcode: 48004, effect: "CONFIG", meaning: "the call is blocked for this account" },
  { errcode: 50001, effect: "CONFIG", meaning: "the user has not granted the call" },
  { errcode: 89503, effect: "CONFIG", meaning: "an administrator has to confirm this address" },
  { errcode: 45028, effect: "QUOTA", meaning: "no quota of mass messages is left" },
  { errcode: 45047, effect: "QUOTA", meaning: "the messages that follow a user's action are used up" },
  { errcode: 40003, effect: "RECIPIENT", meaning: "invalid openid" },
  { errcode: 40032, effect: "RECIPIENT", meaning: "invalid openids" },
  { errcode: 43004, effect: "RECIPIENT", meaning: "the receiver does not follow" },
  { errcode: 43019, effect: "RECIPIENT", meaning: "the receiver is black-listed" },
  { errcode: 43101, effect: "RECIPIENT", meaning: "the receiver refuses messages of this kind" },
  { errcode: 45015, effect: "RECIPIENT", meaning: "the receiver has done nothing for 48 hours" },
  { errcode: 48002, effect: "RECIPIENT", meaning: "the receiver refuses messages" },
  { errcode: 50002, effect: "RECIPIENT", meaning: "the receiver is restricted" },
];

/** `errcode` of a mass message whose `clientmsgid` was taken before: it was sent then, and is not sent again. */
export const TAKEN_BEFORE = 45065;

const RULES: ReadonlyMap<number, OfficialAccountError> = new Map(
  OFFICIAL_ACCOUNT_ERRORS.map((row) => [row.errcode, row]),
);

/** The rule for a non-zero `errcode`. */
export function ruleOf(errcode: number): Pick<OfficialAccountError, "effect" | "retryAfterMs"> {
  return RULES.get(errcode) ?? { effect: "REQUEST" };
}
