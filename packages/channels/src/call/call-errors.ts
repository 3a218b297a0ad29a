import { ChannelError, type ErrorCode, RecallKitError, TransportError } from "@recallkit/core";
import type { EffectClass } from "@recallkit/core/ports";

/** What a call can do: nothing that a recipient notices, or something that one may notice. */
export type CallKind = "harmless" | "effect";

/** What a refusal of a whole call may prove. */
export type HaltEffect = Extract<EffectClass, "NOT_SENT" | "RATE_LIMITED" | "AUTH" | "CONFIG" | "REQUEST">;

const CODES: Readonly<Record<HaltEffect, ErrorCode>> = {
  AUTH: "channel.unauthorized",
  CONFIG: "channel.misconfigured",
  NOT_SENT: "channel.unavailable",
  RATE_LIMITED: "channel.throttled",
  REQUEST: "channel.rejected",
};

/** Facts about a refusal. */
export interface RefusalFacts {
  readonly providerCode?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** What the reader can do about it. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** A call that proves by its end that nothing was sent. `what` holds no address, text or secret. */
export function haltedCall(channel: string, effect: HaltEffect, what: string, facts: RefusalFacts = {}): ChannelError {
  const { providerCode, retryAfterMs, hint, cause } = facts;
  return new ChannelError(CODES[effect], what, {
    channel,
    effect,
    retryable: effect === "NOT_SENT" || effect === "RATE_LIMITED",
    ...(providerCode !== undefined && { providerCode }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
  });
}

/** A batch or a content that no provider would take, found before any call. */
export function refusedBefore(channel: string, what: string): ChannelError {
  return haltedCall(channel, "REQUEST", what);
}

/** The caller gave up, or it is too late, before anything was written. */
export function notSent(channel: string, what: string, cause?: unknown): ChannelError {
  return haltedCall(channel, "NOT_SENT", what, { cause });
}

/** A call whose effect the provider's answer leaves open: a code for faults inside, or another form than documented. */
export function untoldCall(channel: string, kind: CallKind, what: string, providerCode?: string): ChannelError {
  return new ChannelError("channel.malformed-response", what, {
    channel,
    effect: kind === "effect" ? "UNKNOWN" : "NOT_SENT",
    retryable: kind === "harmless",
    ...(providerCode !== undefined && { providerCode }),
  });
}

/** A call that brought no whole answer. */
export function unansweredCall(channel: string, name: string, kind: CallKind, error: unknown): ChannelError {
  const isProof = TransportError.is(error) && !error.written;
  const isHarmless = isProof || kind === "harmless";
  const fault = RecallKitError.is(error) ? error.message : "the transport failed";
  return new ChannelError("channel.unavailable", `${name} brought no answer: ${fault}`, {
    channel,
    effect: isHarmless ? "NOT_SENT" : "UNKNOWN",
    retryable: isHarmless,
    cause: error,
  });
}

/** Why an outcome is unknown, for the ledger. */
export function unknownReason(error: ChannelError): string {
  if (error.providerCode !== undefined) return `code ${error.providerCode}`;
  return RecallKitError.is(error.cause) ? error.cause.code : error.code;
}
