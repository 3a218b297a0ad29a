// next_at: null: by hand only. A firing has one run per shard; ended_at: null while it is open.
export const JOBS = [
  `CREATE TABLE rk_jobs (
  name {key} NOT NULL PRIMARY KEY,
  schedule {text} NOT NULL,
  next_at {instant},
  is_paused {flag} NOT NULL,
  updated_at {instant} NOT NULL
) {clustered}`,
  `CREATE TABLE rk_job_runs (
  id {id},
  job {key} NOT NULL,
  firing {key} NOT NULL,
  cause {key} NOT NULL,
  due_at {instant} NOT NULL,
  shard {int} NOT NULL,
  shards {int} NOT NULL,
  parameter {text},
  requested_by {text},
  state {key} NOT NULL,
  attempt {int} NOT NULL,
  max_attempts {int} NOT NULL,
  not_before {instant} NOT NULL,
  owner {key},
  lease_until {instant},
  epoch {int} NOT NULL,
  is_cancel_asked {flag} NOT NULL,
  started_at {instant},
  ended_at {instant},
  reason {text},
  result {text}
)`,
  "CREATE UNIQUE INDEX rk_job_runs_firing ON rk_job_runs (job, firing, shard)",
  "CREATE INDEX rk_job_runs_walk ON rk_job_runs (job, id)",
  "CREATE INDEX rk_job_runs_open ON rk_job_runs (state, not_before, id) {where ended_at IS NULL}",
  "CREATE INDEX rk_job_runs_ended ON rk_job_runs (ended_at)",
];
