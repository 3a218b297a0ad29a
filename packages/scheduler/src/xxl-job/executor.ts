import { timingSafeEqual } from "node:crypto";
import { type Clock, InputError, RecallKitError, systemClock } from "@recallkit/core";
import { type HttpTransport, type JobOverlap, type JobRun, parseInput } from "@recallkit/core/ports";
import type { SchedulerErrorCode } from "../error-codes.js";
import type { EndedAttempt, Scheduler } from "../scheduler.js";
import { type AdminCalls, adminCalls } from "./admin.js";
import { idleBeatSchema, killSchema, logSchema, type RunRequest, runSchema } from "./messages.js";

const RUN_ENDED: SchedulerErrorCode = "job.run-ended";

/** What {@link xxlJobExecutor} takes. */
export interface XxlJobExecutorOptions {
  readonly scheduler: Scheduler;
  /** What both sides show each other; at least 16 characters. */
  readonly accessToken: string;
  /** Roots of the admin: `http://xxl-job-admin:8080/xxl-job-admin`. */
  readonly adminUrls: readonly string[];
  /** Name of the executor, as the admin knows it. */
  readonly appName: string;
  /** Where the admin reaches this executor; its calls are below it: `…/run`. */
  readonly address: string;
  readonly transport: HttpTransport;
  readonly clock?: Clock;
}

/** An executor of an xxl-job-admin. */
export interface XxlJobExecutor {
  /**
   * Answers a call of the admin.
   *
   * @param call last part of the path: `beat`, `idleBeat`, `run`, `kill`, `log`
   * @param token header `XXL-JOB-ACCESS-TOKEN`
   */
  answer(call: string, token: string | undefined, body: unknown): Promise<XxlJobAnswer>;
  /** Tells the admin how a run that it began ended; give it to the scheduler's `onEnd`. */
  ended(attempt: EndedAttempt): void;
  /** Keeps the executor registered until aborted, and tells the admin what it could not be told before. */
  run(options: { readonly signal: AbortSignal }): Promise<void>;
}

/** The form of every answer: 200 is success, 500 is none. */
export interface XxlJobAnswer {
  readonly code: 200 | 500;
  readonly msg: string | null;
  readonly content?: unknown;
}

const OK: XxlJobAnswer = { code: 200, msg: null };
const REGISTRY_MS = 30_000;
const RETRY_MS = 5000;
/** Runs of the admin are looked for among the newest. */
const MOST_LOOKED_AT = 200;
/** Firings of the admin are named by its numbers of job and call. */
const PREFIX = "xxl-job:";

const OVERLAPS: Readonly<Record<RunRequest["executorBlockStrategy"], JobOverlap>> = {
  SERIAL_EXECUTION: "queue",
  DISCARD_LATER: "skip",
  COVER_EARLY: "queue",
};

/**
 * Lets an xxl-job-admin drive the jobs of a scheduler: `executorHandler` is a job's name, `executorParams` its parameter, one
 * `logId` is one firing whoever repeats it. Of GLUE there is BEAN only: no code comes over the wire.
 *
 * @see https://www.xuxueli.com/xxl-job/ 执行器 RESTful API
 * @throws {InputError} a short token
 */
