import type { StoredOrder } from "../ports/order-store.js";
import type { Stores } from "../ports/stores.js";
import type { OrderLine } from "./order.js";
import { NO_FACTS, orderHash, type PreparedOrder } from "./order-schema.js";

/** Orders as they are stored, by external id, for rows that come again. */
export async function storedFacts(
  tx: Stores,
  tenantId: number,
  source: string,
  rows: readonly { readonly order: PreparedOrder }[],
  stored: ReadonlyMap<string, StoredOrder>,
): Promise<ReadonlyMap<string, PreparedOrder>> {
  const found = new Map<string, PreparedOrder>();
  const wanted = new Map(rows.map(({ order }) => [order.externalId, order.externalKey]));
  const owners = new Set([...wanted.keys()].flatMap((externalId) => stored.get(externalId)?.customerId ?? []));
  for (const customerId of owners) {
    for (const { id: _, source: from, labels, ...order } of (await tx.people.collect(tenantId, customerId))?.orders ??
      []) {
      const externalKey = wanted.get(order.externalId);
      const rowHash = stored.get(order.externalId)?.rowHash;
      if (from !== source || externalKey === undefined || rowHash === undefined) continue;
      const mentions = labels.map(({ kind, key }) => ({ kind, key }));
      found.set(order.externalId, { ...order, externalKey, buyer: NO_FACTS, labels: mentions, rowHash });
    }
  }
  return found;
}

/**
 * An order and what came of it again, as one: every line that either has, equal ones as often as in the one that has more of
 * them; the status and refund of the later, the time of the earlier.
 *
 * @returns undefined when the amount is in doubt: neither are both the sums of their lines, nor are both the same total
 */
export function united(before: PreparedOrder, after: PreparedOrder): PreparedOrder | undefined {
  const lines = unitedLines(before.lines, after.lines);
  const areSums = isSum(before) && isSum(after);
  if (!areSums && before.amountMinor !== after.amountMinor) return undefined;
  const refund = after.refundedMinor > 0 || before.refundedMinor === 0 ? after : before;
  const mentions = new Map(
    [...before.labels, ...after.labels].map((label) => [`${label.kind}\u0000${label.key}`, label]),
  );
  const order = {
    ...after,
    orderedAt: Math.min(before.orderedAt, after.orderedAt),
    amountMinor: areSums ? sumOf(lines) : before.amountMinor,
    refundedMinor: refund.refundedMinor,
    refundedAt: refund.refundedAt,
    lines,
    labels: [...mentions.values()],
  };
  return { ...order, rowHash: orderHash(order) };
}

function unitedLines(before: readonly OrderLine[], after: readonly OrderLine[]): readonly OrderLine[] {
  const left = new Map<string, number>();
  for (const line of before) left.set(wordsOf(line), (left.get(wordsOf(line)) ?? 0) + 1);
  const fresh = after.filter((line) => {
    const words = wordsOf(line);
    const count = left.get(words) ?? 0;
    left.set(words, count - 1);
    return count <= 0;
  });
  return [...before, ...fresh];
}

function wordsOf({ sku, name, quantity, amountMinor }: OrderLine): string {
  return JSON.stringify([sku, name, quantity, amountMinor]);
}

function isSum({ amountMinor, lines }: PreparedOrder): boolean {
  return lines.length > 0 && sumOf(lines) === amountMinor;
}

function sumOf(lines: readonly OrderLine[]): number {
  return lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}
