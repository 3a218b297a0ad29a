import type { ScheduledJob } from "../../frame/server-module.js";
import { removeOldBounces } from "./store.js";

const KEPT_MS = 30 * 86_400_000;

/** Removes what came back a month ago: the engine asks about mails for two weeks. */
export const bouncesHousekeeping: ScheduledJob = {
  name: "bounces-retention",
  title: "清理退信 / clean mails that came back up",
  schedule: { everyMs: 3_600_000 },
  async run({ stores, clock }) {
    return { bounces: await stores.transaction((tx) => removeOldBounces(tx, clock.now() - KEPT_MS)) };
  },
};
