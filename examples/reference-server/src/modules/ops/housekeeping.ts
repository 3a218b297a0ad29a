import { RecallKitError } from "@recallkit/core";
import type { Job } from "../../frame/module.js";
import { purgeAudit } from "../audit/service.js";

const EVERY_MS = 3_600_000;

/** Removes what has outlived its time, once an hour, in pieces. */
export const housekeeping: Job = {
  name: "housekeeping",
  roles: ["all", "scheduler"],
  async run(context, signal) {
    const { kit, clock, logger } = context;
    while (!signal.aborted) {
      try {
        const removed = await kit.retain({ signal });
        const audit = await purgeAudit(context, signal);
        logger.info("retention.applied", { ...removed, audit });
      } catch (error) {
        // What stays is removed an hour later.
        logger.warn("housekeeping.failed", { code: RecallKitError.is(error) ? error.code : "bug" });
      }
      await clock.sleep(EVERY_MS, signal);
    }
  },
};
