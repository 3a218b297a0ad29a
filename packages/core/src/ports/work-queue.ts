/** How urgent work is; each is a queue of its own. */
export const PRIORITY_CLASSES = ["urgent", "high", "normal", "low"] as const;
export type PriorityClass = (typeof PRIORITY_CLASSES)[number];

/** A row of the ledger that may be worked on. Nothing of it travels but this. */
export interface WorkAnnouncement {
  /** What it is: `message`, `batch`; at most 40 characters `a-z`, `0-9` and `-`. */
  readonly kind: string;
  /** Its row, ≥ 1. */
  readonly id: number;
  /** 0 … 10: 9 and 10 are urgent, 6 to 8 high, 3 to 5 normal, 0 to 2 low. */
  readonly priority: number;
}

/** Work that was announced, and that is this process's turn. */
export interface AnnouncedWork extends Pick<WorkAnnouncement, "kind" | "id"> {
  /** The queue that it came through. */
  readonly priorityClass: PriorityClass;
}

/** What becomes of an announcement: it is done with, or it comes again, here or elsewhere. */
export type WorkOutcome = "done" | "again";

/** How announcements are taken. */
export interface ConsumeOptions {
  /** Handled at once, 1 … 1000. What is taken ahead is bounded by it, and goes back when the consumer closes. */
  readonly concurrency: number;
  /** One announcement; it is acknowledged when this resolves with `done`, after the commit. What is thrown is `again`. */
  handle(work: AnnouncedWork): Promise<WorkOutcome>;
}

/** Announcements that wait, by queue. */
export type QueueDepth = Readonly<Record<PriorityClass, number>>;

/**
 * Tells processes of work. A hint only: what is lost is announced again by a sweep over the ledger, and what comes twice finds
 * there that it is done.
 */
export interface WorkQueue {
  /**
   * Announces rows after their commit; never fails for want of a broker.
   *
   * @returns how many are known to have been taken; the rest waits for the sweep
   * @throws {InputError} for a kind, id or priority that is none
   */
  announce(work: readonly WorkAnnouncement[]): Promise<number>;
  /** Takes announcements until closed: of the queues in turn, by the weights 8, 4, 2 and 1. Those under way end first. */
  consume(options: ConsumeOptions): Promise<{ close(): Promise<void> }>;
  /** Undefined while nobody can tell. */
  depth(): Promise<QueueDepth | undefined>;
  /** Ends all consumers and the connection. */
  close(): Promise<void>;
}
