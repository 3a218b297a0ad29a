import type { SendOutcome } from "@recallkit/core/ports";
import { type HaltEffect, haltedCall, untoldCall } from "./call-errors.js";

/** What follows from a provider's code: for one recipient, or, where the account or the whole call is meant, for all. */
export type CodeRule =
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "deferred"; readonly ms: number }
  | { readonly kind: "halted"; readonly effect: HaltEffect; readonly hint?: string }
  | { readonly kind: "unknown" };

/** A line of a provider's table; `docs/errors.md` is made of them. */
export interface ProviderCode {
  /** As the provider writes it. */
  readonly code: string;
  readonly meaning: string;
  readonly rule: CodeRule;
  /** Where the provider, or whoever saw it, says so. */
  readonly source: string;
}

export const refused = (reason: string): CodeRule => ({ kind: "refused", reason });
export const deferred = (ms: number): CodeRule => ({ kind: "deferred", ms });
export const halted = (effect: HaltEffect, hint?: string): CodeRule => ({
  kind: "halted",
  effect,
  ...(hint !== undefined && { hint }),
});
export const unknown: CodeRule = { kind: "unknown" };

export const MINUTE = 60_000;

/** A refusal and when it was told. */
export interface Refusal {
  readonly channel: string;
  /** Names the call in errors. */
  readonly call: string;
  readonly code: string;
  readonly rule: CodeRule;
  /** Epoch ms. */
  readonly now: number;
  readonly retryAfterMs?: number | undefined;
}

/** The outcome of a refused call of one message. @throws {ChannelError} the account or the call is meant: nothing was sent */
export function outcomeOf({ channel, call, code, rule, now, retryAfterMs }: Refusal): SendOutcome {
  switch (rule.kind) {
    case "refused":
      return { kind: "refused", reason: rule.reason, providerCode: code };
    case "deferred":
      return { kind: "deferred", notBefore: now + (retryAfterMs ?? rule.ms) };
    case "unknown":
      return { kind: "unknown", reason: `code ${code}` };
    case "halted":
      throw haltedCall(channel, rule.effect, `${call} was refused: ${code}`, {
        providerCode: code,
        retryAfterMs,
        hint: rule.hint,
      });
  }
}

/** The error of a refused call that nobody receives anything by: a token, an id. */
export function harmlessRefusal({ channel, call, code, rule, retryAfterMs }: Refusal): Error {
  if (rule.kind !== "halted") return untoldCall(channel, "harmless", `${call} answered code ${code}`, code);
  return haltedCall(channel, rule.effect, `${call} was refused: ${code}`, {
    providerCode: code,
    retryAfterMs,
    hint: rule.hint,
  });
}
