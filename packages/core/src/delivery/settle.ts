import type { EngineContext } from "../engine/engine-context.js";
import { type EffectClass, RecallKitError } from "../errors.js";
import type { BatchPatch } from "../ports/batch-store.js";
import type { Channel, SendOutcome } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { CallAnswer } from "./ask-channel.js";
import type { Batch } from "./batch.js";
import { answerOf, causeOf, codeOf, delayOf, effectOf } from "./failure.js";
import { insist } from "./insist.js";
import type { Intent } from "./intent.js";
import { believeLateAnswer } from "./late-answer.js";
import { moveMembers } from "./members.js";
import { moveBatch } from "./moves.js";
import { deferredUntil, settleRecipients, sharedMessage, stateAfter } from "./settle-recipients.js";
import { giveBack } from "./spend.js";
import type { BatchState } from "./states.js";
import { LeaseLostError } from "./transition.js";

const MAX_FAULTS = 3;

/** Writes down what the provider said about every recipient. @returns the batch's new state */
export async function settleOutcomes(
  context: EngineContext,
  batch: Batch,
  intent: Intent,
  channel: Channel,
  answer: Extract<CallAnswer, { readonly kind: "answered" }>,
  { mayBeSent }: { readonly mayBeSent: boolean } = { mayBeSent: false },
): Promise<BatchState> {
  const at = context.clock.now();
  const isDoubtful = mayBeSent && (channel.personal || answer.outcomes.every(({ kind }) => kind !== "accepted"));
  const outcomes = isDoubtful ? answer.outcomes.map(believedOfRepeat) : answer.outcomes;
  const unknown = outcomes.filter(({ kind }) => kind === "unknown").length;
  const effect = unknown * 2 >= Math.max(outcomes.length, 1) && unknown > 0 ? "UNKNOWN" : "OK";
  const isNews = noteCall(context, batch, answer.failure, effect, at);
  // One message for all is there for all, or for nobody: a look-up tells.
  if (unknown > 0 && !channel.personal) {
    return settleUnknown(context, batch, intent, { effect: "UNKNOWN", answer: null, isNews });
  }
  const addresses = intent.recipients.map(({ address }) => address);
  const state = stateAfter(outcomes);
  const texts = answer.warnings.map(({ code, detail }) => `${code}: ${detail}`);
  const told = tally(outcomes, texts.length, answer.failure);
  const patch = {
    warnings: [...batch.warnings, ...texts],
    ...patchAfter(context, state, { channel, intent, outcomes, at }),
  };
  const attemptClass = { accepted: "OK", unknown: "UNKNOWN", pending: "DEFER", rejected: "RECIPIENT" }[state];
  try {
    await written(context, async (tx) => {
      await moveBatch(tx, batch, "dispatching", state, at, patch);
      await tx.attempts.close(batch.tenantId, intent.attemptId, { class: attemptClass, answer: told, endedAt: at });
      await settleRecipients(tx, context, batch, channel, { from: "in_batch", addresses, outcomes, at, mayBeSent });
      for (const { code, detail, addresses: about = [] } of answer.warnings) {
        const { tenantId, id: entityId } = batch;
        await tx.alarms.add({ tenantId, code, entity: "batch", entityId, detail, addresses: about, at });
      }
      if (isNews) await alarmChannel(tx, batch, ...newsOf(answer.failure), at);
    });
  } catch (error) {
    if (!LeaseLostError.is(error) || !outcomes.some(({ kind }) => kind === "accepted")) throw error;
    return believeLateAnswer(context, batch, channel, { text: told, addresses, outcomes, at });
  }
  for (const { code } of answer.warnings) context.logger.warn(code, { tenantId: batch.tenantId, batchId: batch.id });
  if (state === "unknown")
    context.logger.warn("batch.outcome_unknown", { tenantId: batch.tenantId, batchId: batch.id });
  return state;
}

/** Of a repeat only a yes says anything: a first message may be there all the same. */
function believedOfRepeat(outcome: SendOutcome): SendOutcome {
  return outcome.kind === "accepted" ? outcome : { kind: "unknown", reason: "repeat" };
}

/** Tells the breaker how a call went, and what kept part of it from being sent. @returns whether that is news */
function noteCall(
  context: EngineContext,
  batch: Batch,
  failure: unknown,
  effect: "OK" | "UNKNOWN",
  at: number,
): boolean {
  const isNews = context.breakers.note(batch, effect, at);
  if (failure === undefined) return isNews;
  const why = effectOf(failure);
  return context.breakers.note(batch, why, at, at + delayOf(context, failure, why, batch.attempts + 1)) || isNews;
}

function newsOf(failure: unknown): [effect: EffectClass, cause: string] {
  return failure === undefined ? ["UNKNOWN", "unknown"] : [effectOf(failure), codeOf(failure)];
}

