import { type CallerCall, HttpError, idParams, pageFields, reply } from "@recallkit/http";
import * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import { serverRoute } from "../../frame/server-module.js";
import type { Session } from "../../frame/session.js";
import type { Topic } from "../../frame/topic.js";
import { activeProgress } from "./active.js";
import { example, lookExample, summaryExample } from "./examples.js";
import { rejectsOf } from "./files.js";
import type { ImportJob } from "./job.js";
import { progressEvents } from "./progress-events.js";
import { rejectedRows } from "./rejected-rows.js";
import { importSchema, importsPage, lookSchema, mappingBody, removedAnswer, uploadQuery } from "./schema.js";
import { cancelImport, putMapping, removeImport, startImport, takeFile } from "./service.js";
import { importShape, lookShape, summaryShape } from "./shapes.js";
import { getJob, listJobs } from "./store.js";

const facts = { tags: ["导入 / Imports"] } as const;
const UNKNOWN = { 404: { description: "任务不存在 / no such import" } };
const STATE = { 409: { description: "当前状态不允许 / the present state forbids it" } };
const FILE = { 422: { description: "文件无法导入，code 说明原因 / a file that can't be imported; code says why" } };
const FULL = { 507: { description: "磁盘已满 / the disk is full" } };
/** More than any file; the setting IMPORT_MAX_MB says less. */
const MOST_BYTES = 2 ** 40;
const MEDIA_TYPES = [
  "application/octet-stream",
  "text/csv",
  "text/plain",
  "text/tab-separated-values",
  "text/html",
  "application/vnd.ms-excel",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "application/zip",
  "application/x-zip-compressed",
  "application/gzip",
  "application/x-gzip",
];

type AnyCall = Pick<CallerCall<ServerContext, Session>, "context" | "tell">;

function told(job: ImportJob, { context, tell }: AnyCall) {
  return importShape(job, { tell, progress: activeProgress(context.stores, job.id) });
}

/** `import:ID` of `/api/stream`. */
export const importTopic: Topic = {
  needs: "customers:read",
  summary: "导入任务 / an import",
  of: "number",
  open({ context, session, tell }, of) {
    const id = Number(of);
    return async () =>
      summaryShape(await getJob(context.stores, session.tenantId, id), {
        tell,
        progress: activeProgress(context.stores, id),
      });
  },
};

