import type { EffectClass } from "@recallkit/core";

/** What a call can do: hand out a token, nothing that a recipient notices, or something that one may notice. */
export type CallKind = "token" | "harmless" | "effect";

/** An `errcode` that has a meaning of its own for us. */
export interface ErrorRule {
  readonly effect: EffectClass;
  /** Wait before the next try, in ms. */
  readonly retryAfterMs?: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * What each `errcode` says about the effect of a call. Numbers after a line are documents of
 * developer.work.weixin.qq.com that name the code; 90313 is the table of all codes.
 *
 * `REQUEST` is also the class of every code without a line: a non-zero code proves that the call failed (90664).
 */
const RULES: ReadonlyMap<number, ErrorRule> = new Map<number, ErrorRule>([
  // The server could not look at the call, or it says nothing about its effect.
  [-1, { effect: "BUSY" }], // 90313 system busy
  [6000, { effect: "BUSY" }], // 90313 data version conflict
  [41063, { effect: "BUSY" }], // 90313 the task is still being dispatched

  // The token is not valid (any more).
  [40001, { effect: "AUTH" }], // 90313 invalid credential; from gettoken it is the secret, see below
  [40014, { effect: "AUTH" }], // 90313 invalid access_token
  [42001, { effect: "AUTH" }], // 90313 access_token expired

  // Too many calls. A breach blocks for a minute, an hour or longer; which one is not told (90454).
  [45009, { effect: "RATE_LIMITED", retryAfterMs: MINUTE_MS }], // 90313 call frequency
  [45033, { effect: "RATE_LIMITED", retryAfterMs: MINUTE_MS }], // 90313 calls at the same time
  [41094, { effect: "RATE_LIMITED", retryAfterMs: DAY_MS }], // 97610 three reminders per message in 24 hours

  // An operator has to change something.
  [40003, { effect: "CONFIG" }], // 90313 invalid userid: the configured sender
  [40013, { effect: "CONFIG" }], // 91039 invalid corpid
  [40056, { effect: "CONFIG" }], // 90313 invalid agentid
  [40091, { effect: "CONFIG" }], // 90313 invalid secret
  [43012, { effect: "CONFIG" }], // 90313 the app was not granted by an administrator
  [45031, { effect: "CONFIG" }], // 90313 the secret was judged insecure
  [48001, { effect: "CONFIG" }], // 90313 no right to this API
  [48002, { effect: "CONFIG" }], // 90313 no right to this API: is the app listed as callable?
  [48004, { effect: "CONFIG" }], // 90313 the API is blocked for this app
  [48006, { effect: "CONFIG" }], // 90313 the app's rights were withdrawn
  [50003, { effect: "CONFIG" }], // 90313 the app is disabled
  [60011, { effect: "CONFIG" }], // 90313 no right on the member: the configured sender
  [60020, { effect: "CONFIG" }], // 90313 the caller's address is not in the trusted list
  [60021, { effect: "CONFIG" }], // 90313 the member is outside the app's visible range
  [60031, { effect: "CONFIG" }], // 90313 the app is barred from the API
  [60111, { effect: "CONFIG" }], // 90313 no such member: the configured sender
  [301002, { effect: "CONFIG" }], // 90313 a token of another app
  [701008, { effect: "CONFIG" }], // 92994 members without an interoperability licence

  // Nobody in the call can be sent to.
  [81013, { effect: "RECIPIENT" }], // 90236 none of the members named
  [41048, { effect: "RECIPIENT" }], // 90313 no customer can be sent to
  [84061, { effect: "RECIPIENT" }], // 90313 no such external contact
  [84084, { effect: "RECIPIENT" }], // 90313 not a follow user
]);

/** `errcode` of a token that is refused: the secret, the corp or the app's state, never the token. */
const TOKEN_RULES: ReadonlyMap<number, ErrorRule> = new Map<number, ErrorRule>([
  [40001, { effect: "CONFIG" }], // 91039 invalid secret
  [41002, { effect: "CONFIG" }], // 90313 corpid missing
  [41004, { effect: "CONFIG" }], // 90313 secret missing
]);

/** `errcode` of results that are asked for before the task was dispatched. */
export const NOT_READY = 41063;
/** `errcode` of an expired or foreign media id. */
export const INVALID_MEDIA = 40007;
/** `errcode` of a message to members when none of them exists or may be written to. */
export const NOBODY_REACHED = 81013;
/** `errcode` of an action on a task that was cancelled. */
export const ALREADY_CANCELLED = 41093;

/** The rule for a non-zero `errcode`; the class is `BUSY` when the code says nothing about the effect. */
export function ruleOf(errcode: number, kind: CallKind): ErrorRule {
  const rule = (kind === "token" ? TOKEN_RULES.get(errcode) : undefined) ?? RULES.get(errcode);
  return rule ?? { effect: kind === "token" ? "CONFIG" : "REQUEST" };
}

/** Class of a call whose effect nobody has told: only calls with effects leave it open. */
export function untoldEffect(kind: CallKind): "UNKNOWN" | "NOT_SENT" {
  return kind === "effect" ? "UNKNOWN" : "NOT_SENT";
}
