import { RecallKitError } from "../errors.js";
import type { Stores } from "../ports/stores.js";

/** Occurrences of a tenant that may wait for their begin before no more are taken by hand. */
const MOST_WAITING = 200;

/** Holds orders back while those before them have not begun. @throws {RecallKitError} `backlog.full`, retryable */
export async function assertRoom(stores: Stores, tenantId: number): Promise<void> {
  if ((await stores.occurrences.countPlanned(tenantId, MOST_WAITING + 1)) <= MOST_WAITING) return;
  throw new RecallKitError("backlog.full", `${MOST_WAITING} pushes wait for their begin`, { retryable: true });
}
