import type { OrderWrite } from "../ports/order-store.js";
import type { Stores } from "../ports/stores.js";
import { ensureLabels } from "./ensure-labels.js";
import type { KnownRows } from "./known-rows.js";
import type { Label } from "./label.js";
import { type MergeOptions, type MergeOutcome, mergeCustomers } from "./merge-customers.js";
import { judgeChanges, type OrderRow } from "./order-changes.js";
import { NO_FACTS, type PreparedOrder } from "./order-schema.js";
import type { OrderChange, RowDrop, RowRejection } from "./outcome.js";

/** Where the rows of a run go, and how. */
export interface ChunkTarget {
  readonly tenantId: number;
  readonly source: string;
  readonly merging: MergeOptions;
  readonly onChange: OrderChange;
  /** What the run has seen; learns only from what was committed. */
  readonly known: KnownRows;
}

/** What became of a chunk. */
export interface ChunkOutcome {
  readonly counts: { inserted: number; updated: number; unchanged: number; newCities: number; amountMinor: number };
  readonly rejected: readonly RowRejection[];
  readonly dropped: readonly RowDrop[];
  readonly moved: number;
  /** External ids of orders that changed. */
  readonly changed: readonly string[];
  readonly customers: readonly { readonly id: number; readonly kind: "inserted" | "updated" | "unchanged" }[];
  readonly labels: {
    readonly all: readonly number[];
    readonly added: readonly number[];
    readonly renamed: readonly number[];
  };
  /** What the next chunk need not look up, if the tenant is still at this revision. */
  readonly learned: {
    readonly revision: number;
    readonly buyers: readonly (readonly [key: string, id: number])[];
    readonly labels: readonly Label[];
  };
}

/** Writes the orders of a chunk with their buyers and labels; inside a transaction. */
export async function writeChunk(
  tx: Stores,
  target: ChunkTarget,
  given: readonly OrderRow[],
  { at, revision }: { readonly at: number; readonly revision: number },
): Promise<ChunkOutcome> {
  const { tenantId, source, known } = target;
  known.confirm(revision);
  const externalIds = [...new Set(given.map(({ order }) => order.externalId))];
  const found = await tx.orders.findByExternalIds(tenantId, source, externalIds);
  const stored = new Map(found.map((order) => [order.externalId, order]));
  const { rows, rejected } = await judgeChanges(tx, target, given, stored);
  const buyers = await buyersOf(
    tx,
    target,
    rows,
    at,
    (order) => stored.get(order.externalId)?.rowHash === order.rowHash,
  );
  const isTaken = (_: OrderRow, position: number) => buyers.outcomes[position]?.kind !== "rejected";
  const mentions = rows.filter(isTaken).flatMap(({ order }) => order.labels);
  const labels = await ensureLabels(tx, tenantId, mentions, known);
  const counts = { inserted: 0, updated: 0, unchanged: 0, newCities: buyers.newCityCount, amountMinor: 0 };
  const refused: RowRejection[] = [...rejected];
  const added = new Map<string, OrderWrite>();
  const changed = new Map<string, OrderWrite & { id: number }>();
  rows.forEach(({ index, order }, position) => {
    const buyer = buyers.outcomes[position];
    if (!buyer || buyer.kind === "rejected") {
      const { path = "", code = "", message = "" } = buyer ?? {};
      refused.push({ index, path: `buyer.${path}`, code, message });
      return;
    }
    counts.amountMinor += order.amountMinor;
    const labelIds = order.labels.map(({ kind, key }) => labels.idOf(kind, key));
    const write = writeOf(target, order, buyer.id, labelIds);
    const old = stored.get(order.externalId);
    const before = added.get(order.externalId) ?? changed.get(order.externalId) ?? old;
    if (before?.rowHash === order.rowHash && buyers.currentId(before.customerId) === buyer.id) {
      counts.unchanged += 1;
    } else if (old) {
      changed.set(order.externalId, { ...write, id: old.id });
      counts.updated += 1;
    } else {
      counts[added.has(order.externalId) ? "updated" : "inserted"] += 1;
      added.set(order.externalId, write);
    }
  });
  if (changed.size > 0) await tx.orders.updateMany([...changed.values()]);
  const newIds = added.size > 0 ? await tx.orders.insertMany([...added.values()]) : [];
  const recorded = await recordChunk(tx, tenantId, at, {
    customers: buyers.changedIds,
    orders: [...newIds, ...[...changed.values()].map(({ id }) => id)],
    labels: [...new Set([...labels.newIds, ...labels.renamedIds, ...buyers.newLabelIds])],
    maxOrderAt: Math.max(0, ...[...added.values(), ...changed.values()].map(({ orderedAt }) => orderedAt)),
  });
  return {
    counts,
    rejected: refused,
    dropped: [...rows.filter(isTaken).flatMap(({ dropped }) => dropped), ...buyers.dropped],
    moved: buyers.moved,
    changed: [...changed.keys()],
    customers: buyers.outcomes.flatMap((outcome) => (outcome.kind === "rejected" ? [] : [outcome])),
    labels: {
      all: [...buyers.labelIds, ...labels.labels.map(({ id }) => id)],
      added: [...labels.newIds, ...buyers.newLabelIds],
      renamed: labels.renamedIds,
    },
    learned: {
      revision: recorded ?? revision,
      buyers: buyers.met,
      labels: labels.labels,
    },
  };
}

