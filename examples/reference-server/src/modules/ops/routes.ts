import { BATCH_STATES, DELIVERY_STATES, OCCURRENCE_STATES } from "@recallkit/core";
import {
  addressesFor,
  type Caller,
  type CallerCall,
  cursorPage,
  defineRoute,
  type HttpContext,
  idParams,
  pageFields,
  wholeNumber,
} from "@recallkit/http";
import * as z from "zod";
import type { Topic } from "../../frame/topic.js";
import { attemptExample, batchExample, deliveryExample, occurrenceExample, tasksExample } from "./examples.js";
import { filterFields, filterOf, statesField } from "./query.js";
import {
  ATTEMPT_KINDS,
  attemptSchema,
  batchSchema,
  cancelBody,
  decisionBody,
  deliverySchema,
  occurrenceSchema,
  tasksSchema,
} from "./schema.js";
import { listOccurrences } from "./service.js";
import { attemptShape, batchShape, deliveryShape, occurrenceShape, pageAnswer, tasksShape } from "./shapes.js";

const UNKNOWN = { 404: { description: "触发记录不存在 / no such occurrence" } };
const NO_BATCH = { 404: { description: "批次不存在 / no such batch" } };
const facts = { method: "get", auth: "ops:read", tags: ["运维 / Operations"] } as const;

function kitOf({ session, context }: Pick<CallerCall, "session" | "context">) {
  return context.kit.forTenant(session.tenantId);
}

/** `occurrence:ID` of `/api/stream`. */
export const occurrenceTopic: Topic<HttpContext, Caller> = {
  needs: "ops:read",
  summary: "一次触发 / an occurrence",
  of: "number",
  open: (call, id) => async () => occurrenceShape(await kitOf(call).occurrences.status(Number(id))),
};

