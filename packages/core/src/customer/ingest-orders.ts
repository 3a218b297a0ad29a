import { scheduler } from "node:timers/promises";
import * as z from "zod";
import { chunksOf } from "../chunks.js";
import type { Clock } from "../clock.js";
import { searchTextSchema } from "../input.js";
import type { Read } from "../instant.js";
import type { PersonData } from "../ports/person-data.js";
import type { Stores } from "../ports/stores.js";
import { inTurn } from "./in-turn.js";
import { KnownRows } from "./known-rows.js";
import type { OrderInput } from "./order.js";
import type { OrderRow } from "./order-changes.js";
import { writeChunk } from "./order-chunk.js";
import { orderReader } from "./order-schema.js";
import { orderTally } from "./order-tally.js";
import {
  type CustomerIngestOptions,
  customerIngestOptionsSchema,
  ORDER_CHANGES,
  type OrderChange,
  type OrderIngestResult,
  type RowDrop,
  type RowRejection,
  rejectionCheck,
  rejectionKeeper,
  rejectionOf,
} from "./outcome.js";

const CHUNK_ORDERS = 1000;
const CHUNK_LINES = 5000;
/** Orders that are read between two turns of the event loop. */
const TURN_ORDERS = 50;
const NO_DROPS: readonly RowDrop[] = [];

export const orderIngestOptionsSchema = customerIngestOptionsSchema.extend({
  source: searchTextSchema.min(1).max(64).optional(),
  onChange: z.enum(ORDER_CHANGES).optional(),
});

/** How orders are taken over. */
export interface OrderIngestOptions extends CustomerIngestOptions {
  /** Where the orders come from; part of their key. 1 … 64 characters. @default "default" */
  readonly source?: string | null | undefined;
  /**
   * What becomes of an order that comes again with other facts. `replace` writes them. `merge` unites its lines with those that are
   * stored, equal ones once; an order whose amount would be in doubt is rejected, `order.not-mergeable`. `refuse` rejects
   * it, `order.differs`. One that names another customer is rejected in any case, `order.customer-changed`.
   *
   * @default "replace", told in `changed`
   */
  readonly onChange?: OrderChange | null | undefined;
}

/** What orders are taken over with. */
export interface OrderContext {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly tenantId: number;
  readonly timeZone: string;
  readonly currency: string;
  readonly personData: readonly PersonData[];
}

/**
 * Takes orders over, with their buyers and labels; a chunk of at most 1 000 orders per transaction, an order whole or not at all.
 * While a chunk is written, the next one is read.
 *
 * @throws the reason of `signal` between two chunks; what was taken stays
 */
export async function ingestOrders(
  context: OrderContext,
  rows: Iterable<OrderInput> | AsyncIterable<OrderInput>,
  options: Read<OrderIngestOptions> = {},
): Promise<OrderIngestResult> {
  const { source = "default", onChange = "replace", strict, onIdentityMove, attributeTypes } = options;
  const { stores, tenantId } = context;
  const read = orderReader(context.timeZone, context.currency);
  const tally = orderTally(rejectionKeeper(options));
  const assertTaken = rejectionCheck(stores, options);
  const known = new KnownRows();
  let [seen, done] = [0, 0];
  let writing: Promise<void> | undefined;

  async function write(prepared: readonly (OrderRow | RowRejection)[]): Promise<void> {
    const good = prepared.filter(isOrderRow);
    const bad = prepared.filter((entry): entry is RowRejection => !isOrderRow(entry));
    assertTaken(bad);
    const at = context.clock.now();
    const merging = {
      strict,
      onIdentityMove,
      attributeTypes,
      broughtIn: tally.broughtIn,
      personData: context.personData,
    };
    const target = { tenantId, source, merging, onChange, known };
    const outcome = await inTurn(stores, tenantId, async (tx, revision) => {
      const written = await writeChunk(tx, target, good, { at, revision });
      assertTaken(written.rejected);
      return written;
    });
    known.learn(outcome.learned);
    tally.add(outcome, bad);
    done += prepared.length;
    options.onProgress?.({ rows: done });
  }

  try {
    for await (const chunk of chunksOf(rows, CHUNK_ORDERS, (order) => order?.lines?.length ?? 0, CHUNK_LINES)) {
      const prepared: (OrderRow | RowRejection)[] = [];
      for (const input of chunk) {
        prepared.push(prepare(read, input, seen++, strict));
        // Else timers, and the write under way before its next statement, would wait for this whole chunk.
        if (prepared.length % TURN_ORDERS === 0) await scheduler.yield();
      }
      await writing;
      options.signal?.throwIfAborted();
      writing = write(prepared);
      // Whoever waits for it hears of it; until then the next chunk is read.
      writing.catch(() => {});
    }
  } finally {
    await writing;
  }
  return tally.result();
}

function isOrderRow(entry: OrderRow | RowRejection): entry is OrderRow {
  return "order" in entry;
}

function prepare(
  read: ReturnType<typeof orderReader>,
  input: OrderInput,
  index: number,
  strict: boolean | undefined,
): OrderRow | RowRejection {
  const order = read(input, strict);
  if ("issues" in order) return rejectionOf(index, order.issues);
  const dropped = order.dropped.length > 0 ? order.dropped.map((issue) => rejectionOf(index, [issue])) : NO_DROPS;
  return { index, order: order.value, dropped };
}
