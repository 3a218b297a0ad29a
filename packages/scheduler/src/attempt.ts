import { type Clock, type Random, RecallKitError } from "@recallkit/core";
import type { JobRun, JobRunEnd, JobStore } from "@recallkit/core/ports";
import type { Job } from "./job.js";

/** What an attempt is made with. */
export interface AttemptContext {
  readonly store: JobStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly leaseMs: number;
  /** Aborted when open work has to end because the process does. */
  readonly stopping: AbortSignal;
}

/** How an attempt ended. */
export type AttemptEnd = Pick<JobRunEnd, "state" | "reason" | "result"> | "lost";

/** Why work is told to end. */
type Cut = "cancelled" | "timeout" | "lease-lost" | "stopped";

/**
 * Makes one attempt of a run and writes down how it ended. The lease is renewed meanwhile; who lost it writes nothing, and the
 * work is told.
 */
export async function makeAttempt(context: AttemptContext, job: Job, run: JobRun): Promise<AttemptEnd> {
  const { store, clock, random, stopping } = context;
  const over = new AbortController();
  const cut = new AbortController();
  const cutBy = (reason: Cut) => cut.abort(reason);
  const onStop = () => cutBy("stopped");
  if (stopping.aborted) onStop();
  stopping.addEventListener("abort", onStop, { once: true });
  void clock.sleep(job.timeoutMs, over.signal).then(() => {
    if (!over.signal.aborted) cutBy("timeout");
  });
  const beating = keepLease(context, run, over.signal, cutBy);

  const [outcome] = await Promise.allSettled([work(job, run, cut.signal)]);
  over.abort();
  stopping.removeEventListener("abort", onStop);
  await beating;

  const end = endOf(outcome, cut.signal.aborted ? (cut.signal.reason as Cut) : undefined, run);
  if (end === "lost") return "lost";
  const now = clock.now();
  const { baseMs, capMs } = job.retries;
  const pause = end.reason === "stopped" ? 0 : Math.floor(random.next() * Math.min(capMs, baseMs * 2 ** run.attempt));
  const isWritten = await store.end(run.id, run.epoch, { ...end, notBefore: now + pause, now });
  return isWritten ? end : "lost";
}

/** What a job throws at once is a failure like any other. */
async function work(job: Job, run: JobRun, signal: AbortSignal) {
  const { id: runId, shard, shards, parameter, dueAt, attempt, cause, epoch } = run;
  return job.run({ runId, shard, shards, parameter, dueAt, attempt, cause, epoch, signal });
}

/** Renews the lease until the work is over; a ledger that is away is asked again, and the lease may run out meanwhile. */
async function keepLease(
  { store, clock, leaseMs }: AttemptContext,
  { id, epoch }: JobRun,
  over: AbortSignal,
  cutBy: (reason: Cut) => void,
): Promise<void> {
  for (;;) {
    await clock.sleep(Math.floor(leaseMs / 3), over);
    if (over.aborted) return;
    const [renewed] = await Promise.allSettled([store.renew(id, epoch, clock.now() + leaseMs)]);
    if (renewed.status === "rejected") continue;
    if (renewed.value === undefined) return cutBy("lease-lost");
    if (renewed.value.isCancelAsked) cutBy("cancelled");
  }
}

function endOf(
  outcome: PromiseSettledResult<Awaited<ReturnType<Job["run"]>>>,
  cut: Cut | undefined,
  { attempt, maxAttempts }: JobRun,
): AttemptEnd {
  if (cut === "lease-lost") return "lost";
  // Work that was told to end may have left some of it undone, whatever it says.
  if (cut === undefined && outcome.status === "fulfilled") {
    const result = outcome.value === undefined ? null : JSON.stringify(outcome.value);
    return { state: "succeeded", reason: null, result };
  }
  if (cut === "cancelled") return { state: "cancelled", reason: cut, result: null };
  const error = outcome.status === "rejected" && cut === undefined ? outcome.reason : undefined;
  const mayRepeat = attempt < maxAttempts && (!RecallKitError.is(error) || error.retryable);
  const reason = cut ?? (RecallKitError.is(error) ? error.code : "bug");
  const last = cut === "stopped" ? "cancelled" : "failed";
  return { state: mayRepeat ? "pending" : last, reason, result: null };
}
