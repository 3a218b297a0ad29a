import { isConsented, MARKETING_PURPOSE } from "../../contact/consent.js";
import { isOverQuota } from "../../contact/receive-quota.js";
import { suppressedReason } from "../../contact/suppression.js";
import type { Delivery, ReasonCount } from "../../delivery/delivery.js";
import { NOT_SENT_DELIVERY_STATES } from "../../delivery/states.js";
import type { DeliverySelector, DeliveryStore, GateSelector, HandedOn } from "../../ports/delivery-store.js";
import { membersAfter } from "../audience/membership.js";
import { isCapped, received } from "../contact/cap-ledger.js";
import { consentWords } from "../contact/consent-store.js";
import { suppressingReasons } from "../contact/suppression-store.js";
import { chargesOfPerson } from "../message/message-store.js";
import { countStates, pageOfRows } from "../selection.js";
import { compositeKey } from "../table.js";
import type { Database } from "../tables.js";
import { handOn } from "./hand-on.js";
import { historiesOf } from "./histories.js";
import { takeSnapshot } from "./snapshot.js";
import type { DeliveryRow } from "./tables.js";

/** {@link DeliveryStore} in memory; the cap ledger lies in two columns of the delivery. */
export function deliveryStore(db: Database): DeliveryStore {
  const { customers, deliveries, deliveriesByOccurrence, deliveriesByBatch, deliveriesByChargedBatch } = db.tables;

  function rowsOf(tenantId: number, key: { readonly occurrenceId: number } | { readonly batchId: number }) {
    const rows =
      "occurrenceId" in key ? deliveriesByOccurrence.rows(key.occurrenceId) : deliveriesByBatch.rows(key.batchId);
    return rows.filter((row) => row.tenantId === tenantId);
  }

  function inBatch(tenantId: number, batchId: number): readonly DeliveryRow[] {
    return rowsOf(tenantId, { batchId }).filter((row) => row.state === "in_batch");
  }

  return {
    snapshot: (page) => db.write(() => takeSnapshot(db.tables, page)),
    fillBatch: ({ tenantId, occurrenceId, channel }, batchId, limit, at) =>
      db.write(() => {
        const queued = rowsOf(tenantId, { occurrenceId })
          .filter((row) => row.channel === channel && row.state === "queued")
          .sort(byCustomer);
        const next = queued.slice(0, limit);
        for (const row of next) deliveries.replace({ ...row, state: "in_batch", batchId, updatedAt: at });
        return next.length;
      }),
    addresses: (tenantId, batchId) =>
      db.read(() =>
        [...inBatch(tenantId, batchId)].sort(byCustomer).flatMap(({ address }) => (address === null ? [] : address)),
      ),
    people: (tenantId, batchId, state) =>
      db.read(() =>
        rowsOf(tenantId, { batchId })
          .filter((row) => row.state === state)
          .sort(byCustomer)
          .flatMap(({ customerId, address, values, providerMessageId }) => {
            const name = customers.get(customerId)?.name ?? null;
            return address === null ? [] : { customerId, address, name, values, providerMessageId };
          }),
      ),
    zones: (tenantId, batchId, state) =>
      db.read(() => [
        ...new Set(
          rowsOf(tenantId, { batchId })
            .filter((row) => row.state === state)
            .map(({ customerId }) => customers.get(customerId)?.timeZone ?? null),
        ),
      ]),
    keepValues: (tenantId, batchId, people) =>
      db.write(() => {
        const valuesOf = new Map(people.map(({ customerId, values }) => [customerId, values]));
        for (const row of rowsOf(tenantId, { batchId })) {
          const values = valuesOf.get(row.customerId);
          if (values && row.values === null) deliveries.replace({ ...row, values: Object.freeze({ ...values }) });
        }
      }),
    acceptEach: (tenantId, batchId, from, messages, { acceptedAt, updatedAt }) =>
      db.write(() => {
        const idOf = new Map(messages.map(({ address, providerMessageId }) => [address, providerMessageId]));
        let count = 0;
        for (const row of rowsOf(tenantId, { batchId })) {
          const providerMessageId = row.address === null ? undefined : idOf.get(row.address);
          if (row.state !== from || providerMessageId === undefined) continue;
          deliveries.replace({ ...row, state: "accepted", reason: null, acceptedAt, providerMessageId, updatedAt });
          count += 1;
        }
        return count;
      }),
    transition: (tenantId, selector, from, to, patch, at) =>
      db.write(() => {
        const isMeant = selection(db, selector);
        const limit = "limit" in selector ? selector.limit : Number.POSITIVE_INFINITY;
        const rows = rowsOf(tenantId, selector)
          .filter((row) => row.state === from && isMeant(row))
          .slice(0, limit);
        for (const row of rows) deliveries.replace({ ...row, ...patch, state: to, updatedAt: at });
        return rows.length;
      }),
    lockPeople: async () => {},
    chargeCaps: (tenantId, batchId, at, counts) =>
      db.write(() => {
        const isCapFree = counts === "quota";
        for (const row of inBatch(tenantId, batchId)) {
          const { customerId: chargedCustomerId } = row;
          deliveries.replace({ ...row, chargedAt: at, chargedCustomerId, chargedBatchId: batchId, isCapFree });
        }
      }),
    refundCaps: (tenantId, batchId) =>
      db.write(() => {
        for (const row of deliveriesByChargedBatch.rows(batchId)) {
          if (row.tenantId !== tenantId || !NOT_SENT_DELIVERY_STATES.includes(row.state)) continue;
          deliveries.replace({ ...row, chargedAt: null, chargedCustomerId: null, chargedBatchId: null });
        }
      }),
    members: (tenantId, batchId) =>
      db.read(() =>
        [...rowsOf(tenantId, { batchId })]
          .sort(byCustomer)
          .flatMap(({ address, state, reason }) => (address === null ? [] : { address, state, reason })),
      ),
    handOn: (tenantId, people) => db.write(() => handOn(db.tables, tenantId, people)),
    handedOn: (tenantId, occurrenceId) =>
      db.read(() => {
        const groups = new Map<string, HandedOn>();
        for (const { channel, handedTo, state, reason } of rowsOf(tenantId, { occurrenceId })) {
          if (handedTo === null) continue;
          const key = compositeKey(channel, handedTo, state, reason ?? "");
          groups.set(key, { channel, to: handedTo, state, reason, people: (groups.get(key)?.people ?? 0) + 1 });
        }
        return [...groups.values()];
      }),
    countByState: (tenantId, key) =>
      db.read(() => {
        const rows = rowsOf(tenantId, key);
        return countStates("batchId" in key ? rows : rows.filter(({ handedTo }) => handedTo === null));
      }),
    countByReason: (tenantId, key) =>
      db.read(() => {
        const groups = new Map<string, ReasonCount>();
        for (const { state, reason, handedTo } of rowsOf(tenantId, key)) {
          if ("occurrenceId" in key && handedTo !== null) continue;
          const group = compositeKey(state, reason === null ? 0 : 1, reason ?? "");
          groups.set(group, { state, reason, people: (groups.get(group)?.people ?? 0) + 1 });
        }
        return [...groups.values()];
      }),
    outlook: ({ tenantId, channel, addressType, query, afterId, limit, chargesSince }) =>
      db.read(() =>
        membersAfter(db.tables, { ...query, tenantId }, afterId, limit).map(
          ({ id, externalKey, timeZone, identities }) => {
            const address = identities[addressType] ?? null;
            const charges = chargesOfPerson(db.tables, tenantId, id);
            return {
              customerId: id,
              externalKey,
              timeZone,
              address,
              suppressions: suppressingReasons(db.tables, { tenantId, channel, address, customerId: id }),
              consents: consentWords(db.tables, { tenantId, customerId: id, channel }, MARKETING_PURPOSE).map(
                ({ status, at }) => ({ status, at }),
              ),
              charges: charges.filter((at) => at >= chargesSince),
              received: received(db.tables, { tenantId, customerId: id, channel }, chargesSince),
            };
          },
        ),
      ),
    hasAny: (tenantId, occurrenceId, states, channel) =>
      db.read(() =>
        rowsOf(tenantId, { occurrenceId }).some(
          (row) => states.includes(row.state) && (channel === undefined || row.channel === channel),
        ),
      ),
    histories: (tenantId, deliveryIds) => db.read(() => historiesOf(db.tables, tenantId, deliveryIds)),
    list: (tenantId, filter) =>
      db.read(() => {
        const { occurrenceId, batchId, ruleId, customerId, states, reason, since } = filter;
        const rows =
          batchId !== undefined
            ? deliveriesByBatch.rows(batchId)
            : occurrenceId !== undefined
              ? deliveriesByOccurrence.rows(occurrenceId)
              : deliveries.all();
        const page = pageOfRows(
          rows,
          filter,
          (row) =>
            row.tenantId === tenantId &&
            (occurrenceId === undefined || row.occurrenceId === occurrenceId) &&
            (ruleId === undefined || row.ruleId === ruleId) &&
            (customerId === undefined || row.customerId === customerId) &&
            (states === undefined || states.includes(row.state)) &&
            (reason === undefined || row.reason === reason) &&
            (since === undefined || row.updatedAt >= since),
        );
        return { ...page, items: page.items.map((row) => toDelivery(row, customers.get(row.customerId)?.externalKey)) };
      }),
  };
}

