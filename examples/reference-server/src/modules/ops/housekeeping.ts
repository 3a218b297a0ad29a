import { RecallKitError } from "@recallkit/core";
import type { Job } from "../../frame/module.js";

const EVERY_MS = 3_600_000;
const AT_ONCE = 1000;

/** Removes answers that are no longer kept for repeats, once an hour, in pieces. */
export const housekeeping: Job = {
  name: "housekeeping",
  roles: ["all", "worker", "scheduler"],
  async run({ stores, clock, logger }, signal) {
    while (!signal.aborted) {
      try {
        for (let removed = AT_ONCE; removed === AT_ONCE && !signal.aborted; ) {
          removed = await stores.idempotency.purge(clock.now(), AT_ONCE);
        }
      } catch (error) {
        // What stays is removed an hour later.
        logger.warn("housekeeping.failed", { code: RecallKitError.is(error) ? error.code : "bug" });
      }
      await clock.sleep(EVERY_MS, signal);
    }
  },
};
