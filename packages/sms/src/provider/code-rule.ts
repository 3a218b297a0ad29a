import type { ChannelError } from "@recallkit/core";
import type { EffectClass, SendOutcome } from "@recallkit/core/ports";
import { refusedCall, unknownReason } from "./errors.js";

/** What follows from a provider's code: for one number, or, where the account or the whole call is meant, for all of them. */
export type CodeRule =
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "deferred"; readonly ms: number }
  | {
      readonly kind: "halted";
      readonly effect: Extract<EffectClass, "AUTH" | "CONFIG" | "RATE_LIMITED" | "REQUEST">;
      readonly hint: string;
    }
  | { readonly kind: "unknown" };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const WAITS = {
  seconds30: 30 * SECOND,
  minutes5: 5 * MINUTE,
  hour: HOUR,
  hours6: 6 * HOUR,
  day: 24 * HOUR,
} as const;

/** How long those wait who were held back by a fault of the account, while others of the call went out. */
export const HALT_MS = 15 * MINUTE;

export const refused = (reason: string): CodeRule => ({ kind: "refused", reason });
export const deferred = (ms: number): CodeRule => ({ kind: "deferred", ms });
export const config = (hint: string): CodeRule => ({ kind: "halted", effect: "CONFIG", hint });
export const auth = (hint: string): CodeRule => ({ kind: "halted", effect: "AUTH", hint });
export const bug = (hint: string): CodeRule => ({ kind: "halted", effect: "REQUEST", hint });
export const slower: CodeRule = { kind: "halted", effect: "RATE_LIMITED", hint: "the account calls too fast" };

/** The outcome of one message that was refused with a code. */
export function outcomeOfRule(rule: CodeRule, code: string, now: number): SendOutcome {
  if (rule.kind === "unknown") return { kind: "unknown", reason: `code ${code}` };
  if (rule.kind === "refused") return { kind: "refused", reason: rule.reason, providerCode: code };
  return { kind: "deferred", notBefore: now + (rule.kind === "deferred" ? rule.ms : HALT_MS) };
}

/** The outcome of a call of one message that was refused as a whole. @throws {ChannelError} the account is meant: nothing was sent */
export function settledRefusal(call: string, rule: CodeRule, code: string, now: number): SendOutcome {
  if (rule.kind === "halted") throw refusedCall(call, rule.effect, code, { hint: rule.hint });
  return outcomeOfRule(rule, code, now);
}

/** Outcomes of a call whose effect nobody knows. @throws the error, where it proves that nothing was sent */
export function outcomesOfLoss(error: ChannelError, count: number): readonly SendOutcome[] {
  if (error.effect !== "UNKNOWN") throw error;
  const reason = unknownReason(error);
  return Array.from({ length: count }, () => ({ kind: "unknown", reason }));
}
