import { type InputIssue, RecallKitError } from "@recallkit/core";
import { parseInstant } from "@recallkit/core/ports";
import { type CallerCall, HttpError, idParams, reply } from "@recallkit/http";
import type * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import { serverRoute } from "../../frame/server-module.js";
import type { Session } from "../../frame/session.js";
import { orderAsked } from "./content.js";
import { createTask, type TaskDesk, type TaskMade } from "./create-task.js";
import { ordersExample, reportExample, statusExample, taskExample } from "./examples.js";
import { rowsOfFile } from "./file-rows.js";
import { listRejects } from "./rejects.js";
import {
  answerOf,
  createAnswer,
  createBody,
  createFileQuery,
  createOrdersBody,
  fileBody,
  listAnswer,
  listQuery,
  MAX_BYTES,
  MAX_ROWS,
  ordersAnswer,
  refusedAnswer,
  refusedOrdersAnswer,
  rejectsAnswer,
  reportSchema,
  statusSchema,
  type taskSchema,
} from "./schema.js";
import { getTask, listTasks, type RecallTask } from "./store.js";
import { takeOrders } from "./take-orders.js";
import { cancelTask, resendTask, type TaskReport, type TaskStatus, taskReport, taskStatus } from "./tasks.js";

const facts = { tags: ["召回 / Recall"] } as const;
const rows = { maxRows: MAX_ROWS, maxBytes: MAX_BYTES };
const FILE_TYPES = [
  "text/csv",
  "text/plain",
  "application/octet-stream",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];
const UNKNOWN = { 404: { description: "任务不存在 / no such task" } };

type AnyCall = Pick<CallerCall<ServerContext, Session>, "context" | "session" | "tell">;

function deskOf({ context, session }: Pick<AnyCall, "context" | "session">): TaskDesk {
  const { stores, kit, clock, ids, logger } = context;
  return { stores, kit: kit.forTenant(session.tenantId), clock, ids, logger, actor: session.actor };
}