export function xxlJobExecutor(options: XxlJobExecutorOptions): XxlJobExecutor {
  const { scheduler, accessToken, clock = systemClock } = options;
  if (accessToken.length < 16) {
    throw new InputError([{ path: "accessToken", code: "too_small", message: "must have at least 16 characters" }]);
  }
  const admin: AdminCalls = adminCalls(options);
  const untold = new Map<
    string,
    { readonly logId: number; readonly logDateTim: number; readonly end: EndedAttempt["end"] }
  >();

  /** Runs that the admin began for one of its jobs and that are not over. */
  async function openRuns(jobId: number): Promise<readonly JobRun[]> {
    const { items } = await scheduler.history({ states: ["pending", "running"], limit: MOST_LOOKED_AT });
    return items.filter(({ firing }) => firing.startsWith(`m${PREFIX}${jobId}:`));
  }

  async function run(body: unknown): Promise<XxlJobAnswer> {
    const request = parseInput(runSchema, body);
    const { jobId, executorHandler: name, executorBlockStrategy: strategy } = request;
    if (request.glueType !== "BEAN") return no(`glueType ${request.glueType} is not taken, only BEAN`);
    if (strategy === "COVER_EARLY") for (const { id } of await openRuns(jobId)) await stop(id);
    await scheduler.trigger(name, {
      parameter: request.executorParams ?? undefined,
      requestId: `${PREFIX}${jobId}:${request.logId}:${request.logDateTime}`,
      requestedBy: "xxl-job",
      overlap: OVERLAPS[strategy],
    });
    return OK;
  }

  async function stop(runId: number): Promise<void> {
    // Over meanwhile is as good.
    await scheduler.cancel(runId).catch((error: unknown) => {
      if (!RecallKitError.is(error) || error.code !== RUN_ENDED) throw error;
    });
  }

  async function log(body: unknown): Promise<XxlJobAnswer> {
    const { logId, logDateTim, fromLineNum } = parseInput(logSchema, body);
    const { items } = await scheduler.history({ limit: MOST_LOOKED_AT });
    const found = items.filter(
      ({ firing }) => firing.startsWith(`m${PREFIX}`) && firing.endsWith(`:${logId}:${logDateTim}`),
    );
    if (found.length === 0) return no(`there is no run of log ${logId}`);
    const lines = found.toReversed().map(lineOf);
    const logContent = lines.slice(fromLineNum - 1).join("\n");
    const isEnd = found.every(({ endedAt }) => endedAt !== null);
    return { ...OK, content: { fromLineNum, toLineNum: lines.length, logContent, isEnd } };
  }

  const CALLS: Readonly<Record<string, (body: unknown) => Promise<XxlJobAnswer>>> = {
    beat: async () => OK,
    async idleBeat(body) {
      const { jobId } = parseInput(idleBeatSchema, body);
      return (await openRuns(jobId)).length > 0 ? no("job thread is running or has trigger queue.") : OK;
    },
    run,
    async kill(body) {
      const { jobId } = parseInput(killSchema, body);
      for (const { id } of await openRuns(jobId)) await stop(id);
      return OK;
    },
    log,
  };

  async function tellAll(): Promise<void> {
    for (const [key, { logId, logDateTim, end }] of untold) {
      const isDone = end !== "lost" && end.state === "succeeded";
      const handleMsg = end === "lost" ? "lease-lost" : (end.reason ?? end.result);
      const told = await admin.callback({ logId, logDateTim, handleCode: isDone ? 200 : 500, handleMsg });
      if (!told) return;
      untold.delete(key);
    }
  }

  return {
    async answer(call, token, body) {
      if (!isSame(token ?? "", accessToken)) return no("The access token is wrong.");
      const answer = Object.hasOwn(CALLS, call) ? CALLS[call] : undefined;
      if (!answer) return no("invalid request, uri-mapping not found.");
      try {
        return await answer(body);
      } catch (error) {
        if (RecallKitError.is(error)) return no(error.message);
        throw error;
      }
    },
    ended({ run: { firing, shards, shard }, end }) {
      const [, logId, logDateTim] = /^mxxl-job:\d+:(\d+):(\d+)$/.exec(firing) ?? [];
      if (logId === undefined || (end !== "lost" && end.state === "pending")) return;
      untold.set(`${logId}:${shards}:${shard}`, { logId: Number(logId), logDateTim: Number(logDateTim), end });
      void tellAll();
    },
    async run({ signal }) {
      while (!signal.aborted) {
        const isKnown = await admin.register();
        await tellAll();
        await clock.sleep(isKnown && untold.size === 0 ? REGISTRY_MS : RETRY_MS, signal);
      }
      await tellAll();
      await admin.unregister();
    },
  };
}

function no(msg: string): XxlJobAnswer {
  return { code: 500, msg };
}

function lineOf({ shard, shards, state, attempt, reason, result }: JobRun): string {
  return [`shard ${shard + 1}/${shards}`, `attempt ${attempt}`, state, reason, result].filter(Boolean).join(" ");
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
