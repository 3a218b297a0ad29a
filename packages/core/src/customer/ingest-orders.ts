import { chunksOf } from "../chunks.js";
import type { Clock } from "../clock.js";
import { searchTextSchema } from "../input.js";
import type { Read } from "../instant.js";
import type { OrderWrite } from "../ports/order-store.js";
import type { Stores } from "../ports/stores.js";
import { ensureLabels } from "./ensure-labels.js";
import { IdSet } from "./id-set.js";
import { inTurn } from "./in-turn.js";
import { type MergeOptions, mergeCustomers } from "./merge-customers.js";
import type { OrderInput } from "./order.js";
import { orderReader, type PreparedOrder } from "./order-schema.js";
import {
  type CustomerIngestOptions,
  customerIngestOptionsSchema,
  type OrderIngestResult,
  type RowDrop,
  type RowRejection,
  rejectionCheck,
  rejectionKeeper,
  rejectionOf,
} from "./outcome.js";

const CHUNK_ORDERS = 500;
const CHUNK_LINES = 5000;

export const orderIngestOptionsSchema = customerIngestOptionsSchema.extend({
  source: searchTextSchema.min(1).max(64).optional(),
});

/** How orders are taken over. */
export interface OrderIngestOptions extends CustomerIngestOptions {
  /** Where the orders come from; part of their key. 1 … 64 characters. @default "default" */
  readonly source?: string | null | undefined;
}

interface Context {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly tenantId: number;
  readonly timeZone: string;
  readonly currency: string;
}

interface ChunkOutcome {
  readonly counts: { inserted: number; updated: number; unchanged: number; newCities: number; amountMinor: number };
  readonly rejected: readonly RowRejection[];
  readonly dropped: readonly RowDrop[];
  readonly moved: number;
  readonly customers: readonly { readonly id: number; readonly kind: "inserted" | "updated" | "unchanged" }[];
  readonly labels: {
    readonly all: readonly number[];
    readonly added: readonly number[];
    readonly renamed: readonly number[];
  };
}

/**
 * Takes orders over, with their buyers and labels; a chunk of at most 500 orders per transaction, an order whole or not at all.
 *
 * @throws the reason of `signal` between two chunks; what was taken stays
 */
export async function ingestOrders(
  context: Context,
  rows: Iterable<OrderInput> | AsyncIterable<OrderInput>,
  options: Read<OrderIngestOptions> = {},
): Promise<OrderIngestResult> {
  const { source = "default" } = options;
  const read = orderReader(context.timeZone, context.currency);
  const tally = newTally(rejectionKeeper(options));
  const assertTaken = rejectionCheck(context.stores, options);
  let seen = 0;
  for await (const chunk of chunksOf(rows, CHUNK_ORDERS, (order) => order?.lines?.length ?? 0, CHUNK_LINES)) {
    options.signal?.throwIfAborted();
    const prepared = chunk.map((input, offset) => prepare(read, input, seen + offset, options.strict));
    const good = prepared.flatMap((entry) => ("order" in entry ? [entry] : []));
    const bad = prepared.flatMap((entry) => ("order" in entry ? [] : [entry]));
    assertTaken(bad);
    const at = context.clock.now();
    const { strict, onIdentityMove } = options;
    const merging = { strict, onIdentityMove, broughtIn: tally.broughtIn };
    const target = { tenantId: context.tenantId, source, merging };
    const outcome = await inTurn(context.stores, context.tenantId, async (tx) => {
      const written = await writeChunk(tx, target, good, at);
      assertTaken(written.rejected);
      return written;
    });
    tally.add(outcome, bad);
    seen += chunk.length;
    options.onProgress?.({ rows: seen });
  }
  return tally.result();
}

type Prepared = { readonly index: number; readonly order: PreparedOrder; readonly dropped: readonly RowDrop[] };

function prepare(
  read: ReturnType<typeof orderReader>,
  input: OrderInput,
  index: number,
  strict: boolean | undefined,
): Prepared | RowRejection {
  const order = read(input, strict);
  if ("issues" in order) return rejectionOf(index, order.issues);
  return { index, order: order.value, dropped: order.dropped.map((issue) => rejectionOf(index, [issue])) };
}

