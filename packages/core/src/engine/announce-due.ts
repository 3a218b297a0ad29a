import type { Clock } from "../clock.js";
import { RecallKitError } from "../errors.js";
import type { Logger } from "../logger.js";
import type { WorkAnnouncement, WorkQueue } from "../ports/work-queue.js";

/** What {@link announceDue} takes. */
export interface AnnounceDueOptions {
  /** Rows of the ledger that are due and that nobody has, at most `limit`, from `after` on by id. */
  due(after: number, limit: number): Promise<readonly WorkAnnouncement[]>;
  /** Times the sweeps. */
  readonly clock: Clock;
  /** Told of sweeps that failed. */
  readonly logger: Logger;
  /** What a lost announcement costs at most, ms. @default 30000 */
  readonly everyMs?: number;
  /** Ends the sweeps. */
  readonly signal: AbortSignal;
}

const AT_ONCE = 1000;
/** More is not announced in one sweep: the queue is full of it anyway. */
const MOST = 100_000;

/**
 * Announces what is due by the ledger, again and again until aborted: announcements that a broker lost, and rows whose time has
 * come. Whoever takes one that was announced twice finds in the ledger that it is done.
 */
export async function announceDue(queue: WorkQueue, options: AnnounceDueOptions): Promise<void> {
  const { due, clock, logger, everyMs = 30_000, signal } = options;
  while (!signal.aborted) {
    try {
      for (let after = 0, count = 0; count < MOST && !signal.aborted; ) {
        const rows = await due(after, AT_ONCE);
        await queue.announce(rows);
        count += rows.length;
        after = Math.max(after, ...rows.map(({ id }) => id));
        if (rows.length < AT_ONCE) break;
      }
    } catch (error) {
      logger.warn("queue.not-swept", { code: RecallKitError.is(error) ? error.code : "bug" });
    }
    await clock.sleep(everyMs, signal);
  }
}
