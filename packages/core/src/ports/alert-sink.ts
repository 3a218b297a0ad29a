import type { Alarm } from "../delivery/delivery.js";

/** Where alarms go beside the ledger: a webhook, a chat robot, a pager. */
export interface AlertSink {
  /**
   * Hands one alarm on. Alarms come in order of their ids, at least once each: the id tells repeats.
   *
   * @throws the alarm is tried again later, and those behind it wait
   */
  send(alarm: Alarm, options: { readonly signal: AbortSignal }): Promise<void>;
}
