import { idParams } from "@recallkit/http";
import { serverRoute } from "../../../frame/server-module.js";
import { cascadeQuery } from "../fields.js";
import { merchantOf } from "../merchant.js";
import { deletedAnswer } from "../packages/routes.js";
import { getPackage } from "../packages/store.js";
import { createTaskBody, editTaskBody, metricsBody, taskExample, taskSchema, tasksPage, tasksQuery } from "./schema.js";
import { createTask, deleteTask, editTask, recountTask } from "./service.js";
import { taskShape } from "./shape.js";
import { getTask, listTasks } from "./store.js";

const facts = { tags: ["外呼任务 / Dial tasks"] } as const;
const NO_PACKAGE = { 404: { description: "数据包不存在 / no such package" } };
const UNKNOWN = { 404: { description: "任务不存在 / no such task" } };
const STATE = { 409: { description: "当前状态不允许 / the present state forbids it" } };
const none = { total_calls: 0, connected_calls: 0, interested_calls: 0 };
const fresh = {
  ...taskExample,
  ...none,
  status: "pending" as const,
  total_duration: 0,
  contact_rate: null,
  interest_rate: null,
  counted: none,
};

/** `/api/packages/:id/tasks` and `/api/tasks`. */
export const taskRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/packages/:id/tasks",
    auth: "leads:read",
    summary: "数据包的任务 / List a package's tasks",
    request: { params: idParams, query: tasksQuery },
    response: tasksPage,
    errors: NO_PACKAGE,
    example: { response: { items: [taskExample], total: 1, page: 1, page_size: 50 } },
    async handler({ params, query, ...call }) {
      const { stores, tenantId } = await merchantOf(call);
      await getPackage(stores, tenantId, params.id);
      const { rows, total, page, size } = await listTasks(stores, tenantId, params.id, query);
      return { items: rows.map(taskShape), total, page, page_size: size };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/packages/:id/tasks",
    auth: "leads:write",
    status: 201,
    summary: "创建任务 / Add a task",
    request: { params: idParams, body: createTaskBody },
    response: taskSchema,
    errors: NO_PACKAGE,
    example: { request: { task_name: "首轮外呼", start_time: "2026-01-01 08:00:00" }, response: fresh },
    async handler({ params, body, ...call }) {
      return taskShape(await createTask(await merchantOf(call), params.id, body));
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/tasks/:id",
    auth: "leads:read",
    summary: "任务详情 / Read a task",
    request: { params: idParams },
    response: taskSchema,
    errors: UNKNOWN,
    example: { response: taskExample },
    async handler({ params, session, context }) {
      return taskShape(await getTask(context.stores, session.tenantId, params.id));
    },
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/tasks/:id",
    auth: "leads:write",
    summary: "更新任务 / Change a task",
    description: "状态只能 pending → in_progress → completed，或未结束时 cancelled；其他变化答复 409。",
    request: { params: idParams, body: editTaskBody },
    response: taskSchema,
    errors: { ...UNKNOWN, ...STATE },
    example: { request: { status: "in_progress" as const }, response: taskExample },
    async handler({ params, body, ...call }) {
      return taskShape(await editTask(await merchantOf(call), params.id, body));
    },
  }),
  serverRoute({
    ...facts,
    method: "delete",
    path: "/api/tasks/:id",
    auth: "leads:write",
    summary: "删除任务 / Delete a task",
    description: "有通话时答复 409；`?cascade=true` 一并删除通话，统计随之更新。",
    request: { params: idParams, query: cascadeQuery },
    response: deletedAnswer,
    errors: { ...UNKNOWN, 409: { description: "还有通话 / it has calls" } },
    example: { response: { deleted: true as const } },
    async handler({ params, query, ...call }) {
      await deleteTask(await merchantOf(call), params.id, query.cascade === "true");
      return { deleted: true as const };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tasks/:id/metrics",
    auth: "leads:write",
    summary: "更新任务指标 / Count a task's calls anew",
    description: "按通话重新计算；给出的数字作为覆盖显示，`counted` 仍是实际值，覆盖与撤销都记入审计。",
    request: { params: idParams, body: metricsBody },
    response: taskSchema,
    errors: UNKNOWN,
    example: { request: {}, response: taskExample },
    async handler({ params, body, ...call }) {
      return taskShape(await recountTask(await merchantOf(call), params.id, body));
    },
  }),
];
