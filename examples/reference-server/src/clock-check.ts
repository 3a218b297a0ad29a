import { type Clock, type Logger, RecallKitError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";

/** From here on the difference is told, ms … */
const TOLD_MS = 5_000;
/** … and from here on nothing starts: leases, slots and quiet hours would be those of another time, ms. */
const MOST_MS = 300_000;

/**
 * Compares this machine's clock with the database's, by which the clocks of all machines are compared.
 *
 * @throws {RecallKitError} `server.clock-differs`: by more than five minutes
 */
export async function assertSameTime(
  stores: Pick<SqlStores, "serverTime">,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<void> {
  const asked = clock.now();
  const there = await stores.serverTime();
  if (there === undefined) return;
  // Half of the way has passed when the server looks at its clock.
  const aheadMs = Math.round((asked + clock.now()) / 2 - there);
  const difference = Math.abs(aheadMs);
  const way = aheadMs > 0 ? "ahead of" : "behind";
  if (difference >= MOST_MS) {
    const text = `this machine's clock is ${inWords(difference)} ${way} the database's`;
    throw new RecallKitError("server.clock-differs", text, { hint: "set both by NTP, then start again" });
  }
  if (difference >= TOLD_MS) logger.warn("server.clock-differs", { aheadMs });
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
