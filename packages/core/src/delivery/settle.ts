import type { EngineContext } from "../engine/engine-context.js";
import { ChannelError, type EffectClass, RecallKitError, TransportError } from "../errors.js";
import type { Channel, SendOutcome, SendWarning } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import { backoffMs } from "./backoff.js";
import type { Batch } from "./batch.js";
import { insist } from "./insist.js";
import type { Intent } from "./intent.js";
import { believeLateAnswer } from "./late-answer.js";
import { moveMembers } from "./members.js";
import { moveBatch } from "./moves.js";
import { deferredUntil, settleRecipients } from "./settle-recipients.js";
import type { BatchState } from "./states.js";
import { LeaseLostError } from "./transition.js";

const MINUTE = 60_000;
const MAX_FAULTS = 3;

/** Writes down what the provider said about every recipient. @returns the batch's new state */
export async function settleOutcomes(
  context: EngineContext,
  batch: Batch,
  intent: Intent,
  channel: Channel,
  outcomes: readonly SendOutcome[],
  warnings: readonly SendWarning[],
  { mayBeSent }: { readonly mayBeSent: boolean } = { mayBeSent: false },
): Promise<BatchState> {
  const at = context.clock.now();
  if (outcomes.some((outcome) => outcome.kind === "unknown")) {
    const isNews = context.breakers.note(batch, "UNKNOWN", at);
    return settleUnknown(context, batch, intent, { effect: "UNKNOWN", answer: null, isNews });
  }
  context.breakers.note(batch, "OK", at);
  const accepted = outcomes.find((outcome) => outcome.kind === "accepted");
  const refused = outcomes.filter((outcome) => outcome.kind === "refused").length;
  const texts = warnings.map(({ code, detail }) => `${code}: ${detail}`);
  const answer = JSON.stringify({ recipients: outcomes.length, refused, warnings: texts.length });
  const notBefore = deferredUntil(outcomes);
  const state: BatchState = accepted ? "accepted" : notBefore > 0 ? "pending" : "rejected";
  const { addresses } = intent;
  const told = { warnings: [...batch.warnings, ...texts] };
  const patch = accepted
    ? {
        ...told,
        providerMessageId: accepted.providerMessageId,
        acceptedAt: at,
        notBefore: at + context.timings.resultsPollMs,
        settled: channel.results === undefined,
      }
    : { ...told, ...(notBefore > 0 ? { reason: "deferred", notBefore } : { reason: "all_refused" }) };
  try {
    await written(context, async (tx) => {
      await moveBatch(tx, batch, "dispatching", state, at, patch);
      await tx.attempts.close(batch.tenantId, intent.attemptId, {
        class: accepted ? "OK" : notBefore > 0 ? "DEFER" : "RECIPIENT",
        answer,
        endedAt: at,
      });
      await settleRecipients(tx, context, batch, channel, { from: "in_batch", addresses, outcomes, at, mayBeSent });
      for (const { code, detail } of warnings) {
        await tx.alarms.add({ tenantId: batch.tenantId, code, entity: "batch", entityId: batch.id, detail, at });
      }
    });
  } catch (error) {
    if (!LeaseLostError.is(error) || !accepted) throw error;
    const { providerMessageId } = accepted;
    return believeLateAnswer(context, batch, channel, { providerMessageId, text: answer, addresses, outcomes, at });
  }
  for (const { code } of warnings) context.logger.warn(code, { tenantId: batch.tenantId, batchId: batch.id });
  return state;
}

/**
 * A call that threw: back to `pending` with proof that nothing was sent, `rejected` for good, else `unknown`.
 *
 * @param certainty `mayBeSent`: an earlier call of the batch may have been performed, so that nothing about this one proves
 *   that nobody has it
 */
export async function settleFailure(
  context: EngineContext,
  batch: Batch,
  intent: Intent,
  error: unknown,
  certainty: { readonly mayBeSent: boolean } = { mayBeSent: false },
): Promise<BatchState> {
  const effect = effectOf(error);
  const at = context.clock.now();
  const answer = JSON.stringify({
    code: codeOf(error),
    provider: ChannelError.is(error) ? (error.providerCode ?? null) : null,
  });
  const notBefore = at + delayOf(context, error, effect, intent.attempt);
  const isNews = context.breakers.note(batch, effect, at, notBefore);
  if (certainty.mayBeSent || effect === "UNKNOWN" || effect === "BUSY") {
    return settleUnknown(context, batch, intent, { effect, answer, isNews });
  }
  if (effect === "REQUEST" || effect === "QUOTA" || effect === "RECIPIENT") {
    await written(context, async (tx) => {
      const reason = `${effect.toLowerCase()}:${codeOf(error)}`;
      await moveBatch(tx, batch, "dispatching", "rejected", at, { reason });
      await tx.attempts.close(batch.tenantId, intent.attemptId, { class: effect, answer, endedAt: at });
      await moveMembers(tx, batch, "in_batch", "failed", "request_rejected", at);
      await tx.deliveries.refundCaps(batch.tenantId, batch.id);
    });
    context.logger.warn("batch.rejected", { tenantId: batch.tenantId, batchId: batch.id, code: codeOf(error) });
    return "rejected";
  }
  await written(context, async (tx) => {
    const patch = { notBefore, reason: effect.toLowerCase() };
    await moveBatch(tx, batch, "dispatching", "pending", at, patch);
    await tx.attempts.close(batch.tenantId, intent.attemptId, { class: effect, answer, endedAt: at });
    await tx.deliveries.refundCaps(batch.tenantId, batch.id);
    if (isNews) await alarmChannel(tx, batch, effect, codeOf(error), at);
  });
  return "pending";
}

