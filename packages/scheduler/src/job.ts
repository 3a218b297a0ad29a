import { InputError } from "@recallkit/core";
import type { JobOverlap, JobRun } from "@recallkit/core/ports";
import { cronFirings } from "./schedule/cron.js";
import { type Firings, intervalFirings, noFirings } from "./schedule/firings.js";
import type { Misfire, MisfirePolicy } from "./schedule/plan-firing.js";

/** When a job fires. */
export type JobSchedule =
  | {
      /** Five fields, six with seconds, or a name such as `@daily`. */
      readonly cron: string;
      /** IANA name. @default "Asia/Shanghai" */
      readonly zone?: string;
    }
  | {
      /** Every so many ms, 1000 … 31 days. */
      readonly everyMs: number;
    }
  /** By hand only. */
  | "by-hand";

/** What the work of a job gets. */
export interface JobTurn extends Pick<JobRun, "shard" | "shards" | "parameter" | "dueAt" | "attempt" | "cause"> {
  readonly runId: number;
  /** Fencing token: greater for every later attempt; what the work writes elsewhere may carry it. */
  readonly epoch: number;
  /** Aborted when the run is cancelled, takes too long, lost its lease, or the process stops. */
  readonly signal: AbortSignal;
}

/** Figures of a run, kept in its history. Never a secret, a name or an address. */
export type JobFigures = Readonly<Record<string, number | string | boolean>>;

/** How failed attempts are repeated. */
export interface JobRetries {
  /** Attempts after the first, 0 … 20. */
  readonly times: number;
  /** Longest wait before the second attempt, ms; doubled for each further one. @default 1000 */
  readonly baseMs?: number;
  /** Longest wait of all, ms. @default 60000 */
  readonly capMs?: number;
}

/** A job as it is declared. */
export interface JobInput {
  /** `a-z`, `0-9`, `-`, `.`; at most 100 characters; unique. */
  readonly name: string;
  /** For people. @default the name */
  readonly title?: string;
  readonly schedule: JobSchedule;
  /** What becomes of a firing while an earlier one is at work. @default "skip" */
  readonly overlap?: JobOverlap;
  /** What becomes of firings that were missed. @default "once" */
  readonly misfire?: Misfire;
  /** So much later a firing still counts as on time, ms. @default 60000 */
  readonly graceMs?: number;
  /** Most firings that the misfire policy `all` makes up for, 1 … 100. @default 10 */
  readonly catchUp?: number;
  /** Parts of the work, which processes share, 1 … 100. @default 1 */
  readonly shards?: number;
  /** An attempt that a dead process had begun counts too: without retries nothing is done twice. @default none */
  readonly retries?: JobRetries;
  /** When an attempt is told to end, ms; it has failed then. @default an hour */
  readonly timeoutMs?: number;
  /** One attempt of one shard. What it throws is a failure; `retryable: false` of an error ends the run. */
  run(turn: JobTurn): Promise<JobFigures | undefined>;
}

/** A job that was checked. */
export interface Job extends MisfirePolicy {
  readonly name: string;
  readonly title: string;
  readonly firings: Firings;
  readonly overlap: JobOverlap;
  readonly shards: number;
  readonly retries: Required<JobRetries>;
  readonly timeoutMs: number;
  run(turn: JobTurn): Promise<JobFigures | undefined>;
}

const HOUR_MS = 3_600_000;
const LONGEST_MS = 31 * 24 * HOUR_MS;
const NAME = /^[a-z0-9][a-z0-9.-]{0,99}$/;

/**
 * Checks a job.
 *
 * @throws {InputError} with every number out of its range, a wrong name, and `cron.invalid` for a schedule that is none or never fires
 */
export function defineJob(input: JobInput): Job {
  const { name, title = name, schedule, overlap = "skip", misfire = "once" } = input;
  const { graceMs = 60_000, catchUp = 10, shards = 1, timeoutMs = HOUR_MS } = input;
  const { times, baseMs = 1000, capMs = 60_000 } = input.retries ?? { times: 0 };
  const numbers = { graceMs, catchUp, shards, timeoutMs, times, baseMs, capMs };
  const faults = Object.entries(RANGES).flatMap(([path, [least, most]]) => {
    const value = numbers[path as keyof typeof RANGES];
    const isRight = Number.isInteger(value) && value >= least && value <= most;
    return isRight ? [] : [{ path, code: "out_of_range", message: `must be a whole number from ${least} to ${most}` }];
  });
  if (!NAME.test(name)) faults.push({ path: "name", code: "invalid_format", message: "must be a-z, 0-9, - and ." });
  if (faults.length > 0) throw new InputError(faults);
  const policy = { misfire, graceMs, catchUp };
  const rest = { overlap, shards, retries: { times, baseMs, capMs }, timeoutMs, run: input.run };
  return { name, title, firings: firingsOf(schedule), ...policy, ...rest };
}

const RANGES = {
  graceMs: [0, LONGEST_MS],
  catchUp: [1, 100],
  shards: [1, 100],
  timeoutMs: [1, LONGEST_MS],
  times: [0, 20],
  baseMs: [0, LONGEST_MS],
  capMs: [0, LONGEST_MS],
} as const;

function firingsOf(schedule: JobSchedule): Firings {
  if (schedule === "by-hand") return noFirings;
  if ("cron" in schedule) return cronFirings(schedule.cron, schedule.zone);
  const { everyMs } = schedule;
  if (Number.isInteger(everyMs) && everyMs >= 1000 && everyMs <= LONGEST_MS) return intervalFirings(everyMs);
  const message = `must be a whole number from 1000 to ${LONGEST_MS}`;
  throw new InputError([{ path: "schedule.everyMs", code: "out_of_range", message }]);
}
