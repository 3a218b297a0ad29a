import { chunksOf } from "../chunks.js";
import type { Clock } from "../clock.js";
import type { Read } from "../instant.js";
import type { PersonData } from "../ports/person-data.js";
import type { Stores } from "../ports/stores.js";
import { withoutNulls } from "../without-nulls.js";
import type { CustomerInput } from "./customer.js";
import { customerInputSchema, isCustomerFact, type PreparedCustomer } from "./customer-schema.js";
import { inTurn } from "./in-turn.js";
import { type MergeOutcome, mergeCustomers } from "./merge-customers.js";
import {
  type CustomerIngestOptions,
  type CustomerIngestResult,
  type RowDrop,
  type RowRejection,
  rejectionCheck,
  rejectionKeeper,
  rejectionOf,
} from "./outcome.js";
import { readRow } from "./read-row.js";

const CHUNK = 500;

/**
 * Takes customers over, 500 rows per transaction; a row that is wrong is rejected by itself, an optional value left out.
 *
 * @throws the reason of `signal` between two chunks; what was taken stays
 */
export async function ingestCustomers(
  context: {
    readonly stores: Stores;
    readonly clock: Clock;
    readonly tenantId: number;
    readonly personData: readonly PersonData[];
  },
  rows: Iterable<CustomerInput> | AsyncIterable<CustomerInput>,
  options: Read<CustomerIngestOptions> = {},
): Promise<CustomerIngestResult> {
  const { stores, clock, tenantId, personData } = context;
  const total = { inserted: 0, updated: 0, unchanged: 0 };
  const faults = rejectionKeeper(options);
  let moved = 0;
  const assertTaken = rejectionCheck(stores, options);
  let seen = 0;
  for await (const chunk of chunksOf(rows, CHUNK)) {
    options.signal?.throwIfAborted();
    const rejected: RowRejection[] = [];
    const dropped: RowDrop[] = [];
    const prepared: { index: number; row: PreparedCustomer }[] = [];
    chunk.forEach((input, offset) => {
      const read = readRow(customerInputSchema, withoutNulls(input), isCustomerFact, options.strict);
      const index = seen + offset;
      if ("issues" in read) {
        rejected.push(rejectionOf(index, read.issues));
        return;
      }
      prepared.push({ index, row: read.value });
      dropped.push(...read.dropped.map((issue) => rejectionOf(index, [issue])));
    });
    assertTaken(rejected);
    const at = clock.now();
    const result = await inTurn(stores, tenantId, async (tx) => {
      const merged = await mergeCustomers(
        tx,
        tenantId,
        prepared.map(({ row }) => row),
        at,
        { ...options, personData },
      );
      assertTaken(refusedOf(merged.outcomes, prepared));
      const changes = merged.changedIds.map((id) => ({ kind: "customer" as const, id }));
      const labels = merged.newLabelIds.map((id) => ({ kind: "label" as const, id }));
      if (changes.length + labels.length + merged.newCityCount > 0) {
        await tx.tenants.recordChanges(tenantId, [...changes, ...labels], { at });
      }
      return merged;
    });
    for (const { kind } of result.outcomes) if (kind !== "rejected") total[kind] += 1;
    dropped.push(...result.dropped.map((drop) => ({ ...drop, index: prepared[drop.index]?.index ?? 0 })));
    faults.add([...rejected, ...refusedOf(result.outcomes, prepared)], dropped);
    moved += result.moved;
    total.updated += result.newCityCount;
    total.unchanged -= result.newCityCount;
    seen += chunk.length;
    options.onProgress?.({ rows: seen });
  }
  return { ...total, rejected: faults.all(), dropped: faults.allDropped(), moved };
}

function refusedOf(outcomes: readonly MergeOutcome[], prepared: readonly { readonly index: number }[]): RowRejection[] {
  return outcomes.flatMap((outcome, position) => {
    if (outcome.kind !== "rejected") return [];
    const { path, code, message } = outcome;
    return [{ index: prepared[position]?.index ?? 0, path, code, message }];
  });
}
