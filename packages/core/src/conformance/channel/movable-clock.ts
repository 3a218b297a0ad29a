/** A clock that the cases move forward; `virtualClock` is one. */
export interface MovableClock {
  /** Epoch ms. */
  now(): number;
  advance(ms: number): Promise<void>;
}
