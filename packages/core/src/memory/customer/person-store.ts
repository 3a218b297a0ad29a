import type { Delivery } from "../../delivery/delivery.js";
import type { PersonOrder, PersonStore } from "../../ports/person-store.js";
import { compareBytes } from "../../text.js";
import { toClaim } from "../coupon/coupon-store.js";
import type { DeliveryRow } from "../delivery/tables.js";
import { toLink } from "../link/link-store.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";
import { mergeRows } from "./merge-rows.js";
import type { LabelRow, OrderRow } from "./tables.js";

/** {@link PersonStore} in memory. */
export function personStore(db: Database): PersonStore {
  const { tables } = db;
  const { customers, customerLabels, customerLabelsByCustomer, deliveries, deliveriesByCustomer } = tables;
  const { erasedOptOuts, erasedOptOutsByHash, mergedCustomers, mergedByKey, mergedByCustomer, mergedByFormer } = tables;

  /** The customer and the rows of those who were merged into them. */
  const rowsOf = (customerId: number) => [customerId, ...mergedByCustomer.rows(customerId).map((row) => row.formerId)];

  /** Whether nothing that is still to come names the address of a delivery. */
  function hasEnded({ state, batchId }: DeliveryRow): boolean {
    if (state === "accepted") return batchId === null || tables.batches.get(batchId)?.settled !== false;
    return ENDED.has(state);
  }

  function clearAddresses(customerId: number): number {
    const ended = deliveriesByCustomer.rows(customerId).filter((row) => row.address !== null && hasEnded(row));
    for (const row of ended) deliveries.replace({ ...row, address: null, values: null });
    return ended.length;
  }

  const labelsOf = (ids: Iterable<number>) =>
    [...ids]
      .flatMap((id) => tables.labels.get(id) ?? [])
      .sort((a, b) => compareBytes(a.kind, b.kind) || compareBytes(a.key, b.key))
      .map(({ id, kind, key, name }: LabelRow) => ({ id, kind, key, name }));

  const attributesOf = (customerId: number) =>
    Object.fromEntries(
      tables.attributeValuesByCustomer.rows(customerId).flatMap(({ attributeId, value }) => {
        const about = tables.attributes.get(attributeId);
        return about ? [[about.name, about.type === "boolean" ? value === 1 : value]] : [];
      }),
    );

  function orderOf({ id, labelIds, lines, ...order }: OrderRow): PersonOrder {
    const { source, externalId, orderedAt, amountMinor, refundedMinor, refundedAt, status } = order;
    const facts = { id, source, externalId, orderedAt, amountMinor, refundedMinor, refundedAt, status };
    return { ...facts, lines: lines.map((line) => ({ ...line })), labels: labelsOf(labelIds) };
  }

  return {
    collect: (tenantId, customerId) =>
      db.read(() => {
        const row = ofTenant(customers.get(customerId), tenantId);
        if (!row) return undefined;
        const { rowHash: _, ...customer } = row;
        const addresses = new Set<string | null>(Object.values(row.identities));
        const isAbout = (entry: { readonly customerId: number | null; readonly address: string | null }) =>
          entry.customerId === customerId || (entry.address !== null && addresses.has(entry.address));
        return {
          customer,
          formerKeys: mergedByCustomer
            .rows(customerId)
            .map(({ externalKey }) => externalKey)
            .sort(compareBytes),
          attributes: attributesOf(customerId),
          labels: labelsOf(customerLabelsByCustomer.find(compositeKey(tenantId, customerId))?.labelIds ?? []),
          orders: tables.ordersByCustomer
            .rows(customerId)
            .toSorted((a, b) => a.orderedAt - b.orderedAt || a.id - b.id)
            .map(orderOf),
          deliveries: rowsOf(customerId)
            .flatMap((id) => deliveriesByCustomer.rows(id))
            .toSorted((a, b) => a.id - b.id)
            .map((delivery) => deliveryOf(delivery, row.externalKey)),
          consents: rowsOf(customerId)
            .flatMap((id) => tables.consentRecordsByCustomer.rows(id))
            .toSorted((a, b) => a.id - b.id),
          suppressions: tables.suppressions
            .all()
            .filter((entry) => entry.tenantId === tenantId && !entry.isRemoved && isAbout(entry))
            .map(({ isRemoved: __, waitingFor: ___, ...entry }) => ({
              ...entry,
              externalKey: entry.customerId === null ? null : row.externalKey,
            })),
          links: tables.linksByCustomer.rows(customerId).map((link) => toLink(link, row.externalKey)),
          claims: tables.claimsByCustomer.rows(customerId).map(toClaim),
        };
      }),
    erase: (tenantId, customerId, key, at) =>
      db.write(() => {
        const row = ofTenant(customers.get(customerId), tenantId);
        if (!row) return false;
        const nameless = {
          externalKey: key,
          name: null,
          bornOn: null,
          timeZone: null,
          identities: {},
          rowHash: "",
          updatedAt: at,
        };
        customers.replace({ ...row, ...nameless });
        const labels = customerLabelsByCustomer.find(compositeKey(tenantId, customerId));
        if (labels) customerLabels.replace({ ...labels, labelIds: new Set() });
        for (const { id } of tables.attributeValuesByCustomer.rows(customerId)) tables.attributeValues.remove(id);
        for (const erased of rowsOf(customerId)) {
          clearAddresses(erased);
          for (const { id } of tables.listValuesByCustomer.rows(erased)) tables.listValues.remove(id);
          tables.erasures.insert((id) => ({ id, tenantId, customerId: erased }));
        }
        for (const former of mergedByCustomer.rows(customerId))
          mergedCustomers.replace({ ...former, externalKey: `${key}:${former.formerId}` });
        return true;
      }),
    merge: (tenantId, intoId, fromId) => db.write(() => mergeRows(tables, tenantId, intoId, fromId)),
    findMerged: (tenantId, externalKeys) =>
      db.read(() =>
        [...new Set(externalKeys)].flatMap((externalKey) => {
          const row = mergedByKey.find(compositeKey(tenantId, externalKey));
          return row ? { externalKey, customerId: row.customerId } : [];
        }),
      ),
    findFormer: (tenantId, formerId) =>
      db.read(() => {
        const row = mergedByFormer.rows(formerId).find((one) => one.tenantId === tenantId);
        return row && { externalKey: row.externalKey, customerId: row.customerId };
      }),
    keepOptOuts: (tenantId, identityHashes, optOuts) =>
      db.write(() => {
        for (const identityHash of identityHashes) {
          for (const { id } of erasedOptOutsByHash.rows(compositeKey(tenantId, identityHash))) erasedOptOuts.remove(id);
          for (const { channel, reason, createdAt } of optOuts) {
            erasedOptOuts.insert((id) => ({ id, tenantId, identityHash, channel, reason, createdAt }));
          }
        }
      }),
    findOptOuts: (tenantId, identityHashes) =>
      db.read(() =>
        identityHashes
          .flatMap((hash) => erasedOptOutsByHash.rows(compositeKey(tenantId, hash)))
          .map(({ id: _, tenantId: __, ...optOut }) => optOut),
      ),
    finishErasures: (limit) =>
      db.write(() => {
        let cleared = 0;
        for (const { customerId } of tables.erasures.all().slice(0, limit)) cleared += clearAddresses(customerId);
        return cleared;
      }),
  };
}

const ENDED = new Set<Delivery["state"]>([
  "delivered",
  "not_delivered",
  "failed",
  "suppressed",
  "expired",
  "cancelled",
]);

function deliveryOf(
  { chargedAt, chargedCustomerId, chargedBatchId, isCapFree, values, ...delivery }: DeliveryRow,
  externalKey: string,
): Delivery {
  return { ...delivery, externalKey };
}
