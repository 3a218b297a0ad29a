import type { Batch } from "../../delivery/batch.js";
import type { Attempt, Delivery } from "../../delivery/delivery.js";
import type { Occurrence } from "../../delivery/occurrence.js";
import type { Journal } from "../journal.js";
import { compositeKey, createTable, type Row } from "../table.js";

/** A delivery with its entry in the cap ledger, and what its message is made of. */
export interface DeliveryRow extends Delivery {
  /** Values of personal variables, kept with the first attempt. */
  readonly values: Readonly<Record<string, string>> | null;
  /** Instant of the intent that counts against the person's caps; null: not in the ledger. */
  readonly chargedAt: number | null;
  /** Whose caps it counts against; null: not in the ledger. */
  readonly chargedCustomerId: number | null;
  /** Batch that was charged; it may not be the batch of the row any more. */
  readonly chargedBatchId: number | null;
  /** The charge counts against no cap, only against what the provider delivers. */
  readonly isCapFree?: boolean;
}

/** What a list says of a person. */
export interface ListValuesRow extends Row {
  readonly occurrenceId: number;
  readonly customerId: number;
  readonly values: Readonly<Record<string, string>>;
}

/** Occurrences, batches, attempts and deliveries. */
export function deliveryTables(journal: Journal) {
  const occurrences = createTable<Occurrence>(journal);
  const listValues = createTable<ListValuesRow>(journal);
  const batches = createTable<Batch>(journal);
  const deliveries = createTable<DeliveryRow>(journal);
  const attempts = createTable<Attempt>(journal);
  return {
    occurrences,
    occurrencesByKey: occurrences.indexBy((row) => [compositeKey(row.tenantId, row.ruleId, row.kind, row.nominal)]),
    occurrencesByRule: occurrences.indexBy((row) => [row.ruleId]),
    occurrencesByState: occurrences.indexBy((row) => [row.state]),
    listValues,
    listValuesByPerson: listValues.indexBy((row) => [compositeKey(row.tenantId, row.occurrenceId, row.customerId)]),
    listValuesByOccurrence: listValues.indexBy((row) => [row.occurrenceId]),
    listValuesByCustomer: listValues.indexBy((row) => [row.customerId]),
    batches,
    batchesByKey: batches.indexBy((row) => [compositeKey(row.tenantId, row.occurrenceId, row.channel, row.number)]),
    batchesByOccurrence: batches.indexBy((row) => [row.occurrenceId]),
    batchesHandingOn: batches.indexBy((row) => (row.handsOn ? ["handing on"] : [])),
    batchesByState: batches.indexBy((row) => [row.state]),
    deliveries,
    deliveriesByOccurrence: deliveries.indexBy((row) => [row.occurrenceId]),
    deliveriesByBatch: deliveries.indexBy((row) => (row.batchId === null ? [] : [row.batchId])),
    deliveriesByCustomer: deliveries.indexBy((row) => [row.customerId]),
    deliveriesByChargedBatch: deliveries.indexBy((row) => (row.chargedBatchId === null ? [] : [row.chargedBatchId])),
    chargesByCustomer: deliveries.indexBy((row) => (row.chargedCustomerId === null ? [] : [row.chargedCustomerId])),
    attempts,
    attemptsByBatch: attempts.indexBy((row) => [row.batchId]),
  };
}
