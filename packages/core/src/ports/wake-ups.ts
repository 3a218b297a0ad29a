/** Tells processes over the same stores that there may be work, so that they need not sleep their interval out. A hint only. */
export interface WakeUps {
  /** Tells the other processes. Never fails; what is lost is found by polling. */
  announce(): Promise<void>;
  /** Calls back whenever another process announced something, until closed; a lost connection is made again. */
  listen(onAnnounced: () => void): Promise<{ close(): Promise<void> }>;
}
