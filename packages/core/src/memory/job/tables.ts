import type { JobRun, StoredJob } from "../../ports/job-store.js";
import type { Journal } from "../journal.js";
import { compositeKey, createTable } from "../table.js";

/** A job as it lies in memory. */
export type JobRow = StoredJob & { readonly id: number };

/** Jobs and their runs. */
export function jobTables(journal: Journal) {
  const jobs = createTable<JobRow>(journal);
  const jobRuns = createTable<JobRun>(journal);
  return {
    jobs,
    jobsByName: jobs.indexBy((row) => [row.name]),
    jobRuns,
    jobRunsByFiring: jobRuns.indexBy((row) => [compositeKey(row.job, row.firing)]),
    openJobRuns: jobRuns.indexBy((row) => (row.endedAt === null ? [row.job] : [])),
  };
}