/** One transaction, insisted on: what is known of a call gets lost with it. */
function written<T>(context: EngineContext, work: (tx: Stores) => Promise<T>): Promise<T> {
  return insist(context, () => context.stores.transaction(work));
}

async function settleUnknown(
  context: EngineContext,
  batch: Batch,
  intent: Intent,
  {
    effect,
    answer,
    isNews,
  }: { readonly effect: EffectClass; readonly answer: string | null; readonly isNews: boolean },
): Promise<BatchState> {
  const at = context.clock.now();
  await written(context, async (tx) => {
    const patch = { lookUps: 0, notBefore: intent.startedAt + (context.timings.reconcileScheduleMs[0] ?? 0) };
    await moveBatch(tx, batch, "dispatching", "unknown", at, patch);
    await tx.attempts.close(batch.tenantId, intent.attemptId, { class: effect, answer, endedAt: at });
    await moveMembers(tx, batch, "in_batch", "unknown", null, at);
    if (isNews) await alarmChannel(tx, batch, effect, effect.toLowerCase(), at);
  });
  context.logger.warn("batch.outcome_unknown", { tenantId: batch.tenantId, batchId: batch.id });
  return "unknown";
}

/** Gives a batch back that never came to its intent; the third error of our own ends it as `dead`. */
export async function returnBatch(context: EngineContext, batch: Batch, error: unknown): Promise<BatchState> {
  const effect = effectOf(error);
  // Whatever may work later is no fault of the batch: a provider out of reach, a store under load.
  const ours = effect === "UNKNOWN" && !(RecallKitError.is(error) && error.retryable);
  const at = context.clock.now();
  const faults = ours ? batch.faults + 1 : batch.faults;
  const dead = faults >= MAX_FAULTS;
  const notBefore = at + delayOf(context, error, effect, doublings(at - batch.createdAt));
  // Before the first byte UNKNOWN says nothing about the channel.
  const isNews = effect !== "UNKNOWN" && context.breakers.note(batch, effect, at, notBefore);
  await context.stores.transaction(async (tx) => {
    const patch = { faults, notBefore, reason: effect === "UNKNOWN" ? codeOf(error) : effect.toLowerCase() };
    await moveBatch(tx, batch, "leased", "pending", at, patch);
    if (dead) await moveBatch(tx, batch, "pending", "dead", at);
    if (dead || isNews) await alarmChannel(tx, batch, dead ? "BUG" : effect, codeOf(error), at);
  });
  context.logger.warn(dead ? "batch.dead" : "batch.returned", {
    tenantId: batch.tenantId,
    batchId: batch.id,
    code: codeOf(error),
  });
  return dead ? "dead" : "pending";
}

/** How often a second fits into an age by doubling: the longer a batch waits, the rarer it is tried. */
function doublings(ageMs: number): number {
  return Math.max(0, Math.floor(Math.log2(ageMs / 1000)));
}

function effectOf(error: unknown): EffectClass {
  if (ChannelError.is(error)) return error.effect;
  if (TransportError.is(error)) return error.written ? "UNKNOWN" : "NOT_SENT";
  return "UNKNOWN";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "bug";
}

function delayOf(context: EngineContext, error: unknown, effect: EffectClass, tries: number): number {
  if (effect === "RATE_LIMITED") {
    const told = ChannelError.is(error) ? error.retryAfterMs : undefined;
    return told ?? MINUTE - (context.clock.now() % MINUTE);
  }
  if (effect === "CONFIG" || effect === "AUTH") return MINUTE;
  return backoffMs(context.random.next(), tries);
}

const ALARMS: Readonly<Partial<Record<EffectClass, string>>> = {
  BUG: "batch.dead",
  AUTH: "channel.unauthorized",
  CONFIG: "channel.misconfigured",
  NOT_SENT: "channel.breaker-open",
  UNKNOWN: "channel.breaker-open",
};

async function alarmChannel(tx: Stores, batch: Batch, effect: EffectClass, cause: string, at: number): Promise<void> {
  const code = ALARMS[effect];
  const detail = `${batch.channel}: ${cause}`;
  if (code) await tx.alarms.add({ tenantId: batch.tenantId, code, entity: "batch", entityId: batch.id, detail, at });
}