/** What an attempt row keeps of an answer: how many of each, never whom. */
function tally(outcomes: readonly SendOutcome[], warnings: number, failure: unknown): string {
  const count = (kind: SendOutcome["kind"]) => outcomes.filter((outcome) => outcome.kind === kind).length;
  return JSON.stringify({
    recipients: outcomes.length,
    refused: count("refused"),
    warnings,
    ...(count("unknown") > 0 && { unknown: count("unknown") }),
    ...(failure !== undefined && { code: codeOf(failure) }),
  });
}

function patchAfter(
  { timings }: EngineContext,
  state: ReturnType<typeof stateAfter>,
  {
    channel,
    intent,
    outcomes,
    at,
  }: {
    readonly channel: Channel;
    readonly intent: Intent;
    readonly outcomes: readonly SendOutcome[];
    readonly at: number;
  },
): BatchPatch {
  switch (state) {
    case "accepted":
      return {
        providerMessageId: sharedMessage(outcomes),
        acceptedAt: at,
        notBefore: at + timings.resultsPollMs,
        settled: channel.results === undefined,
      };
    case "unknown":
      return { lookUps: 0, notBefore: intent.startedAt + (timings.reconcileScheduleMs[0] ?? 0) };
    case "pending":
      return { reason: "deferred", notBefore: deferredUntil(outcomes) };
    case "rejected":
      return { reason: "all_refused" };
  }
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
  const answer = answerOf(error);
  if (effect === "AUTH" || effect === "CONFIG") context.forgetChannels(batch.tenantId);
  const notBefore = at + delayOf(context, error, effect, intent.attempt);
  const isNews = context.breakers.note(batch, effect, at, notBefore);
  if (certainty.mayBeSent || effect === "UNKNOWN" || effect === "BUSY") {
    return settleUnknown(context, batch, intent, { effect, answer, isNews, error });
  }
  if (effect === "REQUEST" || effect === "QUOTA" || effect === "RECIPIENT") {
    await written(context, async (tx) => {
      const reason = `${effect.toLowerCase()}:${codeOf(error)}`;
      await moveBatch(tx, batch, "dispatching", "rejected", at, { reason });
      await tx.attempts.close(batch.tenantId, intent.attemptId, { class: effect, answer, endedAt: at });
      await moveMembers(tx, batch, "in_batch", "failed", "request_rejected", at);
      await giveBack(tx, batch);
    });
    context.logger.warn("batch.rejected", { tenantId: batch.tenantId, batchId: batch.id, code: codeOf(error) });
    return "rejected";
  }
  await written(context, async (tx) => {
    const patch = { notBefore, reason: effect.toLowerCase() };
    await moveBatch(tx, batch, "dispatching", "pending", at, patch);
    await tx.attempts.close(batch.tenantId, intent.attemptId, { class: effect, answer, endedAt: at });
    await giveBack(tx, batch);
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
    error,
  }: {
    readonly effect: EffectClass;
    readonly answer: string | null;
    readonly isNews: boolean;
    readonly error?: unknown;
  },
): Promise<BatchState> {
  const at = context.clock.now();
  await written(context, async (tx) => {
    const patch = { lookUps: 0, notBefore: intent.startedAt + (context.timings.reconcileScheduleMs[0] ?? 0) };
    await moveBatch(tx, batch, "dispatching", "unknown", at, patch);
    await tx.attempts.close(batch.tenantId, intent.attemptId, { class: effect, answer, endedAt: at });
    await moveMembers(tx, batch, "in_batch", "unknown", null, at);
    if (isNews) await alarmChannel(tx, batch, effect, effect.toLowerCase(), at);
    await alarmCause(tx, batch, error, at);
  });
  const { tenantId, id: batchId } = batch;
  context.logger.warn("batch.outcome_unknown", { tenantId, batchId, ...logged(error) });
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
    if (dead || isNews) await alarmChannel(tx, batch, dead ? "BUG" : effect, causeOf(error) ?? codeOf(error), at);
    await alarmCause(tx, batch, error, at);
  });
  if (effect === "AUTH" || effect === "CONFIG") context.forgetChannels(batch.tenantId);
  context.logger.warn(dead ? "batch.dead" : "batch.returned", {
    tenantId: batch.tenantId,
    batchId: batch.id,
    ...logged(error),
  });
  return dead ? "dead" : "pending";
}

/** How often a second fits into an age by doubling: the longer a batch waits, the rarer it is tried. */
function doublings(ageMs: number): number {
  return Math.max(0, Math.floor(Math.log2(ageMs / 1000)));
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

/** A channel that throws what no channel should: said once per push, with its cause. */
async function alarmCause(tx: Stores, batch: Batch, error: unknown, at: number): Promise<void> {
  const cause = error === undefined ? undefined : causeOf(error);
  if (cause === undefined) return;
  const { tenantId, occurrenceId: entityId, channel } = batch;
  const detail = `${channel}: ${cause}`;
  await tx.alarms.addOnce({ tenantId, code: "channel.exception", entity: "occurrence", entityId, detail, at });
}

function logged(error: unknown): { readonly code?: string; readonly cause?: string } {
  if (error === undefined) return {};
  const cause = causeOf(error);
  return { code: codeOf(error), ...(cause !== undefined && { cause }) };
}
