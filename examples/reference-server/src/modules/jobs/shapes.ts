import type { JobRun } from "@recallkit/core/ports";
import type { JobFigures, JobStatus } from "@recallkit/scheduler";

/** A run as routes and commands tell it. */
export function runShape(run: JobRun) {
  const { id, job, cause, shard, shards, state, reason, attempt, parameter, startedAt, endedAt } = run;
  return {
    id,
    job,
    cause,
    due_at: run.dueAt,
    shard,
    shards,
    state,
    reason,
    attempt,
    max_attempts: run.maxAttempts,
    not_before: run.notBefore,
    requested_by: run.requestedBy,
    parameter,
    // Written by the scheduler and by nobody else.
    result: run.result === null ? null : (JSON.parse(run.result) as JobFigures),
    started_at: startedAt,
    ended_at: endedAt,
    duration_ms: startedAt === null || endedAt === null ? null : endedAt - startedAt,
  };
}

/** A job as routes and commands tell it. */
export function jobShape({ isPaused, next, lastRun, ...job }: JobStatus) {
  const { name, title, schedule, overlap, misfire, shards } = job;
  const last_run = lastRun ? runShape(lastRun) : null;
  return { name, title, schedule, overlap, misfire, shards, is_paused: isPaused, next_runs: [...next], last_run };
}
