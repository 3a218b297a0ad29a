import {
  type Clock,
  ConflictError,
  type Ids,
  InputError,
  type Logger,
  NotFoundError,
  type Page,
  type Random,
  RecallKitError,
  silentLogger,
  systemClock,
  systemIds,
  systemRandom,
} from "@recallkit/core";
import type { JobOverlap, JobRun, JobRunFilter, NewJobRun, StoredJob, Stores } from "@recallkit/core/ports";
import { type AttemptEnd, makeAttempt } from "./attempt.js";
import type { Job } from "./job.js";
import { upcoming } from "./schedule/firings.js";
import { MOST_COUNTED, planFiring } from "./schedule/plan-firing.js";

/** What {@link createScheduler} takes. */
export interface SchedulerOptions {
  /** The ledger; `stores` of a kit. */
  readonly stores: Pick<Stores, "jobs">;
  /** Every process over the same stores should know the same jobs: a run waits for one that does. */
  readonly jobs: readonly Job[];
  /** Names of the jobs that this process fires and runs. @default all */
  readonly taken?: readonly string[];
  /** Runs at once in this process, 1 … 1000. @default 8 */
  readonly slots?: number;
  /** How long a run stays with a process that does not say that it lives, ms. @default 60000 */
  readonly leaseMs?: number;
  /** How often it looks for what is due, ms. @default 1000 */
  readonly pollMs?: number;
  /** What open runs get when the process stops, ms. @default 25000 */
  readonly shutdownMs?: number;
  /** Told of every attempt of this process that ended. */
  readonly onEnd?: (ended: EndedAttempt) => void;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly ids?: Ids;
  /** @default says nothing */
  readonly logger?: Logger;
}

/** An attempt that ended. */
export interface EndedAttempt {
  readonly run: JobRun;
  readonly end: AttemptEnd;
  readonly durationMs: number;
}

/** A job with where it stands. */
export interface JobStatus extends Pick<Job, "name" | "title" | "overlap" | "misfire" | "shards"> {
  /** In words. */
  readonly schedule: string;
  readonly isPaused: boolean;
  /** The next firings, epoch ms; none while it is paused, or when it fires by hand only. */
  readonly next: readonly number[];
  /** Undefined: it never ran. */
  readonly lastRun: JobRun | undefined;
}

/** How a job is begun by hand. */
export interface TriggerOptions {
  /** Handed to the work. */
  readonly parameter?: string | undefined;
  /** The same id is the same firing: a repeat begins nothing. @default a new one */
  readonly requestId?: string | undefined;
  /** Who asks, as the history shows it: `user:3`. */
  readonly requestedBy?: string | undefined;
  /** @default the job's own */
  readonly overlap?: JobOverlap | undefined;
}

/** Jobs of all processes over the same stores. */
export interface Scheduler {
  /** Fires and runs jobs until aborted; open runs are waited for, for `shutdownMs`, and then told to end. */
  run(options: { readonly signal: AbortSignal }): Promise<void>;
  /** Fires what is due and begins what has a free slot. @returns runs begun */
  tick(): Promise<number>;
  /** Resolves when no run of this process is open. */
  settled(): Promise<void>;
  list(): Promise<readonly JobStatus[]>;
  /** @throws {NotFoundError} `job.not-found` */
  get(name: string): Promise<JobStatus>;
  /** Runs, newest first. */
  history(filter?: JobRunFilter): Promise<Page<JobRun>>;
  /**
   * Begins a job by hand, paused or not; some process takes it.
   *
   * @returns its runs, one per shard. @throws {NotFoundError} `job.not-found`; {ConflictError} `job.running`: it does not overlap, and is at work
   */
  trigger(name: string, options?: TriggerOptions): Promise<readonly JobRun[]>;
  /** Lets a job fire no more by itself. @throws {NotFoundError} `job.not-found` */
  pause(name: string): Promise<JobStatus>;
  /** Lets it go on from now: what it passed over while it was paused is not missed. @throws {NotFoundError} `job.not-found` */
  resume(name: string): Promise<JobStatus>;
  /** Cancels a run that waits, tells a running one to end. @throws {ConflictError} `job.run-ended`: there is none, or it is over */
  cancel(runId: number): Promise<JobRun>;
}

const FORESEEN = 5;

