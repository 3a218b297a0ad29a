import type { JobCause, JobRunState } from "@recallkit/core/ports";
import type { Generated } from "kysely";
import type { Flag } from "../../schema/flag.js";

export interface JobTable {
  name: string;
  schedule: string;
  next_at: number | null;
  is_paused: Flag;
  updated_at: number;
}

export interface JobRunTable {
  id: Generated<number>;
  job: string;
  firing: string;
  cause: JobCause;
  due_at: number;
  shard: number;
  shards: number;
  parameter: string | null;
  requested_by: string | null;
  state: JobRunState;
  attempt: number;
  max_attempts: number;
  not_before: number;
  owner: string | null;
  lease_until: number | null;
  epoch: number;
  is_cancel_asked: Flag;
  started_at: number | null;
  ended_at: number | null;
  reason: string | null;
  result: string | null;
}

/** Work that comes back at its times, and its runs; of the whole installation. */
export interface JobTables {
  rk_jobs: JobTable;
  rk_job_runs: JobRunTable;
}
