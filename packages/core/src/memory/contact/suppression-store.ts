import { type Suppression, suppressionChannels } from "../../contact/suppression.js";
import type { SuppressionEntry, SuppressionStore } from "../../ports/suppression-store.js";
import type { DeliveryRow } from "../delivery/tables.js";
import { pageOfRows } from "../selection.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";
import type { SuppressionRow } from "./tables.js";

/** {@link SuppressionStore} in memory. */
export function suppressionStore(db: Database): SuppressionStore {
  const { suppressions, suppressionsByTarget, suppressionsByKey, customers } = db.tables;

  function toSuppression({ isRemoved: _, waitingFor, ...row }: SuppressionRow): Suppression {
    const externalKey = row.customerId === null ? waitingFor : (customers.get(row.customerId)?.externalKey ?? null);
    return { ...row, externalKey };
  }

  function putOne({ externalKey: waitingFor = null, ...entry }: SuppressionEntry) {
    const existing = suppressionsByTarget.find(targetKey(entry.tenantId, entry.channel, { ...entry, waitingFor }));
    const row = existing
      ? suppressions.replace({ ...existing, reason: entry.reason })
      : suppressions.insert((id) => ({ ...entry, id, waitingFor, isRemoved: false }));
    return { existing, row };
  }

  return {
    put: (entry) =>
      db.write(() => {
        const { existing, row } = putOne(entry);
        return { created: !existing, suppression: toSuppression(row) };
      }),
    putMany: (_, entries) =>
      db.write(() => {
        const puts = entries.map(putOne);
        const added = puts.filter(({ existing }) => !existing).length;
        const changed = puts.filter(({ existing, row }) => existing && existing.reason !== row.reason).length;
        return { added, changed };
      }),
    settle: (tenantId, people) =>
      db.write(() => {
        let settled = 0;
        for (const { externalKey, id } of people) {
          for (const row of suppressionsByKey.rows(compositeKey(tenantId, externalKey))) {
            suppressions.replace({ ...row, customerId: id, waitingFor: null });
            settled += 1;
          }
        }
        return settled;
      }),
    remove: (tenantId, id) =>
      db.write(() => {
        const row = ofTenant(suppressions.get(id), tenantId);
        if (!row || row.isRemoved) return false;
        suppressions.replace({ ...row, isRemoved: true });
        return true;
      }),
    matching: (tenantId, channels, { addresses, customerIds }) =>
      db.read(() => {
        const targets = [
          ...addresses.map((address) => ({ address, customerId: null })),
          ...customerIds.map((customerId) => ({ address: null, customerId })),
        ];
        return channels.flatMap((one) =>
          targets.flatMap((target) => {
            const row = suppressionsByTarget.find(targetKey(tenantId, one, target));
            return row ? { address: row.address, customerId: row.customerId, reason: row.reason } : [];
          }),
        );
      }),
    list: (tenantId, filter) =>
      db.read(() => {
        const page = pageOfRows(
          suppressions.all(),
          filter,
          (row) =>
            row.tenantId === tenantId &&
            !row.isRemoved &&
            (filter.channel === undefined || row.channel === filter.channel),
        );
        return { ...page, items: page.items.map(toSuppression) };
      }),
  };
}

/** Key of the person or address that an entry is about. */
export function targetKey(
  tenantId: number,
  channel: string,
  target: { readonly address: string | null; readonly customerId: number | null; readonly waitingFor?: string | null },
): string {
  const { address, customerId, waitingFor } = target;
  const kind = waitingFor ? "key" : address === null ? "customer" : "address";
  return compositeKey(tenantId, channel, kind, waitingFor ?? address ?? customerId ?? 0);
}

/** Reasons of the entries that keep a delivery from its person. */
export function suppressingReasons(
  tables: Database["tables"],
  delivery: Pick<DeliveryRow, "tenantId" | "channel" | "address" | "customerId">,
): readonly string[] {
  const { tenantId, address, customerId } = delivery;
  const targets = [{ address: null, customerId }, ...(address === null ? [] : [{ address, customerId: null }])];
  return suppressionChannels(delivery.channel).flatMap((channel) =>
    targets.flatMap((target) => tables.suppressionsByTarget.find(targetKey(tenantId, channel, target))?.reason ?? []),
  );
}