/** Makes a scheduler. @throws {InputError} two jobs of one name */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { stores, slots = 8, leaseMs = 60_000, pollMs = 1000, shutdownMs = 25_000, logger = silentLogger } = options;
  const { clock = systemClock, random = systemRandom, ids = systemIds } = options;
  const store = stores.jobs;
  const owner = ids.next();
  const jobs = new Map(options.jobs.map((job) => [job.name, job]));
  if (jobs.size < options.jobs.length) {
    throw new InputError([{ path: "jobs", code: "not_unique", message: "two jobs have one name" }]);
  }
  const taken = [...jobs.values()].filter(({ name }) => options.taken?.includes(name) ?? true);
  const open = new Set<Promise<void>>();
  const ending = new AbortController();
  let registered: Promise<unknown> | undefined;

  function known(name: string): Job {
    const job = jobs.get(name);
    if (!job) throw new NotFoundError("job.not-found", `there is no job ${name}`);
    return job;
  }

  /** Makes the jobs known to the ledger, once. */
  function register(): Promise<unknown> {
    registered ??= (async () => {
      const now = clock.now();
      for (const { name, firings } of jobs.values()) {
        await store.put({ name, schedule: firings.words, nextAt: firings.next(now) }, now);
      }
    })().catch((error: unknown) => {
      registered = undefined;
      throw error;
    });
    return registered;
  }

  async function fire(job: Job, expectedAt: number, now: number): Promise<void> {
    const runs = planFiring(job.firings, job, expectedAt, now).flatMap(({ dueAt, cause, missed }) => {
      const about = { job: job.name, dueAt, cause, parameter: null, requestedBy: null, maxAttempts: 1 };
      if (missed === null) return shardsOf(job, { ...about, firing: `s${dueAt}`, notBefore: now });
      const result = JSON.stringify({ missed, ...(missed === MOST_COUNTED && { orMore: true }) });
      const mark = { state: "skipped", reason: "misfire", result, shard: 0, shards: 1 } as const;
      return [{ ...about, ...mark, firing: `x${dueAt}`, notBefore: now }];
    });
    const nextAt = job.firings.next(now);
    await store.fire({ job: job.name, expectedAt, nextAt, runs, overlap: job.overlap, now });
  }

  async function fireAll(now: number): Promise<void> {
    const stored = new Map((await store.list()).map((job) => [job.name, job]));
    for (const job of taken) {
      const { isPaused = true, nextAt = null } = stored.get(job.name) ?? {};
      if (!isPaused && nextAt !== null && nextAt <= now) await fire(job, nextAt, now);
    }
  }

  function begin(run: JobRun): void {
    const job = known(run.job);
    const begun = clock.monotonic();
    const piece = makeAttempt({ store, clock, random, leaseMs, stopping: ending.signal }, job, run)
      .catch((error: unknown): AttemptEnd => {
        // Its end could not be written down: it is found by its lease.
        logger.error("job.not-written", { job: run.job, run: run.id, code: codeOf(error) });
        return "lost";
      })
      .then((end) => {
        const durationMs = Math.round(clock.monotonic() - begun);
        const failed = end !== "lost" && end.state !== "succeeded" ? end : undefined;
        const fields = { job: run.job, run: run.id, attempt: run.attempt, durationMs };
        if (failed) logger.warn("job.ended", { ...fields, state: failed.state, reason: failed.reason });
        // Some jobs look once a minute, and their history tells it.
        else logger.debug("job.ended", { ...fields, state: end === "lost" ? end : end.state });
        options.onEnd?.({ run, end, durationMs });
      })
      .finally(() => open.delete(piece));
    open.add(piece);
  }

  async function tick(): Promise<number> {
    await register();
    const now = clock.now();
    await fireAll(now);
    const limit = slots - open.size;
    if (limit <= 0) return 0;
    const wanted = taken.map(({ name, overlap }) => ({ name, overlap }));
    const runs = await store.claim({ owner, jobs: wanted, now, leaseUntil: now + leaseMs, limit });
    for (const run of runs) begin(run);
    return runs.length;
  }

  async function settled(): Promise<void> {
    while (open.size > 0) await Promise.all(open);
  }

  async function statusOf(job: Job, stored: StoredJob | undefined): Promise<JobStatus> {
    const { name, title, overlap, misfire, shards, firings } = job;
    const { items } = await store.runs({ job: name, limit: 1 });
    const isPaused = stored?.isPaused ?? false;
    const next = isPaused ? [] : upcoming(firings, clock.now(), FORESEEN);
    return { name, title, overlap, misfire, shards, schedule: firings.words, isPaused, next, lastRun: items[0] };
  }

  async function setPaused(name: string, isPaused: boolean): Promise<JobStatus> {
    const job = known(name);
    await register();
    const now = clock.now();
    return statusOf(job, await store.setPaused(name, isPaused, job.firings.next(now), now));
  }

  return {
    tick,
    settled,
    async run({ signal }) {
      while (!signal.aborted) {
        // A ledger that is away is tried again.
        await tick().catch((error: unknown) => logger.warn("jobs.not-looked-for", { code: codeOf(error) }));
        await clock.sleep(pollMs, signal);
      }
      const isOver = new AbortController();
      const late = clock.sleep(shutdownMs, isOver.signal).then(() => ending.abort());
      await settled();
      isOver.abort();
      await late;
    },
    async list() {
      await register();
      const stored = new Map((await store.list()).map((job) => [job.name, job]));
      const all = [...jobs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      return Promise.all(all.map((job) => statusOf(job, stored.get(job.name))));
    },
    async get(name) {
      const job = known(name);
      await register();
      return statusOf(job, await store.get(name));
    },
    history: async (filter = {}) => {
      if (filter.job !== undefined) known(filter.job);
      return store.runs(filter);
    },
    async trigger(name, { parameter, requestId = ids.next(), requestedBy, overlap } = {}) {
      const job = known(name);
      await register();
      const now = clock.now();
      const by = { parameter: parameter ?? null, requestedBy: requestedBy ?? null };
      const about = { job: name, firing: `m${requestId}`, cause: "manual", dueAt: now, notBefore: now } as const;
      const runs = await store.add(shardsOf(job, { ...about, ...by }), overlap ?? job.overlap, now);
      if (!runs) throw new ConflictError("job.running", `${name} is at work, and does not overlap`);
      return runs;
    },
    pause: (name) => setPaused(name, true),
    resume: (name) => setPaused(name, false),
    async cancel(runId) {
      const run = await store.cancel(runId, clock.now());
      if (!run) throw new ConflictError("job.run-ended", `run ${runId} is over`);
      return run;
    },
  };
}

type About = Pick<NewJobRun, "job" | "firing" | "cause" | "dueAt" | "notBefore" | "parameter" | "requestedBy">;

/** The runs of one firing. */
function shardsOf({ shards, retries }: Job, about: About): readonly NewJobRun[] {
  const rest = {
    ...about,
    shards,
    maxAttempts: retries.times + 1,
    state: "pending",
    reason: null,
    result: null,
  } as const;
  return Array.from({ length: shards }, (_, shard) => ({ ...rest, shard }));
}

function codeOf(error: unknown): string {
  return RecallKitError.is(error) ? error.code : "bug";
}
