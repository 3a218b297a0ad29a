import type { Page, PageRequest } from "../page.js";

/** Where a run of a job stands. */
export const JOB_RUN_STATES = ["pending", "running", "succeeded", "failed", "skipped", "cancelled"] as const;
export type JobRunState = (typeof JOB_RUN_STATES)[number];

/** What made a run: its time, a time that was missed, or somebody. */
export const JOB_CAUSES = ["schedule", "misfire", "manual"] as const;
export type JobCause = (typeof JOB_CAUSES)[number];

/** What the ledger knows of a job: when it fires next. What it does is known to the processes. */
export interface StoredJob {
  /** Unique in the installation. */
  readonly name: string;
  /** The schedule in words; another one moves `nextAt`. */
  readonly schedule: string;
  /** Instant of the next firing, epoch ms; null: it fires by hand only. */
  readonly nextAt: number | null;
  /** It fires neither by its schedule nor as a misfire; by hand it does. */
  readonly isPaused: boolean;
  /** Epoch ms of the last change. */
  readonly updatedAt: number;
}

/** Work of one firing: all of it, or one shard. */
export interface JobRun {
  /** Its id. */
  readonly id: number;
  /** Name of the job. */
  readonly job: string;
  /** The firing that it belongs to: unique per job, one run per shard. */
  readonly firing: string;
  /** Why it runs. */
  readonly cause: JobCause;
  /** The instant that it is for, epoch ms. */
  readonly dueAt: number;
  /** 0 … `shards` − 1. */
  readonly shard: number;
  /** How many shards there are. */
  readonly shards: number;
  /** What the caller of a manual run gave it; null: nothing. */
  readonly parameter: string | null;
  /** Who asked for it: `user:3`, `cli`, `xxl-job`; null: its schedule. */
  readonly requestedBy: string | null;
  /** How far it is. */
  readonly state: JobRunState;
  /** Attempts begun. */
  readonly attempt: number;
  /** Most attempts. */
  readonly maxAttempts: number;
  /** No attempt begins before, epoch ms. */
  readonly notBefore: number;
  /** Process that has it; null: nobody. */
  readonly owner: string | null;
  /** Until when it has it, epoch ms. */
  readonly leaseUntil: number | null;
  /** Fencing token: raised by every claim, asked for by every later write. */
  readonly epoch: number;
  /** Somebody asked for its end; who runs it hears it when it renews. */
  readonly isCancelAsked: boolean;
  /** Begin of the last attempt, epoch ms. */
  readonly startedAt: number | null;
  /** When it ended, in ms since the epoch; null before. */
  readonly endedAt: number | null;
  /** Why it failed, or was skipped: a code. */
  readonly reason: string | null;
  /** Figures of the work as JSON. */
  readonly result: string | null;
}

/** A run that is about to be written. */
export type NewJobRun = Pick<
  JobRun,
  "job" | "firing" | "cause" | "dueAt" | "shard" | "shards" | "parameter" | "requestedBy" | "maxAttempts" | "notBefore"
> & {
  /** `skipped` has ended with its `reason`. */
  readonly state: "pending" | "skipped";
  readonly reason: string | null;
  readonly result: string | null;
};

/** A firing: what is written when it is its turn. */
export interface JobFiring {
  /** Name of the job. */
  readonly job: string;
  /** The next firing as it was read: whoever comes second changes nothing. */
  readonly expectedAt: number;
  /** The one after; null: never again. */
  readonly nextAt: number | null;
  /** Runs that follow from it; may be empty. */
  readonly runs: readonly NewJobRun[];
  /** `skip`: pending ones are written as skipped with the reason `overlap` while a run of an earlier firing is open. */
  readonly overlap: JobOverlap;
  /** The instant of planning, in ms since the epoch. */
  readonly now: number;
}

/** What becomes of a firing while an earlier one is still at work: it is left out, it waits, or both run. */
export type JobOverlap = "skip" | "queue" | "allow";

/** How a run ended, or goes on. */
export interface JobRunEnd {
  /** What became of it; `pending`: it is tried again. */
  readonly state: "succeeded" | "failed" | "cancelled" | "pending";
  /** Why it failed, as a code; null otherwise. */
  readonly reason: string | null;
  /** What it told, as JSON; null: nothing. */
  readonly result: string | null;
  /** When a `pending` one is tried again, epoch ms. */
  readonly notBefore: number;
  /** The instant of the end, in ms since the epoch. */
  readonly now: number;
}

/** Which runs a process can do. */
export interface JobClaim {
  /** The process that claims. */
  readonly owner: string;
  /** Names of the jobs that this process knows, with what becomes of runs that overlap. */
  readonly jobs: readonly { readonly name: string; readonly overlap: JobOverlap }[];
  /** The instant of the claim, in ms since the epoch. */
  readonly now: number;
  /** Until when the runs are the process's, in ms since the epoch. */
  readonly leaseUntil: number;
  /** Most runs of one claim. */
  readonly limit: number;
}

/** Which runs are listed. */
export interface JobRunFilter extends PageRequest {
  /** @default all */
  readonly job?: string | undefined;
  /** Only these states; absent: all. */
  readonly states?: readonly JobRunState[] | undefined;
}

/** Jobs and their runs, of the whole installation. */
export interface JobStore {
  /** Adds a job, or gives one with another schedule the new `nextAt`; one whose schedule is the same stays as it is. */
  put(job: Pick<StoredJob, "name" | "schedule" | "nextAt">, now: number): Promise<StoredJob>;
  /** One job by name. */
  get(name: string): Promise<StoredJob | undefined>;
  /** All jobs that were ever put, by name. */
  list(): Promise<readonly StoredJob[]>;
  /** @param nextAt where it goes on from @returns undefined: there is no such job */
  setPaused(name: string, isPaused: boolean, nextAt: number | null, now: number): Promise<StoredJob | undefined>;
  /**
   * Writes the runs of a firing and moves the job on, all or nothing.
   *
   * @returns false when somebody else did, or the job is paused
   */
  fire(firing: JobFiring): Promise<boolean>;
  /**
   * Adds the runs of one firing by hand; a firing that is there already is left alone. All are of one job.
   *
   * @returns the runs as they are; undefined: the job's overlap is `skip`, and a run is open
   */
  add(runs: readonly NewJobRun[], overlap: JobOverlap, now: number): Promise<readonly JobRun[] | undefined>;
  /**
   * Leases runs that are due, the oldest first: pending ones, and running ones whose lease is over. Each gets a higher epoch and
   * one attempt more; one whose attempts are used up ends as failed with the reason `lease-lost`. Of a job that does not allow
   * overlap only runs of one firing are running at a time.
   */
  claim(claim: JobClaim): Promise<readonly JobRun[]>;
  /** Moves the end of a lease. @returns the run; undefined when it was lost */
  renew(id: number, epoch: number, leaseUntil: number): Promise<JobRun | undefined>;
  /** Ends an attempt. @returns false when the lease was lost: nothing was written */
  end(id: number, epoch: number, end: JobRunEnd): Promise<boolean>;
  /** Cancels a pending run, asks for the end of a running one. @returns the run; undefined: there is none, or it has ended */
  cancel(id: number, now: number): Promise<JobRun | undefined>;
  /** One run by id. */
  getRun(id: number): Promise<JobRun | undefined>;
  /** Newest first. */
  runs(filter: JobRunFilter): Promise<Page<JobRun>>;
  /** Removes ended runs that ended before. @returns rows removed, at most `limit` */
  purge(before: number, limit: number): Promise<number>;
}
