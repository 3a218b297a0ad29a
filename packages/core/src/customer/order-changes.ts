import type { StoredOrder } from "../ports/order-store.js";
import type { Stores } from "../ports/stores.js";
import { findCustomers } from "./find-customers.js";
import type { PreparedOrder } from "./order-schema.js";
import type { OrderChange, RowDrop, RowRejection } from "./outcome.js";
import { storedFacts, united } from "./unite-orders.js";

/** A row that was well read. */
export interface OrderRow {
  readonly index: number;
  readonly order: PreparedOrder;
  readonly dropped: readonly RowDrop[];
}

/** The rows that may be written, and those that may not. */
export interface JudgedRows {
  readonly rows: readonly OrderRow[];
  readonly rejected: readonly RowRejection[];
}

/**
 * Compares orders with those that are stored or stand in earlier rows, before anything of them is written: what is rejected
 * leaves no trace. Rows to be merged become the united order.
 */
export async function judgeChanges(
  tx: Stores,
  {
    tenantId,
    source,
    onChange,
  }: { readonly tenantId: number; readonly source: string; readonly onChange: OrderChange },
  rows: readonly OrderRow[],
  stored: ReadonlyMap<string, StoredOrder>,
): Promise<JudgedRows> {
  const counts = new Map<string, number>();
  for (const { order } of rows) counts.set(order.externalId, (counts.get(order.externalId) ?? 0) + 1);
  const isAgain = ({ order: { externalId, rowHash } }: OrderRow) => {
    const before = stored.get(externalId);
    return (before !== undefined && before.rowHash !== rowHash) || (counts.get(externalId) ?? 0) > 1;
  };
  const again = rows.filter(isAgain);
  if (again.length === 0) return { rows, rejected: [] };

  const keys = [...new Set(again.map(({ order }) => order.externalKey))];
  const buyers = await findCustomers(tx, tenantId, keys);
  // A key of somebody who was merged leads to the same person.
  const isOnePerson = (a: string, b: string) => a === b || (buyers.has(a) && buyers.get(a)?.id === buyers.get(b)?.id);
  const facts = onChange === "merge" ? await storedFacts(tx, tenantId, source, again, stored) : new Map();
  const earlier = new Map<string, PreparedOrder>();
  const rejected: RowRejection[] = [];
  const taken = rows.flatMap((row): readonly OrderRow[] => {
    if (!isAgain(row)) return [row];
    const { index, order } = row;
    const { externalId, externalKey, rowHash } = order;
    const refuse = (path: string, code: string, message: string) => {
      rejected.push({ index, path, code, message });
      return [];
    };
    const known = stored.get(externalId);
    const first = earlier.get(externalId);
    const isEqual = rowHash === (first ?? known)?.rowHash;
    const isSameBuyer =
      (known === undefined || buyers.get(externalKey)?.id === known.customerId) &&
      (first === undefined || isOnePerson(first.externalKey, externalKey));
    if (!isEqual && !isSameBuyer)
      return refuse("externalKey", "order.customer-changed", "the order belongs to another customer");
    if (!isEqual && (known ?? first) !== undefined && onChange === "refuse")
      return refuse("externalId", "order.differs", "the order came before with other facts");
    const base = first ?? facts.get(externalId);
    const next = onChange === "merge" && !isEqual && base ? united(base, order) : order;
    if (next === undefined)
      return refuse("amount", "order.not-mergeable", "the amounts of the two do not say what the order comes to");
    earlier.set(externalId, next);
    return [{ ...row, order: next }];
  });
  return { rows: taken, rejected };
}
