/** How long things may take; all in milliseconds. */
export interface Timings {
  /** How long a claimed row belongs to its worker. @default 60000 */
  readonly leaseMs: number;
  /** How often a worker prolongs its lease during a long call. @default 20000 */
  readonly heartbeatMs: number;
  /** Longest time between the recorded intent and the first byte of a send. @default 10000 */
  readonly sendDeadlineMs: number;
  /** How long the engine waits for one call of a channel; then it is given up, and a send's outcome is unknown. @default 120000 */
  readonly callDeadlineMs: number;
  /** How long a lost request may still take effect at the provider; "not found" counts only afterwards. @default 600000 */
  readonly settleWindowMs: number;
  /** When an unknown outcome is looked up, counted from the attempt. @default 15 s, 1 min, 5 min, 10 min, 1 h, 6 h, 24 h */
  readonly reconcileScheduleMs: readonly number[];
  /** Time between acceptance and the first poll of results; it doubles with every poll, from 10 ms up to an hour. @default 60000 */
  readonly resultsPollMs: number;
  /** How long staff may take to confirm. @default 259200000 (72 h) */
  readonly taskDeadlineMs: number;
  /** How often abandoned and expired rows are swept. @default 30000 */
  readonly sweepIntervalMs: number;
  /** How often an idle loop asks the ledger for due work. @default 1000 */
  readonly pollIntervalMs: number;
  /** How long a channel that a function made is used before the function is asked again. @default 60000 */
  readonly channelsMs: number;
  /** How long a stop waits for open calls. @default 25000 */
  readonly shutdownMs: number;
}

export const DEFAULT_TIMINGS: Timings = {
  leaseMs: 60_000,
  heartbeatMs: 20_000,
  sendDeadlineMs: 10_000,
  callDeadlineMs: 120_000,
  settleWindowMs: 600_000,
  reconcileScheduleMs: [15_000, 60_000, 300_000, 600_000, 3_600_000, 21_600_000, 86_400_000],
  resultsPollMs: 60_000,
  taskDeadlineMs: 72 * 3_600_000,
  sweepIntervalMs: 30_000,
  pollIntervalMs: 1000,
  channelsMs: 60_000,
  shutdownMs: 25_000,
};
