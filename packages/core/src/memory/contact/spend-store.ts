import type { HeldSpend, SpendEntry, SpendPeriod, SpendStore } from "../../ports/spend-store.js";
import { compositeKey } from "../table.js";
import type { Database } from "../tables.js";
import type { SpendPeriodRow } from "./tables.js";

/** {@link SpendStore} in memory. */
export function spendStore(db: Database): SpendStore {
  const { spendEntries, spendByBatch, spendPeriods, spendPeriodsByName } = db.tables;
  const periodOf = (tenantId: number, channel: string, period: string) =>
    spendPeriodsByName.find(compositeKey(tenantId, channel, period));
  const entryOf = (tenantId: number, batchId: number) => spendByBatch.find(compositeKey(tenantId, batchId));

  function add({ tenantId, channel, day }: SpendEntry, units: number, amountMinor: number): void {
    for (const period of [day, day.slice(0, 7)]) {
      const row = periodOf(tenantId, channel, period);
      if (!row) continue;
      spendPeriods.replace({ ...row, units: row.units + units, amountMinor: row.amountMinor + amountMinor });
    }
  }

  return {
    hold: (tenantId, channel, periods) =>
      db.write(() =>
        periods.map((period) => {
          const fresh = { tenantId, channel, period, units: 0, amountMinor: 0 };
          return told(periodOf(tenantId, channel, period) ?? spendPeriods.insert((id) => ({ ...fresh, id })));
        }),
      ),
    charge: (entry) =>
      db.write(() => {
        const before = entryOf(entry.tenantId, entry.batchId);
        if (before) add(before, -before.leftUnits, -before.leftMinor);
        add(entry, entry.units, entry.amountMinor);
        const left = { leftUnits: entry.units, leftMinor: entry.amountMinor };
        if (before) spendEntries.replace({ ...entry, ...left, id: before.id });
        else spendEntries.insert((id) => ({ ...entry, ...left, id }));
      }),
    get: (tenantId, batchId) =>
      db.read((): HeldSpend | undefined => {
        const row = entryOf(tenantId, batchId);
        if (!row) return undefined;
        const { id: _, ...entry } = row;
        return entry;
      }),
    lower: (tenantId, batchId, { units, amountMinor }) =>
      db.write(() => {
        const row = entryOf(tenantId, batchId);
        if (!row) return;
        add(row, units - row.leftUnits, amountMinor - row.leftMinor);
        spendEntries.replace({ ...row, leftUnits: units, leftMinor: amountMinor });
      }),
    sums: (tenantId, channel, periods) =>
      db.read(() =>
        [...new Set(periods)].sort().flatMap((period) => {
          const row = periodOf(tenantId, channel, period);
          return row ? [told(row)] : [];
        }),
      ),
  };
}

function told({ id, period, units, amountMinor }: SpendPeriodRow): SpendPeriod {
  return { id, period, units, amountMinor };
}