/** `/api/ops/*`: what the ledger holds, with every state. */
export const opsRoutes = [
  defineRoute({
    ...facts,
    path: "/api/ops/occurrences",
    summary: "触发记录 / Occurrences",
    request: {
      query: z.strictObject({ ...pageFields, ...filterFields, state: statesField(OCCURRENCE_STATES) }),
    },
    response: cursorPage(occurrenceSchema),
    example: { response: { items: [occurrenceExample], next_cursor: null } },
    async handler({ query, ...call }) {
      const filter = { ...filterOf(query), ...(query.state && { states: query.state }) };
      return pageAnswer(await listOccurrences(kitOf(call), filter), occurrenceShape);
    },
  }),
  defineRoute({
    ...facts,
    path: "/api/ops/occurrences/:id",
    summary: "一次触发 / One occurrence",
    request: { params: z.strictObject({ id: wholeNumber(1) }) },
    response: occurrenceSchema,
    example: { response: occurrenceExample },
    errors: { 404: { description: "没有这次触发 / no such occurrence" } },
    handler: async ({ params, ...call }) => occurrenceShape(await kitOf(call).occurrences.status(params.id)),
  }),
  defineRoute({
    ...facts,
    path: "/api/ops/batches",
    summary: "批次 / Batches",
    request: { query: z.strictObject({ ...pageFields, ...filterFields, state: statesField(BATCH_STATES) }) },
    response: cursorPage(batchSchema),
    example: { response: { items: [batchExample], next_cursor: null } },
    async handler({ query, ...call }) {
      const filter = { ...filterOf(query), ...(query.state && { states: query.state }) };
      return pageAnswer(await kitOf(call).batches.list(filter), batchShape);
    },
  }),
  defineRoute({
    ...facts,
    path: "/api/ops/dead-letters",
    summary: "死信批次 / Dead batches",
    description: "本端连续出错三次、尚未发送的批次；到期后作废。",
    request: { query: z.strictObject({ ...pageFields, ...filterFields }) },
    response: cursorPage(batchSchema),
    example: { response: { items: [batchExample], next_cursor: null } },
    async handler({ query, ...call }) {
      return pageAnswer(await kitOf(call).batches.list({ ...filterOf(query), states: ["dead"] }), batchShape);
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    auth: "ops:write",
    path: "/api/ops/dead-letters/:id/redrive",
    summary: "重试死信批次 / Redrive a dead batch",
    description: "排除故障后再试：批次回到待发送，按原来的编号与标记继续。",
    request: { params: idParams },
    response: batchSchema,
    errors: { ...NO_BATCH, 409: { description: "不是死信批次 / not a dead letter" } },
    example: { response: { ...batchExample, state: "pending", reason: "redriven" } },
    handler: async ({ params, ...call }) => batchShape(await kitOf(call).batches.redrive(params.id)),
  }),
  defineRoute({
    ...facts,
    path: "/api/ops/reviews",
    summary: "待核实的批次 / Batches in review",
    description: "服务商是否收到已无法查明的批次；请在服务商后台核实后用 POST 写下结论。",
    request: { query: z.strictObject({ ...pageFields, ...filterFields }) },
    response: cursorPage(batchSchema),
    example: { response: { items: [{ ...batchExample, state: "needs_review" }], next_cursor: null } },
    async handler({ query, ...call }) {
      return pageAnswer(await kitOf(call).batches.list({ ...filterOf(query), states: ["needs_review"] }), batchShape);
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    auth: "ops:write",
    path: "/api/ops/reviews/:id",
    summary: "核实结论 / Decide on a batch in review",
    description:
      "`accepted` 已发送，`rejected` 未发送，`pending` 未发送且现在重发。选 `pending` 前请确认确实没有发出：这里不再核对。",
    request: { params: idParams, body: decisionBody },
    response: batchSchema,
    errors: { ...NO_BATCH, 409: { description: "不在核实中，或已过期 / not in review, or too late" } },
    example: {
      request: { decision: "rejected" },
      response: { ...batchExample, state: "rejected", reason: "operator" },
    },
    handler: async ({ params, body, ...call }) =>
      batchShape(await kitOf(call).batches.decide(params.id, body.decision)),
  }),
  defineRoute({
    ...facts,
    path: "/api/ops/deliveries",
    summary: "触达 / Deliveries",
    request: {
      query: z.strictObject({
        ...pageFields,
        ...filterFields,
        customer_id: wholeNumber(1).optional(),
        batch_id: wholeNumber(1).optional(),
        reason: z.string().min(1).max(255).optional().describe("原因，如 not_a_friend / the reason of the row"),
        state: statesField(DELIVERY_STATES),
      }),
    },
    response: cursorPage(deliverySchema),
    example: { response: { items: [deliveryExample], next_cursor: null } },
    async handler({ query, ...call }) {
      const filter = { ...filterOf(query), ...(query.state && { states: query.state }) };
      return pageAnswer(await kitOf(call).deliveries.list(filter), deliveryShape(addressesFor(call.session)));
    },
  }),
  defineRoute({
    ...facts,
    path: "/api/ops/attempts",
    summary: "服务商调用 / Provider calls",
    request: {
      query: z.strictObject({
        ...pageFields,
        ...filterFields,
        batch_id: wholeNumber(1).optional(),
        kind: z.enum(ATTEMPT_KINDS).optional(),
      }),
    },
    response: cursorPage(attemptSchema),
    example: { response: { items: [attemptExample], next_cursor: null } },
    async handler({ query, ...call }) {
      const filter = { ...filterOf(query), ...(query.kind && { kind: query.kind }) };
      return pageAnswer(await kitOf(call).attempts.list(filter), attemptShape);
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    auth: "ops:write",
    effects: "outside",
    path: "/api/ops/occurrences/:id/cancel",
    summary: "取消一次推送 / Cancel an occurrence",
    description: "未发送的不再发送；成员尚未确认的群发任务在企业微信取消。任务取消失败可再次调用。",
    request: { params: idParams, body: cancelBody },
    response: z.strictObject({ occurrence: occurrenceSchema, tasks: tasksSchema }),
    errors: { ...UNKNOWN, 409: { description: "已结束，没有可取消的 / nothing is left to cancel" } },
    example: {
      request: { tasks: true },
      response: { occurrence: { ...occurrenceExample, state: "cancelled", reason: "operator" }, tasks: tasksExample },
    },
    async handler({ params, body, ...call }) {
      const { occurrence, tasks } = await kitOf(call).occurrences.cancel(params.id, body);
      return { occurrence: occurrenceShape(occurrence), tasks: tasksShape(tasks) };
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    auth: "ops:write",
    effects: "outside",
    path: "/api/ops/occurrences/:id/remind",
    summary: "提醒成员确认 / Remind staff",
    description: "提醒尚未确认群发任务的成员；企业微信限制每个任务 24 小时 3 次。",
    request: { params: idParams },
    response: z.strictObject({ tasks: tasksSchema }),
    errors: { ...UNKNOWN, 409: { description: "没有等待确认的任务 / no task is waiting" } },
    example: { response: { tasks: tasksExample } },
    handler: async ({ params, ...call }) => ({
      tasks: tasksShape(await kitOf(call).occurrences.remind(params.id)),
    }),
  }),
];