async function writeChunk(
  tx: Stores,
  { tenantId, source, merging }: { tenantId: number; source: string; merging: MergeOptions },
  rows: readonly Prepared[],
  at: number,
): Promise<ChunkOutcome> {
  const facts = rows.map(({ order }) => ({ ...order.buyer, externalKey: order.externalKey }));
  const stored = new Map(
    (await tx.orders.findByExternalIds(tenantId, source, [...new Set(rows.map(({ order }) => order.externalId))])).map(
      (order) => [order.externalId, order],
    ),
  );
  // An order that was taken before tells where the buyer lived then.
  const isOld = ({ externalId, rowHash }: PreparedOrder) => stored.get(externalId)?.rowHash === rowHash;
  const onlyFillsCity = (position: number) => rows.slice(position, position + 1).some(({ order }) => isOld(order));
  const buyers = await mergeCustomers(tx, tenantId, facts, at, { ...merging, onlyFillsCity });
  const isTaken = (_: Prepared, position: number) => buyers.outcomes[position]?.kind !== "rejected";
  const mentions = rows.filter(isTaken).flatMap(({ order }) => order.labels);
  const labels = await ensureLabels(tx, tenantId, mentions);
  const counts = { inserted: 0, updated: 0, unchanged: 0, newCities: buyers.newCityCount, amountMinor: 0 };
  const rejected: RowRejection[] = [];
  const added = new Map<string, OrderWrite>();
  const changed = new Map<string, OrderWrite & { id: number }>();
  rows.forEach(({ index, order }, position) => {
    const buyer = buyers.outcomes[position];
    if (!buyer || buyer.kind === "rejected") {
      rejected.push({
        index,
        path: `buyer.${buyer?.path ?? ""}`,
        code: buyer?.code ?? "",
        message: buyer?.message ?? "",
      });
      return;
    }
    counts.amountMinor += order.amountMinor;
    const write = writeOf(
      tenantId,
      source,
      order,
      buyer.id,
      order.labels.map(({ kind, key }) => labels.idOf(kind, key)),
    );
    const known = stored.get(order.externalId);
    const before = added.get(order.externalId) ?? changed.get(order.externalId) ?? known;
    if (before?.rowHash === order.rowHash && buyers.currentId(before.customerId) === buyer.id) {
      counts.unchanged += 1;
    } else if (known) {
      changed.set(order.externalId, { ...write, id: known.id });
      counts.updated += 1;
    } else {
      counts[added.has(order.externalId) ? "updated" : "inserted"] += 1;
      added.set(order.externalId, write);
    }
  });
  if (changed.size > 0) await tx.orders.updateMany([...changed.values()]);
  const newIds = added.size > 0 ? await tx.orders.insertMany([...added.values()]) : [];
  await recordChunk(tx, tenantId, at, {
    customers: buyers.changedIds,
    orders: [...newIds, ...[...changed.values()].map(({ id }) => id)],
    labels: [...new Set([...labels.newIds, ...labels.renamedIds, ...buyers.newLabelIds])],
    maxOrderAt: Math.max(0, ...[...added.values(), ...changed.values()].map(({ orderedAt }) => orderedAt)),
  });
  return {
    counts,
    rejected,
    dropped: [
      ...rows.filter(isTaken).flatMap(({ dropped }) => dropped),
      ...buyers.dropped.map(({ index, path, ...drop }) => {
        return { ...drop, index: rows[index]?.index ?? 0, path: `buyer.${path}` };
      }),
    ],
    moved: buyers.moved,
    customers: buyers.outcomes.flatMap((outcome) => (outcome.kind === "rejected" ? [] : [outcome])),
    labels: {
      all: [...buyers.labelIds, ...mentions.map(({ kind, key }) => labels.idOf(kind, key))],
      added: [...labels.newIds, ...buyers.newLabelIds],
      renamed: labels.renamedIds,
    },
  };
}

function writeOf(
  tenantId: number,
  source: string,
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
): Promise<void> {
  const changes = [
    ...changed.customers.map((id) => ({ kind: "customer" as const, id })),
    ...changed.orders.map((id) => ({ kind: "order" as const, id })),
    ...changed.labels.map((id) => ({ kind: "label" as const, id })),
  ];
  if (changes.length === 0) return;
  await tx.tenants.recordChanges(
    tenantId,
    changes,
    changed.orders.length > 0 ? { at, maxOrderAt: changed.maxOrderAt } : { at },
  );
}

/** Adds chunk outcomes up; people and labels count once however many chunks mention them. */
function newTally(faults: ReturnType<typeof rejectionKeeper>) {
  const orders = { inserted: 0, updated: 0, unchanged: 0 };
  let moved = 0;
  const people = { all: new IdSet(), inserted: new IdSet(), updated: new IdSet() };
  const labels = { all: new IdSet(), inserted: new IdSet(), updated: new IdSet() };
  let newCities = 0;
  let amountMinor = 0;
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
