import { JOB_CAUSES, JOB_RUN_STATES } from "@recallkit/core/ports";
import { instantField } from "@recallkit/http";
import * as z from "zod";

/** Name of a job in a path. */
export const jobParams = z.strictObject({ name: z.string().min(1).max(100) });

export const triggerBody = z.strictObject({
  parameter: z.string().max(10_000).optional().describe("交给任务的参数 / handed to the work"),
});

const instant = instantField.nullable();

export const runSchema = z.strictObject({
  id: z.int(),
  job: z.string(),
  cause: z.enum(JOB_CAUSES).describe("schedule 按时，misfire 补跑，manual 手动 / on time, made up for, by hand"),
  due_at: instantField,
  shard: z.int(),
  shards: z.int(),
  state: z.enum(JOB_RUN_STATES),
  reason: z.string().nullable().describe("失败或跳过的原因代码 / why it failed or was skipped"),
  attempt: z.int(),
  max_attempts: z.int(),
  not_before: instantField,
  requested_by: z.string().nullable(),
  parameter: z.string().nullable(),
  result: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).nullable(),
  started_at: instant,
  ended_at: instant,
  duration_ms: z.int().nullable(),
});

export const jobSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  schedule: z.string().describe("cron 与时区，或间隔 / cron and zone, or an interval"),
  overlap: z.enum(["skip", "queue", "allow"]),
  misfire: z.enum(["skip", "once", "all"]),
  shards: z.int(),
  is_paused: z.boolean(),
  next_runs: z.array(instantField),
  last_run: runSchema.nullable(),
});
