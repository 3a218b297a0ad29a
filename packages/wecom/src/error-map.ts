import type { EffectClass } from "@recallkit/core/ports";
import { WECOM_ERRORS, WECOM_TOKEN_ERRORS } from "./error-table.js";

/** What a call can do: hand out a token, nothing that a recipient notices, or something that one may notice. */
export type CallKind = "token" | "harmless" | "effect";

/** What follows from an `errcode`. */
export interface ErrorRule {
  readonly effect: EffectClass;
  /** Wait before the next try, in ms. */
  readonly retryAfterMs?: number;
}

const RULES: ReadonlyMap<number, ErrorRule> = new Map(WECOM_ERRORS.map((row) => [row.errcode, row]));
const TOKEN_RULES: ReadonlyMap<number, ErrorRule> = new Map(WECOM_TOKEN_ERRORS.map((row) => [row.errcode, row]));

/** `errcode` of results that are asked for before the task was dispatched. */
export const NOT_READY = 41063;
/** `errcode` of an expired or foreign media id. */
export const INVALID_MEDIA = 40007;
/** `errcode` of a parameter that breaks a limit. */
export const BAD_PARAMETER = 40058;
/** `errcode` of a relation that does not exist, also of a member without customers. */
export const NO_RELATION = 84061;
/** `errcode` of a cursor that WeCom does not know any more. */
export const BAD_CURSOR = 50100;
/** `errcode` of members all of whom lack an interoperability licence. */
export const NO_LICENCE = 701008;
/** `errcode` of too many calls: for a while every further one is refused too. */
export const TOO_FREQUENT = 45009;
/** `errcode` of a message to members when none of them exists or may be written to. */
export const NOBODY_REACHED = 81013;
/** `errcode` of a message to a customer under a key that was sent already. */
export const REPEATED_KEY = 95005;
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
