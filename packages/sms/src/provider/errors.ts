import { ChannelError, type ErrorCode, RecallKitError, TransportError } from "@recallkit/core";
import type { EffectClass } from "@recallkit/core/ports";

/** Name of the channel in keys, errors and logs. */
export const CHANNEL_NAME = "sms";

/** What a call can do: nothing that a recipient notices, or something that one may notice. */
export type CallKind = "harmless" | "effect";

const CODES: Readonly<Partial<Record<EffectClass, ErrorCode>>> = {
  AUTH: "channel.unauthorized",
  CONFIG: "channel.misconfigured",
  RATE_LIMITED: "channel.throttled",
  REQUEST: "channel.rejected",
};

/** A call that the provider refused as a whole, so that nothing was sent. The provider's text is never passed on. */
export function refusedCall(
  call: string,
  effect: Exclude<EffectClass, "OK" | "UNKNOWN" | "BUSY">,
  providerCode: string,
  more: { readonly retryAfterMs?: number | undefined; readonly hint?: string | undefined } = {},
): ChannelError {
  return new ChannelError(CODES[effect] ?? "channel.unavailable", `${call} was refused: ${providerCode}`, {
    channel: CHANNEL_NAME,
    effect,
    providerCode,
    retryable: effect === "NOT_SENT" || effect === "RATE_LIMITED",
    ...(more.retryAfterMs !== undefined && { retryAfterMs: more.retryAfterMs }),
    ...(more.hint !== undefined && { hint: more.hint }),
  });
}

/** A call whose effect the provider's answer leaves open: a code for busy or unknown faults, or another form than documented. */
export function untoldCall(call: string, kind: CallKind, what: string, providerCode?: string): ChannelError {
  const effect = kind === "effect" ? "UNKNOWN" : "NOT_SENT";
  return new ChannelError("channel.malformed-response", `${call} answered ${what}`, {
    channel: CHANNEL_NAME,
    effect,
    retryable: effect === "NOT_SENT",
    ...(providerCode !== undefined && { providerCode }),
  });
}

/** A call that brought no whole answer. */
export function unansweredCall(call: string, kind: CallKind, error: unknown): ChannelError {
  const isProof = TransportError.is(error) && !error.written;
  const effect = isProof || kind === "harmless" ? "NOT_SENT" : "UNKNOWN";
  const fault = RecallKitError.is(error) ? error.message : "the transport failed";
  return new ChannelError("channel.unavailable", `${call} brought no answer: ${fault}`, {
    channel: CHANNEL_NAME,
    effect,
    retryable: effect === "NOT_SENT",
    cause: error,
  });
}

/** The caller gave up, or it is too late, before anything was written. */
export function notSent(what: string): ChannelError {
  return new ChannelError("channel.unavailable", what, { channel: CHANNEL_NAME, effect: "NOT_SENT", retryable: true });
}

/** A batch or a content that no provider would take, found before any call. */
export function refusedBefore(what: string): ChannelError {
  return new ChannelError("channel.rejected", what, { channel: CHANNEL_NAME, effect: "REQUEST" });
}

/** Why an outcome is unknown, for the ledger. */
export function unknownReason(error: ChannelError): string {
  if (error.providerCode !== undefined) return `code ${error.providerCode}`;
  return RecallKitError.is(error.cause) ? error.cause.code : error.code;
}