/** `/orders/create` and `/recalls*`, as the document has them. */
export const recallRoutes = [
  serverRoute({
    ...facts,
    rows,
    method: "post",
    path: "/orders/create",
    auth: "customers:write",
    summary: "创建订单 / Take orders over",
    description:
      "逐行校验：有误的行列在 rejected，其余照常写入；没有一行可用时为 400。order_no 可省略，此时以用户、时间、金额识别，重复提交同一请求不会重复写入。",
    request: { body: createOrdersBody },
    response: ordersAnswer,
    errors: { 400: { description: "没有可写入的订单 / no row could be taken", schema: refusedOrdersAnswer } },
    example: ordersExample,
    async handler({ body, ...call }) {
      assertMerchant(body.orders, call.session);
      const { stores, kit } = deskOf(call);
      const { rejected, ...counts } = await takeOrders(stores, kit, body.orders);
      const data = { ...counts, rejected: shownRows(rejected, call) };
      const isNone = counts.created + counts.updated + counts.unchanged === 0;
      return isNone
        ? reply({ status_code: "400", message: "没有可写入的订单", data }, { status: 400 })
        : { status_code: "200", message: "订单创建成功", data };
    },
  }),
  serverRoute({
    ...facts,
    rows,
    method: "post",
    path: "/recalls/create",
    auth: "recalls:write",
    summary: "创建召回任务 / Make a recall task",
    description:
      "立即答复，随后由引擎发送。逐行校验：有误或重复的行列在 rejected，其余照常发送；没有一行可用时为 400。给出 channels 时按该顺序触达：客户在前一渠道没有地址、已非好友、超额、被拒绝或成员超时未确认时改用下一渠道，每人只触达一次。短信内含落地页链接；未给 coupon_id 时使用默认优惠券“老客回归礼”。",
    request: { body: createBody },
    response: createAnswer,
    errors: { 400: { description: "没有可召回的用户，或参数有误 / no row could be taken", schema: refusedAnswer } },
    example: {
      request: {
        recall_users: [
          {
            merchant_id: 1,
            user_name: "张三",
            product: "产品名称",
            product_type: "游戏",
            contact: "13800138000",
            contact_type: "mobile",
          },
        ],
      },
      response: {
        status_code: "200",
        message: "召回任务已创建",
        data: { recall_task_id: 12, accepted: 1, rejected: [] },
      },
    },
    async handler({ body, ...call }) {
      assertMerchant(body.recall_users, call.session);
      const desk = deskOf(call);
      const { timeZone } = await desk.kit.tenant();
      const made = await createTask(desk, {
        rows: body.recall_users,
        name: body.name,
        content: body.content,
        couponId: body.coupon_id,
        consent: body.consent ?? false,
        sendAt: instantOf(body.send_at, timeZone),
        order: orderAsked(body.channels, body.fall_back_after_hours),
      });
      return madeAnswer(made, "召回任务已创建", call);
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/recalls/create/file",
    auth: "recalls:write",
    summary: "用名单文件创建召回任务 / Make a recall task of a list",
    description:
      "请求体为名单文件的原始字节：CSV 或 .xlsx，含用户名与联系方式两列，最多 10000 行、8 MB；编码自动判断。其余与 /recalls/create 相同。",
    accepts: { mediaTypes: FILE_TYPES, maxBytes: MAX_BYTES },
    request: { body: fileBody, query: createFileQuery },
    response: createAnswer,
    errors: {
      400: { description: "没有可召回的用户 / no row could be taken", schema: refusedAnswer },
      422: { description: "文件无法读取，code 说明原因 / a file that can't be read; code says why" },
    },
    example: {
      response: {
        status_code: "200",
        message: "召回任务已创建",
        data: { recall_task_id: 12, accepted: 1, rejected: [] },
      },
    },
    async handler({ body, query, ...call }) {
      const desk = deskOf(call);
      const { timeZone } = await desk.kit.tenant();
      const made = await createTask(desk, {
        rows: await rowsOfFile(body).catch(refuseFile),
        name: query.name,
        content: query.content,
        couponId: query.coupon_id,
        consent: query.consent === "true",
        sendAt: instantOf(query.send_at, timeZone),
        order: orderAsked(query.channels, query.fall_back_after_hours),
      });
      return madeAnswer(made, "召回任务已创建", call);
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/recalls",
    auth: "recalls:read",
    summary: "召回任务列表 / List recall tasks",
    request: { query: listQuery },
    response: listAnswer,
    example: { response: { ...OK(), data: { items: [taskExample], next_cursor: null } } },
    async handler({ query: { limit, cursor }, session, context }) {
      const page = { ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) };
      const { items, nextCursor } = await listTasks(context.stores, session.tenantId, page);
      return { ...OK(), data: { items: items.map(taskShape), next_cursor: nextCursor } };
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/recalls/:id",
    auth: "recalls:read",
    summary: "召回任务详情 / Read a recall task",
    request: { params: idParams },
    response: answerOf(statusSchema),
    errors: UNKNOWN,
    example: { response: { ...OK(), data: statusExample } },
    handler: async ({ params, ...call }) => ({ ...OK(), data: statusShape(await taskStatus(deskOf(call), params.id)) }),
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/recalls/:id/rejects",
    auth: "recalls:read",
    summary: "召回任务被拒绝的行 / Rows that a recall task refused",
    description:
      "按名单的顺序，index 从 0 起；只留原因，不留内容。/ In the order of the list; reasons only, never what stood there.",
    request: { params: idParams, query: listQuery },
    response: rejectsAnswer,
    errors: UNKNOWN,
    example: {
      response: {
        ...OK(),
        data: { items: [{ index: 3, path: "contact", message: "本任务中已有此人" }], next_cursor: null },
      },
    },
    async handler({ params, query: { limit, cursor }, ...call }) {
      const { stores } = call.context;
      const task = await getTask(stores, call.session.tenantId, params.id);
      const page = { ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) };
      const { items, nextCursor } = await listRejects(stores, task, page);
      return { ...OK(), data: { items: shownRows(items, call), next_cursor: nextCursor } };
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/recalls/:id/report",
    auth: "recalls:read",
    summary: "召回任务效果 / Figures of a recall task",
    request: { params: idParams },
    response: answerOf(reportSchema),
    errors: UNKNOWN,
    example: { response: { ...OK(), data: reportExample } },
    handler: async ({ params, ...call }) => ({ ...OK(), data: reportShape(await taskReport(deskOf(call), params.id)) }),
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/recalls/:id/cancel",
    auth: "recalls:write",
    effects: "outside",
    summary: "取消召回任务 / Cancel a recall task",
    description: "尚未发送的不再发送；已发送的链接仍然有效。",
    request: { params: idParams },
    response: answerOf(statusSchema),
    errors: { ...UNKNOWN, 409: { description: "已结束 / nothing is left to cancel" } },
    example: { response: { ...OK(), data: { ...statusExample, state: "cancelled" as const } } },
    handler: async ({ params, ...call }) => ({ ...OK(), data: statusShape(await cancelTask(deskOf(call), params.id)) }),
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/recalls/:id/resend",
    auth: "recalls:write",
    summary: "重发给确定没有收到的用户 / Send again to those who certainly got nothing",
    description: "新建一个任务，只含失败、过期、取消和被拦截的用户；结果未知的用户不会重发。",
    request: { params: idParams },
    response: createAnswer,
    errors: { ...UNKNOWN, 409: { description: "没有可以重发的用户 / nobody is left" } },
    example: {
      response: { status_code: "200", message: "已重新发送", data: { recall_task_id: 13, accepted: 1, rejected: [] } },
    },
    handler: async ({ params, ...call }) => madeAnswer(await resendTask(deskOf(call), params.id), "已重新发送", call),
  }),
];

function OK() {
  return { status_code: "200", message: "成功" };
}

/** @throws {HttpError} 422 with the code for a file that can't be read */
function refuseFile(error: unknown): never {
  if (RecallKitError.is(error) && error.code.startsWith("import."))
    throw new HttpError(422, error.code, { cause: error });
  throw error;
}

/** A row of another merchant refuses the whole request. @throws {HttpError} 403 */
function assertMerchant(sent: readonly unknown[], { tenantId }: Session): void {
  const isForeign = sent.some((row) => {
    if (typeof row !== "object" || row === null || !("merchant_id" in row)) return false;
    return row.merchant_id !== null && String(row.merchant_id) !== String(tenantId);
  });
  if (isForeign) throw new HttpError(403, "auth.forbidden");
}

/** @throws {HttpError} 400 `input.invalid` for `send_at` */
function instantOf(given: string | number | undefined, timeZone: string): number | undefined {
  if (given === undefined || typeof given === "number") return given;
  const at = parseInstant(given.trim(), timeZone);
  if (at !== undefined) return at;
  throw new HttpError(400, "input.invalid", { issues: [{ path: "send_at", code: "order.time", message: "no time" }] });
}

function shownRows(rejected: readonly (InputIssue & { readonly index: number })[], { tell }: Pick<AnyCall, "tell">) {
  return rejected.map(({ index, ...issue }) => ({ index, path: issue.path, message: tell(issue) }));
}

function madeAnswer({ id, accepted, rejected }: TaskMade, message: string, call: Pick<AnyCall, "tell">) {
  const data = { recall_task_id: id, accepted, rejected: shownRows(rejected, call) };
  return id === null
    ? reply({ status_code: "400", message: "没有可召回的用户", data }, { status: 400 })
    : { status_code: "200", message, data };
}

function taskShape(task: RecallTask): z.input<typeof taskSchema> {
  const { id, name, dueAt, accepted, rejected, resendOf, createdBy, createdAt } = task;
  const who = { resend_of: resendOf, created_by: createdBy, created_at: createdAt };
  return { id, name, send_at: dueAt, accepted, rejected, ...who };
}

function statusShape({ task, state, parts, deliveries }: TaskStatus): z.input<typeof statusSchema> {
  return {
    ...taskShape(task),
    state,
    deliveries: countsOf(deliveries),
    parts: parts.map((part) => ({
      number: part.number,
      channel: part.channel,
      coupon_id: part.couponId,
      rule_id: part.ruleId,
      occurrence_id: part.occurrenceId,
      people: part.people,
      state: part.state,
      deliveries: countsOf(part.deliveries),
    })),
  };
}

function countsOf(counts: TaskStatus["deliveries"]): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([state, count]): [string, number] => [state, count ?? 0]));
}

function reportShape({ task, revenueMinor, ...figures }: TaskReport): z.input<typeof reportSchema> {
  return { recall_task_id: task.id, ...figures, revenue_minor: revenueMinor };
}
