import { ChannelError, type ErrorCode, RecallKitError, TransportError } from "@recallkit/core";
import type { EffectClass } from "@recallkit/core/ports";
import { type CallKind, NOT_READY, ruleOf, untoldEffect } from "./error-map.js";

declare module "@recallkit/core" {
  interface ErrorCodes {
    readonly wecom: "card.no-app-id" | "file.no-source";
  }
}

/** Name of the channel in keys, errors and logs. */
export const CHANNEL_NAME = "wecom";

const CODES: Readonly<Partial<Record<EffectClass, ErrorCode>>> = {
  AUTH: "channel.unauthorized",
  CONFIG: "channel.misconfigured",
  RATE_LIMITED: "channel.throttled",
  REQUEST: "channel.rejected",
  RECIPIENT: "channel.rejected",
};

/** A call that WeCom refused with a non-zero `errcode`. `errmsg` is read for its hints only, never passed on. */
export function refusedCall(call: string, kind: CallKind, errcode: number, errmsg: string): ChannelError {
  const rule = ruleOf(errcode, kind);
  const effect = rule.effect === "BUSY" ? untoldEffect(kind) : rule.effect;
  const hint = hintOf(errcode, errmsg);
  const trace = traceId(errmsg);
  return new ChannelError(
    errcode === NOT_READY ? "channel.not-ready" : (CODES[effect] ?? "channel.unavailable"),
    `${call} was refused: errcode ${errcode}`,
    {
      channel: CHANNEL_NAME,
      effect,
      providerCode: String(errcode),
      retryable: effect === "NOT_SENT" || effect === "RATE_LIMITED",
      ...(rule.retryAfterMs !== undefined && { retryAfterMs: rule.retryAfterMs }),
      ...(hint !== undefined && { hint }),
      ...(trace !== undefined && { traceId: trace }),
    },
  );
}

/** HTTP 429. */
export function throttledCall(call: string, retryAfterMs: number): ChannelError {
  const details = { channel: CHANNEL_NAME, effect: "RATE_LIMITED", retryable: true, retryAfterMs } as const;
  return new ChannelError("channel.throttled", `${call} was refused: HTTP 429`, details);
}

/** A call that was not made, because it would have exceeded the limit of its path. */
export function withheldCall(call: string, retryAfterMs: number): ChannelError {
  return new ChannelError("channel.throttled", `${call} was held back by its rate limit`, {
    channel: CHANNEL_NAME,
    effect: "RATE_LIMITED",
    retryable: true,
    retryAfterMs,
  });
}

/** HTTP 401. */
export function unauthorizedCall(call: string, kind: CallKind): ChannelError {
  const effect = kind === "token" ? "CONFIG" : "AUTH";
  return new ChannelError("channel.unauthorized", `${call} was refused: HTTP 401`, { channel: CHANNEL_NAME, effect });
}

/** An answer that is not in the form of the protocol, so that it tells nothing. */
export function brokenAnswer(call: string, kind: CallKind, fault: string, cause?: unknown): ChannelError {
  const effect = untoldEffect(kind);
  return new ChannelError("channel.malformed-response", `${call} answered ${fault}`, {
    channel: CHANNEL_NAME,
    effect,
    retryable: effect === "NOT_SENT",
    cause,
  });
}

/** A call that brought no whole answer. */
export function unansweredCall(call: string, kind: CallKind, error: unknown): ChannelError {
  const isProof = TransportError.is(error) && !error.written;
  const effect = isProof ? "NOT_SENT" : untoldEffect(kind);
  const fault = RecallKitError.is(error) ? error.message : "the transport failed";
  return new ChannelError("channel.unavailable", `${call} brought no answer: ${fault}`, {
    channel: CHANNEL_NAME,
    effect,
    retryable: effect === "NOT_SENT",
    cause: error,
  });
}

/** Something is missing in the channel's options. */
export function misconfigured(
  message: string,
  code: "card.no-app-id" | "channel.misconfigured" | "file.no-source" | "image.no-source" = "channel.misconfigured",
): ChannelError {
  return new ChannelError(code, message, { channel: CHANNEL_NAME, effect: "CONFIG" });
}

/** Content that WeCom does not take, found before any call. */
export function refusedContent(message: string): ChannelError {
  return new ChannelError("channel.rejected", message, { channel: CHANNEL_NAME, effect: "REQUEST" });
}

/** Any failure of the preparations, as proof that nothing was sent. */
export function notSent(error: unknown): ChannelError {
  if (ChannelError.is(error)) return error;
  const details = { channel: CHANNEL_NAME, effect: "NOT_SENT", retryable: true, cause: error } as const;
  return new ChannelError("channel.unavailable", "the preparations failed; nothing was sent", details);
}

/** The caller gave up before anything was written. */
export function abortedCall(signal: AbortSignal): ChannelError {
  const details = { channel: CHANNEL_NAME, effect: "NOT_SENT", retryable: true, cause: signal.reason } as const;
  return new ChannelError("channel.aborted", "the call was aborted before it was sent", details);
}

/** Whether WeCom refused a call with this `errcode`. */
export function isRefusal(error: unknown, errcode: number): error is ChannelError {
  return ChannelError.is(error) && error.providerCode === String(errcode);
}

/** Trace id that WeCom's support asks for, out of an `errmsg`. */
export function traceId(errmsg: string): string | undefined {
  return /hint: \[(\d{1,32})\]/.exec(errmsg)?.[1];
}

function hintOf(errcode: number, errmsg: string): string | undefined {
  if (errcode === 60020) {
    const address = /from ip: ([0-9a-fA-F.:]+)/.exec(errmsg)?.[1] ?? "of this machine";
    return `add the address ${address} to the app's trusted IP list`;
  }
  const field = /field `([\w.[\]]{1,64})`/.exec(errmsg)?.[1];
  return field === undefined ? undefined : `WeCom objects to the field ${field}`;
}