/** `/api/imports*`: a shop's own files. */
export const importRoutes = [
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/imports",
    auth: "customers:write",
    effects: "outside",
    status: 201,
    summary: "上传要导入的文件 / Upload a file to import",
    description:
      "请求体为文件原始字节：CSV、.xlsx、网页表格，可用 gzip 或 zip 压缩。答复说明各列的含义与尚需确认的问题；此时不写入任何客户或订单。",
    accepts: { mediaTypes: MEDIA_TYPES, maxBytes: MOST_BYTES, isStreamed: true },
    request: { body: z.custom<AsyncIterable<Uint8Array>>(), query: uploadQuery },
    response: lookSchema,
    errors: { ...FILE, ...FULL },
    example: { response: lookExample },
    async handler({ body, query, session, context, language, tell }) {
      const { name = "import", kind, encoding, delimiter, skip_lines: skipLines, sheet } = query;
      const reading = { encoding, delimiter, skipLines, sheet };
      const { job, found } = await takeFile(context, session, { body, name, kind, reading, language });
      return lookShape(job, found, session, tell);
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/imports",
    auth: "customers:read",
    summary: "导入任务列表 / List imports",
    request: { query: z.strictObject(pageFields) },
    response: importsPage,
    example: { response: { items: [summaryExample], next_cursor: null } },
    async handler({ query: { limit, cursor }, session, context, tell }) {
      const page = { ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) };
      const { items, nextCursor } = await listJobs(context.stores, session.tenantId, page);
      const shaped = items.map((job) => summaryShape(job, { tell, progress: activeProgress(context.stores, job.id) }));
      return { items: shaped, next_cursor: nextCursor };
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/imports/:id",
    auth: "customers:read",
    summary: "导入任务详情与进度 / Read an import and how far it is",
    request: { params: idParams },
    response: importSchema,
    errors: UNKNOWN,
    example: { response: example },
    handler: async ({ params, session, ...call }) =>
      told(await getJob(call.context.stores, session.tenantId, params.id), call),
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/imports/:id/mapping",
    auth: "customers:write",
    effects: "outside",
    summary: "确认列的含义 / Say what the columns mean",
    description: "`reading` 说明如何打开文件，`mapping` 为完整的对应关系；文件随即按此重新检查，之前的进度作废。",
    request: { params: idParams, body: mappingBody },
    response: lookSchema,
    errors: { ...UNKNOWN, ...STATE, ...FILE },
    example: { request: { mapping: { ...lookExample.guess.mapping, amount: "order" } }, response: lookExample },
    async handler({ params, body, session, context, tell }) {
      const { skip_lines: skipLines, ...options } = body.reading ?? {};
      const reading = body.reading && { ...options, skipLines };
      const { job, found } = await putMapping(context, session, params.id, { reading, mapping: body.mapping });
      return lookShape(job, found, session, tell);
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/imports/:id/dry-run",
    auth: "customers:write",
    summary: "试运行 / Try an import out",
    description: "得到与正式导入完全相同的数字，不写入任何内容；使用 SQLite 时，其他写入会等待它结束。",
    request: { params: idParams },
    response: importSchema,
    errors: { ...UNKNOWN, ...STATE, 422: { description: "还有未回答的问题 / questions are open" } },
    example: { response: { ...example, state: "queued" as const, is_dry_run: true, result: null, finished_at: null } },
    async handler({ params, session, ...call }) {
      const { context, language } = call;
      return told(await startImport(context, session, params.id, { isDryRun: true, language }), call);
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/imports/:id/start",
    auth: "customers:write",
    summary: "开始导入 / Start an import",
    description: "排队后由后台执行，每个商户一次一个；失败或取消后再次开始，从中断处继续。",
    request: { params: idParams },
    response: importSchema,
    errors: { ...UNKNOWN, ...STATE, 422: { description: "还有未回答的问题 / questions are open" } },
    example: { response: { ...example, state: "queued" as const, result: null, finished_at: null } },
    async handler({ params, session, ...call }) {
      const { context, language } = call;
      return told(await startImport(context, session, params.id, { isDryRun: false, language }), call);
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/imports/:id/cancel",
    auth: "customers:write",
    // A dry run keeps the database to itself until it hears of this.
    effects: "outside",
    summary: "取消导入 / Cancel an import",
    description: "在下一批之前停止；已写入的保留，订单要么完整写入，要么没有写入。",
    request: { params: idParams },
    response: importSchema,
    errors: { ...UNKNOWN, ...STATE },
    example: { response: { ...example, state: "cancelled" as const, result: null } },
    handler: async ({ params, session, ...call }) => told(await cancelImport(call.context, session, params.id), call),
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/imports/:id/events",
    auth: "customers:read",
    summary: "导入进度（SSE） / Progress as server-sent events",
    description: "事件 `progress` 与 `end` 的数据同任务详情；没有变化时每 15 秒一行注释。断开后可重新请求。",
    produces: "text/event-stream",
    request: { params: idParams },
    response: z.string(),
    errors: UNKNOWN,
    async handler({ params, session, context, tell }) {
      const { tenantId } = session;
      await getJob(context.stores, tenantId, params.id);
      const shape = (job: ImportJob) => summaryShape(job, { tell, progress: activeProgress(context.stores, job.id) });
      // Proxies that gather answers would hold the events back.
      return reply(progressEvents(context, { tenantId, id: params.id }, shape), {
        headers: { "x-accel-buffering": "no" },
      });
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/imports/:id/rejects",
    auth: "customers:write",
    summary: "下载被拒绝的行 / Download rejected rows",
    description:
      "原有各列，以及行号、字段、错误码与原因；可在 Excel 中打开，更正后可再次导入。仅上传者与可查看完整地址者可下载。",
    produces: "text/csv",
    request: { params: idParams },
    response: z.string(),
    errors: { 404: { description: "任务不存在，或没有被拒绝的行 / no such import, or no rejected rows" } },
    async handler({ params, session, context }) {
      const job = await getJob(context.stores, session.tenantId, params.id);
      // Rows hold addresses; who brought them knows them.
      const isTheirs = job.createdBy === session.actor || session.permissions.has("addresses:read");
      if (!isTheirs) throw new HttpError(403, "auth.forbidden");
      const rows = await rejectedRows(rejectsOf(context.config, job));
      return reply(rows, { headers: { "content-disposition": `attachment; filename="import-${job.id}-rejects.csv"` } });
    },
  }),
  serverRoute({
    ...facts,
    method: "delete",
    path: "/api/imports/:id",
    auth: "customers:write",
    summary: "删除导入任务与文件 / Remove an import and its file",
    description: "已写入的客户与订单保留。",
    request: { params: idParams },
    response: removedAnswer,
    errors: { ...UNKNOWN, ...STATE },
    example: { response: { removed: true as const } },
    async handler({ params, session, context }) {
      await removeImport(context, session, params.id);
      return { removed: true as const };
    },
  }),
];
