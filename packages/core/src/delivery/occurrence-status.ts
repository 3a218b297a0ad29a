import { NotFoundError } from "../errors.js";
import type { DeliveryCounts, HandedOn } from "../ports/delivery-store.js";
import type { Stores } from "../ports/stores.js";
import type { Occurrence } from "./occurrence.js";
import type { BatchState } from "./states.js";

/** Where an occurrence stands: the row with its counts. */
export interface OccurrenceStatus extends Occurrence {
  /** How many batches are in each state; none: the state is absent. */
  readonly batches: Readonly<Partial<Record<BatchState, number>>>;
  /** How many people are in each state; none: the state is absent. */
  readonly deliveries: DeliveryCounts;
  /** Who was handed to a next channel, in groups by what had become of them; they are counted by what becomes of them there. */
  readonly handedOn: readonly HandedOn[];
}

/** An occurrence with its counts. @throws {NotFoundError} `occurrence.not-found` */
export async function occurrenceStatus(stores: Stores, tenantId: number, id: number): Promise<OccurrenceStatus> {
  const occurrence = await stores.occurrences.get(tenantId, id);
  if (!occurrence) throw new NotFoundError("occurrence.not-found", `no occurrence ${id}`);
  const batches = await stores.batches.countByState(tenantId, id);
  const deliveries = await stores.deliveries.countByState(tenantId, { occurrenceId: id });
  const handedOn = await stores.deliveries.handedOn(tenantId, id);
  return { ...occurrence, batches, deliveries, handedOn };
}
