import type { ScheduledJob } from "../../frame/server-module.js";
import { removeFiles } from "./files.js";
import { deleteJob, outlivedJobs } from "./store.js";

const DAY_MS = 86_400_000;

/** Removes imports that have outlived their time, with their files. */
export const importHousekeeping: ScheduledJob = {
  name: "imports-retention",
  title: "清理导入 / clean imports up",
  roles: ["all", "worker"],
  schedule: { everyMs: 3_600_000 },
  async run({ stores, config, clock }, { signal }) {
    const before = clock.now() - config.imports.retentionDays * DAY_MS;
    let removed = 0;
    for (let count = 1; count > 0 && !signal.aborted; removed += count) {
      const jobs = await outlivedJobs(stores, before);
      for (const job of jobs) {
        // Files first: a row without files is found again, files without a row are not.
        await removeFiles(config, job);
        await stores.transaction((tx) => deleteJob(tx, job));
      }
      count = jobs.length;
    }
    return { imports: removed };
  },
};
