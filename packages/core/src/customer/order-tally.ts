import { IdSet } from "./id-set.js";
import type { ChunkOutcome } from "./order-chunk.js";
import type { OrderIngestResult, RowRejection, rejectionKeeper } from "./outcome.js";

const NAMED_CHANGES = 10;

/** Adds chunk outcomes up; people and labels count once however many chunks mention them. */
export function orderTally(faults: ReturnType<typeof rejectionKeeper>) {
  const orders = { inserted: 0, updated: 0, unchanged: 0 };
  let moved = 0;
  const people = { all: new IdSet(), inserted: new IdSet(), updated: new IdSet() };
  const labels = { all: new IdSet(), inserted: new IdSet(), updated: new IdSet() };
  let newCities = 0;
  let amountMinor = 0;
  const changed = { orders: 0, first: [] as string[] };
  return {
    broughtIn: people.inserted,
    add(
      { counts, rejected: refused, customers, labels: seen, ...outcome }: ChunkOutcome,
      bad: readonly RowRejection[],
    ): void {
      orders.inserted += counts.inserted;
      orders.updated += counts.updated;
      orders.unchanged += counts.unchanged;
      amountMinor += counts.amountMinor;
      newCities += counts.newCities;
      faults.add([...bad, ...refused], outcome.dropped);
      moved += outcome.moved;
      changed.orders += outcome.changed.length;
      changed.first.push(...outcome.changed.slice(0, NAMED_CHANGES - changed.first.length));
      for (const { id, kind } of customers) {
        people.all.add(id);
        if (kind === "inserted") people.inserted.add(id);
        else if (kind === "updated" && !people.inserted.has(id)) people.updated.add(id);
      }
      for (const id of seen.all) labels.all.add(id);
      for (const id of seen.added) labels.inserted.add(id);
      for (const id of seen.renamed) if (!labels.inserted.has(id)) labels.updated.add(id);
    },
    result(): OrderIngestResult {
      const known = people.all.size - people.inserted.size;
      const updated = Math.min(people.updated.size + newCities, known);
      return {
        ...orders,
        rejected: faults.all(),
        dropped: faults.allDropped(),
        moved,
        changed,
        customers: { inserted: people.inserted.size, updated, unchanged: known - updated },
        labels: {
          inserted: labels.inserted.size,
          updated: labels.updated.size,
          unchanged: labels.all.size - labels.inserted.size - labels.updated.size,
        },
        amountMinor,
      };
    },
  };
}
