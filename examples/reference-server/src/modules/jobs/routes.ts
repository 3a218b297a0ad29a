import { JOB_RUN_STATES } from "@recallkit/core/ports";
import { cursorPage, HttpError, pageFields } from "@recallkit/http";
import * as z from "zod";
import { serverRoute } from "../../frame/server-module.js";
import type { Topic } from "../../frame/topic.js";
import { jobParams, jobSchema, runSchema, triggerBody } from "./schema.js";
import { jobShape, runShape } from "./shapes.js";

const TAGS = ["任务调度 / Jobs"];
const UNKNOWN = { 404: { description: "没有这个任务 / no such job" } };
const reads = { method: "get", auth: "jobs:read", tags: TAGS } as const;
const writes = { method: "post", auth: "jobs:write", tags: TAGS } as const;

const run = {
  id: 12,
  job: "housekeeping",
  cause: "schedule",
  due_at: 1_767_225_600_000,
  shard: 0,
  shards: 1,
  state: "succeeded",
  reason: null,
  attempt: 1,
  max_attempts: 1,
  not_before: 1_767_225_600_000,
  requested_by: null,
  parameter: null,
  result: { transitions: 3 },
  started_at: 1_767_225_600_400,
  ended_at: 1_767_225_600_900,
  duration_ms: 500,
} as const;
const job: z.input<typeof jobSchema> = {
  name: "housekeeping",
  title: "清理账本 / clean the ledger up",
  schedule: "every 3600000 ms",
  overlap: "skip",
  misfire: "once",
  shards: 1,
  is_paused: false,
  next_runs: [1_767_229_200_000],
  last_run: run,
};

/** `/api/ops/jobs*`: what comes back at its times, for all tenants. */
export const jobRoutes = [
  serverRoute({
    ...reads,
    path: "/api/ops/jobs",
    summary: "定时任务 / Jobs",
    description: "整个安装的定时任务，下次时间与最近一次运行。",
    response: z.strictObject({ items: z.array(jobSchema), next_cursor: z.null() }),
    example: { response: { items: [job], next_cursor: null } },
    handler: async ({ context }) => ({ items: (await context.scheduler.list()).map(jobShape), next_cursor: null }),
  }),
  serverRoute({
    ...reads,
    path: "/api/ops/jobs/:name",
    summary: "一个定时任务 / One job",
    request: { params: jobParams },
    response: jobSchema,
    errors: UNKNOWN,
    example: { response: job },
    handler: async ({ params, context }) => jobShape(await context.scheduler.get(params.name)),
  }),
  serverRoute({
    ...reads,
    path: "/api/ops/jobs/:name/history",
    summary: "运行记录 / History of a job",
    description: "最新的在前；错过而未补跑的时间也在其中（`skipped`，原因 `misfire`）。",
    request: {
      params: jobParams,
      query: z.strictObject({ ...pageFields, state: z.enum(JOB_RUN_STATES).optional() }),
    },
    response: cursorPage(runSchema),
    errors: UNKNOWN,
    example: { response: { items: [run], next_cursor: null } },
    async handler({ params, query: { state, limit, cursor }, context }) {
      const filter = { job: params.name, limit, cursor, ...(state && { states: [state] }) };
      const { items, nextCursor } = await context.scheduler.history(filter);
      return { items: items.map(runShape), next_cursor: nextCursor };
    },
  }),
  serverRoute({
    ...writes,
    path: "/api/ops/jobs/:name/run",
    summary: "立即运行 / Run a job now",
    description: "由任一进程执行；暂停的任务也可手动运行。不允许重叠的任务正在运行时返回 409。",
    request: { params: jobParams, body: triggerBody },
    response: z.strictObject({ runs: z.array(runSchema) }),
    errors: { ...UNKNOWN, 409: { description: "正在运行 / it is at work" } },
    example: { request: { parameter: "2026-01-01" }, response: { runs: [{ ...run, cause: "manual" }] } },
    async handler({ params, body: { parameter }, session, context, requestId, idempotencyKey }) {
      const begun = { requestId: `${session.tenantId}:${idempotencyKey ?? requestId}`, requestedBy: session.actor };
      const runs = await context.scheduler.trigger(params.name, { parameter, ...begun });
      return { runs: runs.map(runShape) };
    },
  }),
  ...(["pause", "resume"] as const).map((action) =>
    serverRoute({
      ...writes,
      path: `/api/ops/jobs/:name/${action}`,
      summary: action === "pause" ? "暂停任务 / Pause a job" : "恢复任务 / Resume a job",
      description: action === "pause" ? "不再按时运行，直到恢复。" : "从现在起按时运行；暂停期间的时间不补跑。",
      request: { params: jobParams },
      response: jobSchema,
      errors: UNKNOWN,
      example: { response: job },
      handler: async ({ params, context }) => jobShape(await context.scheduler[action](params.name)),
    }),
  ),
  serverRoute({
    ...writes,
    path: "/api/ops/job-runs/:run/cancel",
    summary: "取消一次运行 / Cancel a run",
    description: "等待中的不再运行；运行中的在下次续约时收到停止信号。",
    request: { params: z.strictObject({ run: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }) },
    response: runSchema,
    errors: { 409: { description: "已结束，或没有这次运行 / it is over, or there is none" } },
    example: { response: { ...run, state: "cancelled" } },
    handler: async ({ params, context }) => runShape(await context.scheduler.cancel(params.run)),
  }),
];

/** `job:NAME` of `/api/stream`. */
export const jobTopic: Topic = {
  needs: "jobs:read",
  summary: "定时任务 / a job",
  of: "name",
  open:
    ({ context }, name) =>
    async () =>
      jobShape(await context.scheduler.get(name)),
};

const answerSchema = z.strictObject({ code: z.int(), msg: z.string().nullable(), content: z.unknown().optional() });

/** Where an xxl-job-admin drives the jobs. */
export const xxlJobRoutes = [
  serverRoute({
    method: "post",
    path: "/api/xxl-job/:call",
    auth: "public",
    limit: "callback",
    effects: "outside",
    tags: TAGS,
    summary: "XXL-JOB 执行器 / XXL-JOB executor",
    description:
      "供 xxl-job-admin 调用：`beat`、`idleBeat`、`run`、`kill`、`log`，请求头 `XXL-JOB-ACCESS-TOKEN`；`executorHandler` 为任务名。",
    request: { params: z.strictObject({ call: z.string().max(20) }), body: z.unknown() },
    response: answerSchema,
    errors: { 404: { description: "未配置 XXL-JOB / no XXL-JOB is configured" } },
    example: { request: {}, response: { code: 200, msg: null } },
    async handler({ params, body, headers, context }) {
      if (!context.xxlJob) throw new HttpError(404, "http.not-found");
      return context.xxlJob.answer(params.call, headers["xxl-job-access-token"], body);
    },
  }),
];
