import type { EngineContext } from "../engine/engine-context.js";
import type { Channel } from "../ports/channel.js";
import type { MessageScope, MessageWrite } from "../ports/message-store.js";
import type { Stores } from "../ports/stores.js";
import { keepLeases } from "./keep-leases.js";
import type { Message } from "./message.js";
import { type ClaimedMessage, type definitionReader, type MessageCall, moved, recipientOf } from "./message-call.js";
import { askGates, type HeldBack } from "./message-gates.js";
import { laneShares } from "./priority.js";
import { assertLegalMessage } from "./states.js";
import type { TemplateDefinition } from "./template.js";

/** A channel that is not there is looked for again after this time. */
const UNCONFIGURED_MS = 60_000;

/** Tenants that one claim serves; the others have their turn in the next ones. */
const TENANTS = 10;

/** Claims due messages, at most `limit`. @returns the calls to make, and how many messages were claimed */
export type ClaimMessages = (
  limit: number,
) => Promise<{ readonly calls: readonly MessageCall[]; readonly claimed: number }>;

/** Makes the claims of one loop, which takes the tenants in turn: whoever has thousands waiting is no more than one of them. */
export function messageClaims(context: EngineContext, read: ReturnType<typeof definitionReader>): ClaimMessages {
  let after = 0;
  return async (limit) => {
    const tenants = await tenantsAfter(context.stores, after);
    after = tenants.length === TENANTS ? (tenants.at(-1) ?? 0) : 0;
    return claimMessages(context, read, limit, tenants);
  };
}

/** Tenants whose messages wait, those after one first. */
async function tenantsAfter({ messages }: Pick<Stores, "messages">, after: number): Promise<readonly number[]> {
  const next = await messages.queuedTenants(after, TENANTS);
  if (next.length === TENANTS || after === 0) return next;
  const first = await messages.queuedTenants(0, TENANTS - next.length);
  return [...next, ...first.filter((id) => id <= after)];
}

/**
 * Claims due messages, asks every gate about them, and commits that they are being sent: all in one transaction, whose
 * statements are as many for one message as for a thousand. A message whose claim is committed may have been sent from then on.
 */
async function claimMessages(
  context: EngineContext,
  read: ReturnType<typeof definitionReader>,
  limit: number,
  tenants: readonly number[],
): ReturnType<ClaimMessages> {
  // Taken before the transaction: time that the commit costs counts against the deadline.
  const monotonic = context.clock.monotonic();
  const now = context.clock.now();
  const claim = await context.stores.transaction(async (tx) => {
    const messages = await claimByLanes(context, tx, { now, limit, tenants });
    const held = await askGates(context, tx, messages, now, { read });
    const writes = messages.flatMap((message) => {
      const why = held.get(message.id);
      return why ? [heldWrite(message, why, now)] : [];
    });
    for (const { from, state } of writes) assertLegalMessage(from, state);
    if (writes.length > 0) await tx.messages.write(writes);
    return { messages, goes: messages.filter(({ id }) => !held.has(id)) };
  });
  const probed = new Set(context.breakers.at(now).probed.map(({ tenantId, channel }) => `${tenantId} ${channel}`));
  for (const { tenantId, channel } of claim.goes) {
    if (probed.delete(`${tenantId} ${channel}`)) context.breakers.probe({ tenantId, channel }, now);
  }
  const calls = await callsOf(context, read, claim.goes, { monotonic, mayBeSent: false });
  return { calls, claimed: claim.messages.length };
}

/**
 * Each lane has its share first, and in it each tenant an equal part; what one of them leaves over, others take, of lanes the most
 * urgent first.
 */
