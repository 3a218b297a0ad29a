/**
 * How a transaction holds a row until it ends: `exclusive`, so that nobody else holds or changes it, or `shared`, so that
 * nobody changes it.
 *
 * Whoever asks waits for those in the way, and then reads what they left. Taken in the order batch, tenant, rule,
 * occurrence, people. Engines with one writer have nothing to do; outside a transaction nothing is held.
 */
export type RowLock = "shared" | "exclusive";