/** Which rows of its batch or occurrence a selector means. */
function selection(db: Database, selector: DeliverySelector): (row: DeliveryRow) => boolean {
  if ("addresses" in selector) {
    const wanted = new Set<string | null>(selector.addresses);
    return (row) => wanted.has(row.address);
  }
  if ("exceptAddresses" in selector) {
    const spared = new Set<string | null>(selector.exceptAddresses);
    return (row) => !spared.has(row.address);
  }
  if ("inZone" in selector) {
    return ({ customerId }) => (db.tables.customers.get(customerId)?.timeZone ?? null) === selector.inZone;
  }
  return "heldBackBy" in selector ? heldBack(db, selector.heldBackBy) : () => true;
}

/** Which rows a gate keeps away. */
function heldBack(db: Database, gate: GateSelector): (row: DeliveryRow) => boolean {
  if ("overQuota" in gate) {
    const { oldest } = gate.overQuota;
    return (row) => isOverQuota(received(db.tables, row, oldest), gate.overQuota);
  }
  if ("cappedBy" in gate) return (row) => isCapped(db.tables, row, gate.cappedBy);
  if ("withoutConsentTo" in gate) return (row) => !isConsented(consentWords(db.tables, row, gate.withoutConsentTo));
  const { suppressedAs } = gate;
  return (row) => suppressingReasons(db.tables, row).some((reason) => suppressedReason(reason) === suppressedAs);
}

function byCustomer(a: DeliveryRow, b: DeliveryRow): number {
  return a.customerId - b.customerId;
}

function toDelivery(
  { chargedAt, chargedCustomerId, chargedBatchId, isCapFree, values, ...delivery }: DeliveryRow,
  externalKey = delivery.externalKey,
): Delivery {
  return { ...delivery, externalKey };
}