/** What became of the buyers, one outcome per row. Those of whom an order says nothing new are looked up once in a run. */
async function buyersOf(
  tx: Stores,
  { tenantId, merging, known }: ChunkTarget,
  rows: readonly OrderRow[],
  at: number,
  isOld: (order: PreparedOrder) => boolean,
) {
  // While customers are merged into each other, an id that was right in the last chunk may be gone.
  const isSettled = merging.onIdentityMove !== "merge";
  const idOf = ({ order: { buyer, externalKey } }: OrderRow) =>
    isSettled && buyer === NO_FACTS ? known.buyer(externalKey) : undefined;
  const strangers = rows.filter((row) => idOf(row) === undefined);
  const facts = strangers.map(({ order }) => ({ ...order.buyer, externalKey: order.externalKey }));
  // An order that was taken before tells where the buyer lived then.
  const onlyFillsCity = (position: number) => strangers.slice(position, position + 1).some(({ order }) => isOld(order));
  const merged = await mergeCustomers(tx, tenantId, facts, at, { ...merging, onlyFillsCity });
  const met = strangers.flatMap(({ order }, position) => {
    const outcome = merged.outcomes[position];
    return outcome === undefined || outcome.kind === "rejected" ? [] : [[order.externalKey, outcome.id] as const];
  });
  let next = 0;
  const outcomes = rows.map((row): MergeOutcome => {
    const id = idOf(row);
    // There is one outcome for each stranger, in their order.
    return id === undefined ? (merged.outcomes[next++] as MergeOutcome) : { kind: "unchanged", id };
  });
  const dropped = merged.dropped.map(({ index, path, ...drop }) => {
    return { ...drop, index: strangers[index]?.index ?? 0, path: `buyer.${path}` };
  });
  return { ...merged, outcomes, dropped, met };
}

function writeOf(
  { tenantId, source }: ChunkTarget,
  order: PreparedOrder,
  customerId: number,
  labelIds: readonly number[],
): OrderWrite {
  const { externalId, orderedAt, amountMinor, refundedMinor, refundedAt, status, lines, rowHash } = order;
  return {
    tenantId,
    source,
    externalId,
    customerId,
    orderedAt,
    amountMinor,
    refundedMinor,
    refundedAt,
    status,
    lines,
    labelIds,
    rowHash,
  };
}

async function recordChunk(
  tx: Stores,
  tenantId: number,
  at: number,
  changed: { customers: readonly number[]; orders: readonly number[]; labels: readonly number[]; maxOrderAt: number },
): Promise<number | undefined> {
  const changes = [
    ...changed.customers.map((id) => ({ kind: "customer" as const, id })),
    ...changed.orders.map((id) => ({ kind: "order" as const, id })),
    ...changed.labels.map((id) => ({ kind: "label" as const, id })),
  ];
  if (changes.length === 0) return undefined;
  return tx.tenants.recordChanges(
    tenantId,
    changes,
    changed.orders.length > 0 ? { at, maxOrderAt: changed.maxOrderAt } : { at },
  );
}
