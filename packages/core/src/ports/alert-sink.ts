import type { Alarm } from "../delivery/delivery.js";

/** Where alarms go beside the ledger: a webhook, a chat robot, a pager. */
export interface AlertSink {
  /**
   * Hands one alarm on; whom it is about stays in the ledger. Alarms come in order of their ids, at least once each: the id tells repeats.
   *
   * @throws the alarm is tried again later, and those behind it wait
   */
  send(
    alarm: Omit<Alarm, "addresses" | "acknowledgedBy" | "acknowledgedAt">,
    options: { readonly signal: AbortSignal },
  ): Promise<void>;
}
