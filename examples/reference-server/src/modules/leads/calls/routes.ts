import { addressesFor, idParams, reply } from "@recallkit/http";
import * as z from "zod";
import { serverRoute } from "../../../frame/server-module.js";
import { csvOf } from "../csv.js";
import { merchantOf } from "../merchant.js";
import { deletedAnswer } from "../packages/routes.js";
import { getTask } from "../tasks/store.js";
import {
  callExample,
  callSchema,
  callsExportQuery,
  callsPage,
  callsQuery,
  createCallBody,
  editCallBody,
} from "./schema.js";
import { deleteCall, editCall, recordCall } from "./service.js";
import { callShape } from "./shape.js";
import { callsAfter, getCall, listCalls } from "./store.js";

const facts = { tags: ["通话 / Calls"] } as const;
const NO_TASK = { 404: { description: "任务不存在 / no such task" } };
const UNKNOWN = { 404: { description: "通话不存在 / no such call" } };

/** `/api/tasks/:id/calls` and `/api/calls`. */
export const callRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/tasks/:id/calls",
    auth: "leads:read",
    summary: "任务的通话 / List a task's calls",
    request: { params: idParams, query: callsQuery },
    response: callsPage,
    errors: NO_TASK,
    example: { response: { items: [callExample], total: 1, page: 1, page_size: 50 } },
    async handler({ params, query, ...call }) {
      const { stores, tenantId, timeZone } = await merchantOf(call);
      await getTask(stores, tenantId, params.id);
      const { calls, total, page, size } = await listCalls(stores, tenantId, params.id, timeZone, query);
      const show = addressesFor(call.session);
      return { items: calls.map((one) => callShape(one, show)), total, page, page_size: size };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tasks/:id/calls",
    auth: "leads:write",
    status: 201,
    summary: "创建通话记录 / Write a call down",
    description: "任务、数据包、汇总与标签统计在同一事务中更新；待开始的任务由第一通电话开始。",
    request: { params: idParams, body: createCallBody },
    response: callSchema,
    errors: {
      ...NO_TASK,
      409: { description: "任务已结束，或线索在别人手里 / the task has ended, or somebody else has the lead" },
    },
    example: {
      request: {
        phone_number: "13800138000",
        duration: 120,
        result: "connected" as const,
        notes: "客户有意向",
        tags: [{ tag_name: "interest_level", tag_value: "high" }],
      },
      response: callExample,
    },
    async handler({ params, body, ...call }) {
      return callShape(await recordCall(await merchantOf(call), params.id, body), addressesFor(call.session));
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/tasks/:id/calls/export",
    auth: "leads:read",
    summary: "导出通话（CSV） / A task's calls as CSV",
    produces: "text/csv",
    request: { params: idParams, query: callsExportQuery },
    response: z.string(),
    errors: NO_TASK,
    async handler({ params, query: filter, ...call }) {
      const { stores, tenantId, timeZone } = await merchantOf(call);
      await getTask(stores, tenantId, params.id);
      const show = addressesFor(call.session);
      const body = csvOf(
        [
          "id",
          "phone_number",
          "call_time",
          "duration",
          "result",
          "interested",
          "notes",
          "customer_name",
          "company",
          "agent",
          "tags",
        ],
        (after, limit) => callsAfter(stores, tenantId, params.id, timeZone, { filter, after, limit }),
        (one) => {
          const { tags, ...shape } = callShape(one, show);
          return { ...shape, tags: tags.map(({ tag_name, tag_value }) => `${tag_name}=${tag_value}`).join(";") };
        },
        timeZone,
      );
      return reply(body, { headers: { "content-disposition": 'attachment; filename="calls.csv"' } });
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/calls/:id",
    auth: "leads:read",
    summary: "通话详情 / Read a call",
    request: { params: idParams },
    response: callSchema,
    errors: UNKNOWN,
    example: { response: callExample },
    async handler({ params, session, context }) {
      return callShape(await getCall(context.stores, session.tenantId, params.id), addressesFor(session));
    },
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/calls/:id",
    auth: "leads:write",
    summary: "更正通话 / Correct a call",
    description: "所有统计随之更新；给出 tags 时整体替换。",
    request: { params: idParams, body: editCallBody },
    response: callSchema,
    errors: UNKNOWN,
    example: { request: { result: "connected" as const, duration: 120 }, response: callExample },
    async handler({ params, body, ...call }) {
      return callShape(await editCall(await merchantOf(call), params.id, body), addressesFor(call.session));
    },
  }),
  serverRoute({
    ...facts,
    method: "delete",
    path: "/api/calls/:id",
    auth: "leads:write",
    summary: "删除通话 / Delete a call",
    description: "所有统计随之更新。",
    request: { params: idParams },
    response: deletedAnswer,
    errors: UNKNOWN,
    example: { response: { deleted: true as const } },
    async handler({ params, ...call }) {
      await deleteCall(await merchantOf(call), params.id);
      return { deleted: true as const };
    },
  }),
];
