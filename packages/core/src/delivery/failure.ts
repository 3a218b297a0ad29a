import type { EngineContext } from "../engine/engine-context.js";
import { foreignCause } from "../engine/foreign-error.js";
import { ChannelError, type EffectClass, RecallKitError, TransportError } from "../errors.js";
import { backoffMs } from "./backoff.js";

const MINUTE = 60_000;

/** Classes by which a channel may tell what it knows; any other word of it proves nothing. */
const TOLD: readonly EffectClass[] = [
  "NOT_SENT",
  "RATE_LIMITED",
  "AUTH",
  "CONFIG",
  "DEFER",
  "RECIPIENT",
  "REQUEST",
  "QUOTA",
  "BUSY",
];

/** What an exception of a channel says about its effect. Only an error made for it is proof. */
export function effectOf(error: unknown): EffectClass {
  if (ChannelError.is(error)) return TOLD.includes(error.effect) ? error.effect : "UNKNOWN";
  if (TransportError.is(error)) return error.written ? "UNKNOWN" : "NOT_SENT";
  return "UNKNOWN";
}

/** Code of an error of ours, `bug` for any other. */
export function codeOf(error: unknown): string {
  return RecallKitError.is(error) ? error.code : "bug";
}

/** The cause of an exception that is none of ours, redacted; undefined for ours, whose codes say enough. */
export function causeOf(error: unknown): string | undefined {
  return RecallKitError.is(error) ? undefined : foreignCause(error);
}

/** What an attempt row keeps of a failure: codes, and the redacted cause of a foreign exception. JSON. */
export function answerOf(error: unknown): string {
  const provider = ChannelError.is(error) ? (error.providerCode ?? null) : null;
  const cause = causeOf(error);
  return JSON.stringify({ code: codeOf(error), provider, ...(cause !== undefined && { cause }) });
}

/** How long to wait after a failure, ms: as the provider says, else by its class. */
export function delayOf(
  { clock, random }: Pick<EngineContext, "clock" | "random">,
  error: unknown,
  effect: EffectClass,
  tries: number,
): number {
  if (effect === "RATE_LIMITED") {
    const told = ChannelError.is(error) ? error.retryAfterMs : undefined;
    return told ?? MINUTE - (clock.now() % MINUTE);
  }
  if (effect === "CONFIG" || effect === "AUTH") return MINUTE;
  return backoffMs(random.next(), tries);
}
