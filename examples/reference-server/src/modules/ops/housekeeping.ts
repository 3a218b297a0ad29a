import type { ScheduledJob } from "../../frame/server-module.js";

/** Removes what has outlived its time, once an hour, in pieces. */
export const housekeeping: ScheduledJob = {
  name: "housekeeping",
  title: "清理账本 / clean the ledger up",
  schedule: { everyMs: 3_600_000 },
  run: async ({ kit }, { signal }) => ({ ...(await kit.retain({ signal })) }),
};
