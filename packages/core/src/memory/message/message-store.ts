import type { Message } from "../../message/message.js";
import type { MessageState } from "../../message/states.js";
import { pageLimit, pageOf } from "../../page.js";
import type { MessageFigure, MessageScope, MessageStore, MessageWork } from "../../ports/message-store.js";
import { isFree, leased, NO_LEASE } from "../delivery/leased-row.js";
import { countStates } from "../selection.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database, Tables } from "../tables.js";
import { workKey } from "./tables.js";

const STATE_OF_WORK: Readonly<Record<MessageWork, MessageState>> = {
  send: "queued",
  expired: "queued",
  "look-up": "unknown",
  results: "accepted",
  abandoned: "dispatching",
};

/** States of messages whose address nobody needs any more. */
const OVER: ReadonlySet<MessageState> = new Set([
  "queued",
  "delivered",
  "not_delivered",
  "failed",
  "suppressed",
  "expired",
  "cancelled",
]);

/** {@link MessageStore} in memory. */
export function messageStore(db: Database): MessageStore {
  const { messages, messagesByWork, messagesByRequest, messagesByBatch, messagesByProvider } = db.tables;
  const { messageBatches, messageBatchesByRequest, messageEvents, messageEventsByMessage } = db.tables;
  const { messageCharges, messageChargesByMessage } = db.tables;

  function due(
    work: MessageWork,
    now: number,
    { except = [], only, lane, tenantId }: MessageScope,
  ): readonly Message[] {
    const lanes = STATE_OF_WORK[work] !== "queued" ? [0] : lane === undefined ? [0, 1, 2, 3] : [lane];
    return lanes
      .flatMap((one) => messagesByWork.rows(workKey(STATE_OF_WORK[work], one)))
      .filter((row) => {
        if (!isFree(row, now)) return false;
        if (tenantId !== undefined && row.tenantId !== tenantId) return false;
        if (work === "expired") return row.expiresAt <= now;
        if (work === "abandoned") return true;
        if (row.notBefore === null || row.notBefore > now) return false;
        if (only) return row.tenantId === only.tenantId && row.channel === only.channel;
        return !except.some((key) => key.tenantId === row.tenantId && key.channel === row.channel);
      })
      .sort((a, b) => (a.notBefore ?? 0) - (b.notBefore ?? 0) || a.id - b.id);
  }

  const held = ({ tenantId, id, leaseEpoch }: Pick<Message, "tenantId" | "id" | "leaseEpoch">) => {
    const row = ofTenant(messages.get(id), tenantId);
    return row?.leaseEpoch === leaseEpoch ? row : undefined;
  };

  return {
    insertMany: (tenantId, given) =>
      db.write(() => {
        const fresh = given.filter(({ requestKey }) => !messagesByRequest.find(compositeKey(tenantId, requestKey)));
        for (const message of fresh) {
          messages.insert((id) => ({ ...NEW_MESSAGE, ...message, id, tenantId, updatedAt: message.createdAt }));
        }
        return fresh.length;
      }),
    findByKeys: (tenantId, keys) =>
      db.read(() => keys.flatMap((key) => messagesByRequest.find(compositeKey(tenantId, key)) ?? [])),
    get: (tenantId, messageId) => db.read(() => ofTenant(messages.get(messageId), tenantId)),
    list: (tenantId, filter) =>
      db.read(() => {
        const { batchId, templateId, channel, addressHash, providerMessageId, states, since } = filter;
        const limit = pageLimit(filter);
        const before = Number(filter.cursor ?? Number.POSITIVE_INFINITY);
        const found = messages
          .all()
          .filter(
            (row) =>
              row.tenantId === tenantId &&
              row.id < before &&
              (batchId === undefined || row.batchId === batchId) &&
              (templateId === undefined || row.templateId === templateId) &&
              (channel === undefined || row.channel === channel) &&
              (addressHash === undefined || row.addressHash === addressHash) &&
              (providerMessageId === undefined || row.providerMessageId === providerMessageId) &&
              (states === undefined || states.includes(row.state)) &&
              (since === undefined || row.createdAt >= since),
          );
        return pageOf(found.reverse().slice(0, limit + 1), limit);
      }),
    claim: (work, terms, scope = {}) =>
      db.write(() =>
        due(work, terms.now, scope)
          .slice(0, terms.limit)
          .map((row) => {
            const begun = { state: "dispatching" as const, attempts: row.attempts + 1, attemptedAt: terms.now };
            return messages.replace({ ...leased(row, terms), ...(work === "send" && begun) });
          }),
      ),
    queuedTenants: (after, limit) =>
      db.read(() => {
        const rows = [0, 1, 2, 3].flatMap((lane) => messagesByWork.rows(workKey("queued", lane)));
        const tenants = [...new Set(rows.map(({ tenantId }) => tenantId))].sort((a, b) => a - b);
        return tenants.filter((tenantId) => tenantId > after).slice(0, limit);
      }),
    write: (given) =>
      db.write(() =>
        given.flatMap(({ from, ...write }) => {
          const row = held(write);
          if (row?.state !== from) return [];
          messages.replace({ ...row, ...write });
          return [row.id];
        }),
      ),
    renew: (keys, leaseUntil) =>
      db.write(() =>
        keys.flatMap((key) => {
          const row = held(key);
          if (!row || row.leaseOwner === null) return [];
          messages.replace({ ...row, leaseUntil });
          return [row.id];
        }),
      ),
    revise: (tenantId, { id, variables: read }, variables, at) =>
      db.write(() => {
        const row = ofTenant(messages.get(id), tenantId);
        if (row?.state !== "queued" || JSON.stringify(row.variables) !== JSON.stringify(read)) return false;
        messages.replace({ ...row, variables, updatedAt: at });
        return true;
      }),
    cancel: (tenantId, which, at) =>
      db.write(() => {
        const rows = "batchId" in which ? messagesByBatch.rows(which.batchId) : [messages.get(which.messageId)];
        const open = rows.flatMap((row) => (row?.tenantId === tenantId && row.state === "queued" ? [row] : []));
        for (const row of open) {
          messages.replace({ ...row, state: "cancelled", reason: "cancelled", notBefore: null, updatedAt: at });
        }
        return open.length;
      }),
    countByState: (tenantId, batchId) =>
      db.read(() => countStates(messagesByBatch.rows(batchId).filter((row) => row.tenantId === tenantId))),
    insertBatch: (tenantId, batch) =>
      db.write(() => {
        const known = messageBatchesByRequest.find(compositeKey(tenantId, batch.requestKey));
        if (known) return { batch: known, isNew: false };
        const added = messageBatches.insert((id) => ({ ...batch, id, tenantId, cancelledAt: null }));
        return { batch: added, isNew: true };
      }),
    getBatch: (tenantId, batchId) => db.read(() => ofTenant(messageBatches.get(batchId), tenantId)),
    markCancelled: (tenantId, batchId, at) =>
      db.write(() => {
        const row = ofTenant(messageBatches.get(batchId), tenantId);
        if (row) messageBatches.replace({ ...row, cancelledAt: row.cancelledAt ?? at });
        return row !== undefined;
      }),
    addEvents: (events) =>
      db.write(() => {
        for (const event of events) messageEvents.insert((id) => ({ ...event, id }));
      }),
    events: (tenantId, messageId) =>
      db.read(() =>
        messageEventsByMessage
          .rows(messageId)
          .filter((row) => row.tenantId === tenantId)
          .slice(0, 200),
      ),
    figures: (tenantId, { from, to }) =>
      db.read(() => {
        const figures = new Map<string, MessageFigure>();
        for (const { channel, state, createdAt, acceptedAt, tenantId: owner } of messages.all()) {
          if (owner !== tenantId || createdAt < from || createdAt >= to) continue;
          const { count, totalMs } = figures.get(`${channel} ${state}`) ?? { count: 0, totalMs: 0 };
          const tookMs = acceptedAt === null ? 0 : acceptedAt - createdAt;
          figures.set(`${channel} ${state}`, { channel, state, count: count + 1, totalMs: totalMs + tookMs });
        }
        return [...figures.values()];
      }),
    waiting: (tenantId) =>
      db.read(() => {
        const count = (state: MessageState, lane: number) =>
          messagesByWork.rows(workKey(state, lane)).filter((row) => row.tenantId === tenantId).length;
        const lanes = [0, 1, 2, 3].map((lane) => [lane, count("queued", lane)] as const);
        return {
          byLane: Object.fromEntries(lanes.filter(([, n]) => n > 0)),
          dispatching: count("dispatching", 0),
        };
      }),
    charges: (tenantId, customerIds, since) =>
      db.read(() =>
        customerIds.flatMap((customerId) =>
          chargesOfPerson(db.tables, tenantId, customerId)
            .filter((at) => at >= since)
            .map((at) => ({ customerId, at })),
        ),
      ),
    charge: (tenantId, charges) =>
      db.write(() => {
        for (const charge of charges) {
          const known = messageChargesByMessage.find(charge.messageId);
          if (known) messageCharges.replace({ ...known, at: charge.at });
          else messageCharges.insert((id) => ({ ...charge, id, tenantId }));
        }
      }),
    refund: (tenantId, ids) =>
      db.write(() => {
        for (const row of ids.flatMap((id) => messageChargesByMessage.rows(id))) {
          if (row.tenantId === tenantId) messageCharges.remove(row.id);
        }
      }),
    expedite: (tenantId, ids, at) =>
      db.write(() => {
        const rows = ids.flatMap((id) => messagesByProvider.rows(compositeKey(tenantId, id)));
        const waiting = rows.filter(
          ({ state, notBefore }) => state === "accepted" && notBefore !== null && notBefore > at,
        );
        for (const row of waiting) messages.replace({ ...row, notBefore: at });
        return waiting.length;
      }),
    forget: (tenantId, { customerId, addressHashes }) =>
      db.write(() => {
        const rows = messages
          .all()
          .filter((row) => row.tenantId === tenantId && row.address !== null)
          .filter((row) => row.customerId === customerId || addressHashes.includes(row.addressHash));
        const over = rows.filter(isOver);
        for (const row of over) messages.replace({ ...row, address: null, variables: {} });
        return rows.length - over.length;
      }),
  };
}

const NEW_MESSAGE = {
  state: "queued",
  reason: null,
  attempts: 0,
  resends: 0,
  checks: 0,
  attemptedAt: null,
  acceptedAt: null,
  reportedAt: null,
  providerMessageId: null,
  leaseEpoch: 0,
  ...NO_LEASE,
} as const;

function isOver({ state, notBefore }: Message): boolean {
  return OVER.has(state) || (state === "accepted" && notBefore === null);
}

/** Instants at which the caps of a person were charged, by deliveries and by messages. */
export function chargesOfPerson(
  { chargesByCustomer, messageChargesByCustomer }: Tables,
  tenantId: number,
  customerId: number,
  exceptDelivery?: number,
): readonly number[] {
  return [
    ...chargesByCustomer
      .rows(customerId)
      .filter((row) => row.tenantId === tenantId && row.id !== exceptDelivery && !row.isCapFree)
      .flatMap(({ chargedAt }) => chargedAt ?? []),
    ...messageChargesByCustomer
      .rows(customerId)
      .filter((row) => row.tenantId === tenantId)
      .map(({ at }) => at),
  ];
}