async function claimByLanes(
  context: EngineContext,
  tx: Stores,
  { now, limit, tenants }: { readonly now: number; readonly limit: number; readonly tenants: readonly number[] },
): Promise<readonly Message[]> {
  const { shut, probed } = context.breakers.at(now);
  const lease = { owner: context.owner, now, until: now + context.timings.leaseMs };
  const except = [...shut, ...probed];
  const claimed: Message[] = [];
  const claim = async (most: number, scope: MessageScope) => {
    const free = Math.min(most, limit - claimed.length);
    if (free <= 0) return 0;
    const found = await tx.messages.claim("send", { ...lease, limit: free }, { except, ...scope });
    claimed.push(...found);
    return found.length;
  };
  const take = async (lane: number, most: number) => {
    let taken = 0;
    const each = Math.ceil(most / tenants.length);
    // Of one tenant there is nothing to share.
    if (tenants.length > 1)
      for (const tenantId of tenants) taken += await claim(Math.min(each, most - taken), { lane, tenantId });
    return taken + (await claim(most - taken, { lane }));
  };
  const full: number[] = [];
  for (const { lane, limit: share } of laneShares(limit)) if ((await take(lane, share)) === share) full.push(lane);
  for (const lane of full) await take(lane, limit - claimed.length);
  for (const only of probed.slice(0, limit))
    claimed.push(...(await tx.messages.claim("send", { ...lease, limit: 1 }, { only })));
  return claimed;
}

/** A message that a gate holds back: nothing was sent, and the attempt that its claim began did not take place. */
function heldWrite(message: Message, why: HeldBack, now: number): MessageWrite {
  const attempts = message.attempts - 1;
  switch (why.kind) {
    case "expired":
      return moved(message, "expired", now, { attempts, notBefore: null, reason: "expired" });
    case "suppressed":
      return moved(message, "suppressed", now, { attempts, notBefore: null, reason: why.reason });
    case "later":
      return moved(message, "queued", now, { attempts, notBefore: why.notBefore, reason: "quiet_hours" });
  }
}

/** Messages as calls of their channels: of one template, each address once, at most as many as the provider takes. */
export async function callsOf(
  context: EngineContext,
  read: ReturnType<typeof definitionReader>,
  messages: readonly Message[],
  { monotonic, mayBeSent }: { readonly monotonic: number; readonly mayBeSent: boolean },
): Promise<readonly MessageCall[]> {
  interface Open {
    readonly tenantId: number;
    readonly channel: Channel;
    readonly definition: TemplateDefinition;
    readonly members: ClaimedMessage[];
    readonly addresses: Set<string>;
  }
  const calls: Open[] = [];
  const filling = new Map<string, Open>();
  const lost: Message[] = [];
  for (const message of messages) {
    const { tenantId, templateId, templateVersion, address } = message;
    const channel = await context.channel(tenantId, message.channel);
    const definition = await read(message);
    if (!channel || !definition || address === null) {
      lost.push(message);
      continue;
    }
    const recipient = recipientOf(context, await context.markerKey(tenantId), message, definition);
    const name = `${tenantId} ${templateId} ${templateVersion}`;
    const at = filling.get(name);
    const most = channel.personal ? channel.maxBatchSize : 1;
    const isRoom = at !== undefined && at.members.length < most && !at.addresses.has(address);
    const call = isRoom ? at : { tenantId, channel, definition, members: [], addresses: new Set<string>() };
    if (!isRoom) {
      calls.push(call);
      filling.set(name, call);
    }
    call.members.push({ message, recipient });
    call.addresses.add(address);
  }
  if (lost.length > 0) await giveBack(context, lost, mayBeSent);
  const release = keepLeases(context, calls);
  return calls.map(({ addresses: _, ...call }, index) => ({
    ...call,
    monotonic,
    mayBeSent,
    release: () => release(index),
  }));
}

/** Nobody can send these: their channel is not configured, or they are nobody's any more. */
async function giveBack(context: EngineContext, lost: readonly Message[], mayBeSent: boolean): Promise<void> {
  const now = context.clock.now();
  const until = now + UNCONFIGURED_MS;
  for (const { tenantId, channel } of lost) context.breakers.note({ tenantId, channel }, "CONFIG", now, until);
  await context.stores.transaction((tx) =>
    tx.messages.write(
      lost.map((message) => {
        if (mayBeSent) return moved(message, "unknown", now, { notBefore: until });
        if (message.address === null) return moved(message, "failed", now, { notBefore: null, reason: "no_address" });
        const attempts = message.attempts - 1;
        return moved(message, "queued", now, { attempts, notBefore: until, reason: "channel_not_configured" });
      }),
    ),
  );
  context.logger.warn("message.channel_missing", { count: lost.length });
}
