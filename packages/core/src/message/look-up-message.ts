import { checkedFinds } from "../delivery/check-answers.js";
import { codeOf } from "../delivery/failure.js";
import { RESTORED } from "../delivery/reconcile.js";
import { callChannel } from "../engine/call-channel.js";
import { capabilityOf } from "../engine/channel-shelf.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Channel, FoundMessage, Recipient } from "../ports/channel.js";
import { callsOf } from "./claim-messages.js";
import type { Message, MessageEvent } from "./message.js";
import { type definitionReader, moved, recipientOf } from "./message-call.js";
import { askGates } from "./message-gates.js";
import { sendCall } from "./send-call.js";
import type { Settlement, Settler } from "./settler.js";

const MAX_RESENDS = 3;
/** How far the provider's clock may be behind ours. */
const SKEW_MS = 300_000;

/** What looking after messages of unknown outcome works with. */
export interface LookUpContext {
  readonly context: EngineContext;
  readonly read: ReturnType<typeof definitionReader>;
  readonly settler: Settler;
}

/** Claims messages whose outcome is unknown and due to be cleared up, at most `limit`. */
export function claimToLookUp(
  { stores, owner, clock, timings }: EngineContext,
  limit: number,
): Promise<readonly Message[]> {
  const now = clock.now();
  return stores.transaction((tx) => tx.messages.claim("look-up", { owner, now, until: now + timings.leaseMs, limit }));
}

/** Clears up one message: it is looked for, repeated where a repeat is harmless or wanted, or left to a person. */
export async function lookUpMessage(parts: LookUpContext, message: Message): Promise<void> {
  const { context, read } = parts;
  const definition = await read(message);
  const channel = await context.channel(message.tenantId, message.channel);
  if (!channel || !definition || message.address === null) return later(parts, message);
  const recipient = recipientOf(context, await context.markerKey(message.tenantId), message, definition);
  const capability = capabilityOf(channel, recipient.content);
  if (capability === "none" && definition.onUnknown === "hold") return review(parts, message);
  // The template asks for it, or the provider drops the repeat by its key.
  if (capability !== "lookup") return repeat(parts, message);
  // Taken before the question: a process may stand still before it asks, and the answer is about this instant.
  const askedAt = context.clock.now();
  const attemptedAt = message.attemptedAt ?? message.createdAt;
  const earliest = message.reason === RESTORED ? message.createdAt : attemptedAt;
  const found = await lookUp(context, channel, message, recipient, { from: earliest - SKEW_MS, to: askedAt });
  if (!found) return later(parts, message);
  const [first, ...copies] = found;
  if (first) return accept(parts, message, channel, first, copies);
  const isSettled = askedAt - attemptedAt >= context.timings.settleWindowMs;
  const mayResend = isSettled && message.resends < MAX_RESENDS && context.clock.now() < message.expiresAt;
  return mayResend ? resend(parts, message) : later(parts, message);
}

/** What the provider has of a message, oldest first; undefined: it did not say. */
async function lookUp(
  context: EngineContext,
  channel: Channel,
  message: Message,
  recipient: Recipient,
  period: { readonly from: number; readonly to: number },
): Promise<readonly FoundMessage[] | undefined> {
  const { marker, content, address } = recipient;
  const recipients = channel.personal ? [recipient] : [];
  try {
    const answer: unknown = await callChannel(context, channel.name, async (signal) =>
      channel.lookUp?.({ ...period, marker, content, recipients }, { signal }),
    );
    const found = checkedFinds(channel.name, answer).toSorted((a, b) => a.createdAt - b.createdAt);
    return channel.personal ? found.filter((one) => one.address === address) : found;
  } catch (error) {
    const { tenantId, id: messageId } = message;
    context.logger.warn("message.look_up_failed", { tenantId, messageId, code: codeOf(error) });
    return undefined;
  }
}

