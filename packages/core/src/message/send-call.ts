import { checkedOutcomes } from "../delivery/check-answers.js";
import { causeOf, codeOf, delayOf, effectOf } from "../delivery/failure.js";
import { RESTORED } from "../delivery/reconcile.js";
import { AbandonedCallError, callChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import { ChannelError, type EffectClass } from "../errors.js";
import type { SendOutcome } from "../ports/channel.js";
import type { MessageWrite } from "../ports/message-store.js";
import type { Stores } from "../ports/stores.js";
import { believeLate } from "./believe-late.js";
import type { Message, MessageEvent } from "./message.js";
import { doubtOf, type MessageCall, moved } from "./message-call.js";
import type { Settler } from "./settler.js";

/** Hands one call over and writes down what became of everybody in it. After the claim only proof says that nothing was sent. */
export async function sendCall(context: EngineContext, settler: Settler, call: MessageCall): Promise<void> {
  try {
    const answer = await ask(context, call);
    await settleAnswer(context, settler, call, answer);
  } finally {
    call.release();
  }
}

/** What came of asking: one outcome for each member. */
interface Answer {
  readonly outcomes: readonly SendOutcome[];
  readonly effect: EffectClass;
  /** What failed; undefined: nothing did. */
  readonly error?: unknown;
}

async function ask(context: EngineContext, call: MessageCall): Promise<Answer> {
  const { channel, members, tenantId, monotonic, mayBeSent } = call;
  const { clock, timings } = context;
  const writeBy = monotonic + timings.sendDeadlineMs;
  const [first] = members;
  if (!first) return { outcomes: [], effect: "OK" };
  try {
    const batch = {
      tenantId,
      marker: first.recipient.marker,
      content: channel.personal ? call.definition.content : first.recipient.content,
      recipients: members.map(({ recipient }) => recipient),
      ...(mayBeSent && { mayBeSentSince: doubtfulSince(first.message) }),
    };
    if (channel.prepare) {
      const { content } = batch;
      await callChannel(context, channel.name, async (signal) =>
        channel.prepare?.(tenantId, content, { signal }),
      ).catch(unsent);
    }
    if (clock.monotonic() > writeBy) throw tooLate(channel.name);
    const answer: unknown = await callChannel(context, channel.name, (signal) =>
      channel.send(batch, { writeBy, signal }),
    );
    return { outcomes: checkedOutcomes(channel.name, answer, members.length), effect: "OK" };
  } catch (error) {
    if (error instanceof AbandonedCallError) believeLate(context, call, error.answer);
    const effect = effectOf(error);
    const now = clock.now();
    const until = now + delayOf(context, error, effect, first.message.attempts);
    return { outcomes: members.map(() => outcomeOf(effect, until)), effect, error };
  }
}

/** What another ledger sent is there since the message was accepted, at the earliest. */
function doubtfulSince({ reason, attemptedAt, createdAt }: Message): number {
  return reason === RESTORED ? createdAt : (attemptedAt ?? createdAt);
}

/** What fails before the call is proof that nothing was sent, whatever it is. */
function unsent(error: unknown): never {
  if (ChannelError.is(error) && error.effect !== "UNKNOWN") throw error;
  const message = "the preparation of the call failed";
  throw new ChannelError("channel.not-ready", message, {
    channel: "",
    effect: "NOT_SENT",
    retryable: true,
    cause: error,
  });
}

function outcomeOf(effect: EffectClass, until: number): SendOutcome {
  switch (effect) {
    case "REQUEST":
    case "QUOTA":
    case "RECIPIENT":
      return { kind: "refused", reason: "request_rejected" };
    case "UNKNOWN":
    case "BUSY":
      return { kind: "unknown", reason: effect.toLowerCase() };
    default:
      return { kind: "deferred", notBefore: until };
  }
}

function tooLate(channel: string): ChannelError {
  return new ChannelError("channel.unavailable", "too late to send", { channel, effect: "NOT_SENT", retryable: true });
}

async function settleAnswer(
  context: EngineContext,
  settler: Settler,
  call: MessageCall,
  answer: Answer,
): Promise<void> {
  const { channel, tenantId, members, mayBeSent } = call;
  const at = context.clock.now();
  const unknown = answer.outcomes.filter(({ kind }) => kind === "unknown").length;
  const effect = answer.error === undefined && unknown * 2 >= members.length && unknown > 0 ? "UNKNOWN" : answer.effect;
  const until = at + delayOf(context, answer.error, effect, 1);
  const isNews = context.breakers.note({ tenantId, channel: channel.name }, effect, at, until);
  if (effect === "AUTH" || effect === "CONFIG") context.forgetChannels(tenantId);
  const writes: MessageWrite[] = [];
  const events: Omit<MessageEvent, "id">[] = [];
  const refunds: number[] = [];
  const refused: string[] = [];
  members.forEach(({ message }, index) => {
    const told = answer.outcomes[index] ?? { kind: "unknown", reason: "unknown" };
    // Of a repeat only a yes says anything: the first call may have been performed all the same.
    const outcome: SendOutcome = mayBeSent && told.kind !== "accepted" ? { kind: "unknown", reason: "repeat" } : told;
    const write = writeOf(context, channel.results !== undefined, message, outcome, at);
    writes.push(write);
    if (outcome.kind === "refused" && outcome.reason === LASTING && message.address !== null)
      refused.push(message.address);
    if (outcome.kind === "accepted") return;
    if (outcome.kind !== "unknown" && message.messageClass === "marketing") refunds.push(message.id);
    events.push(eventOf(message, write, { outcome, error: answer.error, effect, at }));
  });
  const also = async (tx: Stores) => {
    if (refused.length > 0)
      await tx.suppressions.putMany(
        tenantId,
        refused.map((address) => entryOf(tenantId, channel.name, address, at)),
      );
    if (isNews) await alarm(tx, call, effect, answer.error, at);
  };
  const written = await settler.settle({ writes, events, refunds, ...((refused.length > 0 || isNews) && { also }) });
  const lost = members.filter(({ message }) => !written.has(message.id));
  if (lost.length > 0) {
    context.logger.warn("message.lease_lost", { tenantId, count: lost.length });
    believeLate(context, call, Promise.resolve(answer.outcomes));
  }
}

/** A refusal that holds for the address and not for the message: whoever has it is asked no more. */
const LASTING = "provider_blacklist";

const entryOf = (tenantId: number, channel: string, address: string, createdAt: number) => ({
  tenantId,
  channel,
  address,
  customerId: null,
  reason: LASTING,
  createdAt,
});

/** The next state of a message by what was said of it. */
function writeOf(
  { timings }: Pick<EngineContext, "timings">,
  isReported: boolean,
  message: Message,
  outcome: SendOutcome,
  at: number,
): MessageWrite {
  switch (outcome.kind) {
    case "accepted": {
      const { providerMessageId } = outcome;
      const notBefore = isReported ? at + timings.resultsPollMs : null;
      return moved(message, "accepted", at, { providerMessageId, acceptedAt: at, notBefore, checks: 0, reason: null });
    }
    case "refused":
      return moved(message, "failed", at, { notBefore: null, reason: outcome.reason });
    case "deferred":
      return outcome.notBefore >= message.expiresAt
        ? moved(message, "expired", at, { notBefore: null, reason: "deferred" })
        : moved(message, "queued", at, { notBefore: outcome.notBefore, reason: "deferred" });
    case "unknown": {
      const notBefore = at + (timings.reconcileScheduleMs[0] ?? 0);
      return moved(message, "unknown", at, { notBefore, checks: 0, reason: doubtOf(message, outcome.reason) });
    }
  }
}

function eventOf(
  message: Message,
  { state }: MessageWrite,
  {
    outcome,
    error,
    effect,
    at,
  }: { readonly outcome: SendOutcome; readonly error: unknown; readonly effect: EffectClass; readonly at: number },
): Omit<MessageEvent, "id"> {
  const { tenantId, id: messageId, attempts: attempt } = message;
  const provider =
    outcome.kind === "refused" ? outcome.providerCode : ChannelError.is(error) ? error.providerCode : undefined;
  const errorClass = error === undefined ? CLASSES[outcome.kind] : effect;
  const detail = JSON.stringify({
    ...(outcome.kind !== "deferred" && outcome.kind !== "accepted" && { reason: outcome.reason }),
    ...(error !== undefined && { code: codeOf(error) }),
    ...(provider !== undefined && { provider }),
  });
  return { tenantId, messageId, node: "send", outcome: state, errorClass, detail, attempt, at };
}

const CLASSES = { accepted: null, refused: "RECIPIENT", deferred: "DEFER", unknown: "UNKNOWN" } as const;

const ALARMS: Readonly<Partial<Record<EffectClass, string>>> = {
  AUTH: "channel.unauthorized",
  CONFIG: "channel.misconfigured",
  NOT_SENT: "channel.breaker-open",
  UNKNOWN: "channel.breaker-open",
};

async function alarm(
  tx: Stores,
  { tenantId, channel, members }: MessageCall,
  effect: EffectClass,
  error: unknown,
  at: number,
): Promise<void> {
  const code = ALARMS[effect];
  const entityId = members[0]?.message.id ?? 0;
  const detail = `${channel.name}: ${causeOf(error) ?? (error === undefined ? "unknown" : codeOf(error))}`;
  if (code) await tx.alarms.add({ tenantId, code, entity: "message", entityId, detail, at });
}
