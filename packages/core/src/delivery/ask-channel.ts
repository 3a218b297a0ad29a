import { slicesOf } from "../chunks.js";
import { AbandonedCallError, callChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import { inParallel } from "../engine/slots.js";
import { ChannelError, type EffectClass } from "../errors.js";
import type { Recipient, SendOutcome, SendWarning } from "../ports/channel.js";
import type { Batch } from "./batch.js";
import { checkedOutcomes } from "./check-answers.js";
import { delayOf, effectOf } from "./failure.js";
import type { Intent } from "./intent.js";
import type { Message } from "./recipients.js";

/** Calls of one batch under way at once, on personal channels. */
const CALLS_AT_ONCE = 16;
const MOST_WARNINGS = 20;

/** A call that was given up and may still be answered. */
export interface LateCall {
  readonly recipients: readonly Recipient[];
  readonly answer: Promise<unknown>;
}

/** What came of asking a channel to send a batch. */
export type CallAnswer =
  | {
      readonly kind: "answered";
      /** One per recipient of the intent, in their order. */
      readonly outcomes: readonly SendOutcome[];
      readonly warnings: readonly SendWarning[];
      /** Why some of them were not sent; undefined: no call failed. */
      readonly failure: unknown;
      readonly late: readonly LateCall[];
    }
  | { readonly kind: "failed"; readonly error: unknown; readonly late: readonly LateCall[] };

type PartAnswer =
  | { readonly outcomes: readonly SendOutcome[] }
  | { readonly error: unknown; readonly effect: EffectClass };

/** Hands a batch to its channel: in one call, or on a personal channel in several at once, of which each stands for itself. */
export async function askChannel(
  context: EngineContext,
  batch: Pick<Batch, "tenantId" | "marker">,
  message: Message,
  intent: Intent,
): Promise<CallAnswer> {
  const { channel } = message;
  const { recipients } = intent;
  const writeBy = intent.monotonic + context.timings.sendDeadlineMs;
  const warnings: SendWarning[] = [];
  const late: LateCall[] = [];
  const onWarning = (warning: SendWarning) => {
    if (warnings.length < MOST_WARNINGS) warnings.push(warning);
  };
  // Once nothing can be sent, the calls behind would only say the same.
  let halt: Extract<PartAnswer, { readonly error: unknown }> | undefined;

  const ask = async (part: readonly Recipient[]): Promise<PartAnswer> => {
    if (halt) return halt;
    const { clock } = context;
    try {
      if (clock.monotonic() > writeBy) throw tooLate(channel.name);
      const { tenantId, marker } = batch;
      const { content, mayBeSentSince } = intent;
      const outgoing = { tenantId, marker, content, recipients: part, ...(mayBeSentSince && { mayBeSentSince }) };
      const answer: unknown = await callChannel(context, channel.name, (signal) =>
        channel.send(outgoing, { writeBy, signal, onWarning }),
      );
      return { outcomes: checkedOutcomes(channel.name, answer, part.length) };
    } catch (error) {
      if (error instanceof AbandonedCallError) late.push({ recipients: part, answer: error.answer });
      const failed = { error, effect: effectOf(error) };
      if (isNotSent(failed.effect)) halt = failed;
      return failed;
    }
  };

  const parts = channel.personal ? [...slicesOf(recipients, channel.maxBatchSize)] : [recipients];
  const answers = await inParallel(parts, CALLS_AT_ONCE, ask);
  const failures = answers.filter((answer) => "error" in answer);
  const [first] = failures;
  if (first && failures.length === answers.length && failures.every((one) => isAlike(one.effect, first.effect))) {
    return { kind: "failed", error: first.error, late };
  }
  const until = halt && context.clock.now() + delayOf(context, halt.error, halt.effect, intent.attempt);
  const outcomes = answers.flatMap((answer, index) =>
    "outcomes" in answer ? answer.outcomes : (parts[index] ?? []).map(() => outcomeOf(answer.effect, until ?? 0)),
  );
  return { kind: "answered", outcomes, warnings, failure: halt?.error, late };
}

/** The outcome of everybody in a call that failed. */
function outcomeOf(effect: EffectClass, until: number): SendOutcome {
  if (isNotSent(effect)) return { kind: "deferred", notBefore: until };
  if (isRefused(effect)) return { kind: "refused", reason: "request_rejected" };
  return { kind: "unknown", reason: effect.toLowerCase() };
}

function isRefused(effect: EffectClass): boolean {
  return effect === "REQUEST" || effect === "QUOTA" || effect === "RECIPIENT";
}

function isNotSent(effect: EffectClass): boolean {
  return !isRefused(effect) && effect !== "UNKNOWN" && effect !== "BUSY";
}

/** Whether two failures mean the same for the recipients. */
function isAlike(a: EffectClass, b: EffectClass): boolean {
  return isNotSent(a) === isNotSent(b) && isRefused(a) === isRefused(b);
}

function tooLate(channel: string): ChannelError {
  return new ChannelError("channel.unavailable", "too late to send", { channel, effect: "NOT_SENT", retryable: true });
}