async function accept(
  { context, settler }: LookUpContext,
  message: Message,
  channel: Channel,
  { providerMessageId, createdAt }: FoundMessage,
  copies: readonly FoundMessage[],
): Promise<void> {
  const at = context.clock.now();
  const { tenantId, id } = message;
  const acceptedAt = Math.max(createdAt, message.attemptedAt ?? 0);
  const notBefore = channel.results ? at + context.timings.resultsPollMs : null;
  const write = moved(message, "accepted", at, { providerMessageId, acceptedAt, notBefore, checks: 0, reason: null });
  const detail = `${copies.length + 1} messages carry one marker`;
  await settler.settle({
    writes: [write],
    events: [eventOf(message, "found", at)],
    ...(copies.length > 0 && {
      also: (tx) =>
        tx.alarms.add({ tenantId, code: "duplicate_detected", entity: "message", entityId: id, detail, at }),
    }),
  });
  for (const copy of copies) {
    context.logger.error("duplicate_detected", { tenantId, messageId: id });
    await callChannel(context, channel.name, async (signal) =>
      channel.cancel?.(copy.providerMessageId, { signal }),
    ).catch(() => {});
  }
}

/** Certainly not there: it goes out again, after the gates of another claim. */
async function resend({ context, settler }: LookUpContext, message: Message): Promise<void> {
  const at = context.clock.now();
  await settler.settle({
    writes: [
      moved(message, "queued", at, { resends: message.resends + 1, checks: 0, notBefore: at, reason: "not_found" }),
    ],
    events: [eventOf(message, "not_found", at)],
    refunds: message.messageClass === "marketing" ? [message.id] : [],
  });
}

/**
 * Goes out again although its first call may have been performed. It never rests in `queued`, where it could be cancelled or
 * expire and be told as not sent; when its reader must not be contacted any more, a person decides.
 */
async function repeat(parts: LookUpContext, message: Message): Promise<void> {
  const { context, read, settler } = parts;
  const { clock, stores, timings } = context;
  if (message.resends >= MAX_RESENDS || clock.now() >= message.expiresAt) return later(parts, message);
  const monotonic = clock.monotonic();
  const now = clock.now();
  // `attemptedAt` stays the first attempt that may have been performed: by it a provider's window of keys is counted.
  const attempt = { attempts: message.attempts + 1, resends: message.resends + 1 };
  const go = await stores.transaction(async (tx) => {
    const why = (await askGates(context, tx, [message], now, { read, isRepeat: true })).get(message.id);
    if (why) return why.kind === "later" ? why.notBefore : undefined;
    const lease = { leaseOwner: message.leaseOwner, leaseUntil: now + timings.leaseMs };
    const [id] = await tx.messages.write([moved(message, "dispatching", now, { ...attempt, ...lease })]);
    return id === undefined ? "lost" : { ...message, ...attempt, ...lease, state: "dispatching" as const };
  });
  if (go === "lost") return;
  if (go === undefined) return review(parts, message);
  if (typeof go === "number") {
    await settler.settle({ writes: [moved(message, "unknown", now, { notBefore: go })] });
    return;
  }
  for (const call of await callsOf(context, read, [go], { monotonic, mayBeSent: true }))
    await sendCall(context, settler, call);
}

/** Not yet known: the next look-up by the schedule, or a person when it is used up. */
async function later(parts: LookUpContext, message: Message): Promise<void> {
  const { context, settler } = parts;
  const at = context.clock.now();
  const checks = message.checks + 1;
  const offset = context.timings.reconcileScheduleMs[checks];
  if (offset === undefined) return review(parts, message);
  const notBefore = Math.max((message.attemptedAt ?? at) + offset, at);
  await settler.settle({ writes: [moved(message, "unknown", at, { checks, notBefore })] });
}

async function review({ context, settler }: LookUpContext, message: Message): Promise<void> {
  const at = context.clock.now();
  const { tenantId, id } = message;
  const detail = "nobody knows whether it was sent";
  const settlement: Settlement = {
    writes: [moved(message, "needs_review", at, { notBefore: null })],
    events: [eventOf(message, "needs_review", at)],
    also: (tx) =>
      tx.alarms.add({ tenantId, code: "message.needs_review", entity: "message", entityId: id, detail, at }),
  };
  const written = await settler.settle(settlement);
  if (written.has(id)) context.logger.warn("message.needs_review", { tenantId, messageId: id });
}

function eventOf({ tenantId, id, attempts }: Message, outcome: string, at: number): Omit<MessageEvent, "id"> {
  const errorClass = outcome === "found" ? null : "UNKNOWN";
  return { tenantId, messageId: id, node: "send", outcome, errorClass, detail: null, attempt: attempts, at };
}
