/**
 * What a process of the engine does: `scheduler` plans slots, puts right what was abandoned, completes and hands alarms on;
 * `worker` takes snapshots, calls providers and polls results.
 */
export const ENGINE_ROLES = ["scheduler", "worker"] as const;
export type EngineRole = (typeof ENGINE_ROLES)[number];

/** What one pass of the engine did. */
export interface TickResult {
  /** Firings planned. */
  readonly planned: number;
  /** Steps of snapshots taken. */
  readonly snapshots: number;
  /** Batches handed to a channel. */
  readonly sent: number;
  /** Messages of templates claimed to be sent. */
  readonly messages: number;
  /** Batches and messages of unknown outcome looked up. */
  readonly reconciled: number;
  /** Batches and messages whose results were asked for. */
  readonly polled: number;
  /** Rows that nobody worked on any more and that were put right. */
  readonly swept: number;
}
