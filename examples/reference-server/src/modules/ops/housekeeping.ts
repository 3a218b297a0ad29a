import type { Job } from "../../frame/server-module.js";

/** Removes what has outlived its time, once an hour, in pieces. */
export const housekeeping: Job = {
  name: "housekeeping",
  roles: ["all", "scheduler"],
  everyMs: 3_600_000,
  run: async ({ kit }, signal) => ({ ...(await kit.retain({ signal })) }),
};
