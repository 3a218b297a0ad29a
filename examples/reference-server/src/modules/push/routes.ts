import type { Permission } from "../../frame/permissions.js";
import { type Call, defineRoute } from "../../frame/route.js";
import { doneAnswer, infoAnswer, labelsAnswer, listAnswer, runAnswer, success } from "./answers.js";
import { createExample, infoExample, labelsExample, listExample } from "./examples.js";
import { createBody, editBody, idBody, labelsBody, listBody, statusBody } from "./schema.js";
import { pushService } from "./service.js";

const facts = { method: "post", tags: ["精准推送 / Precision push"] } as const;
const UNKNOWN_ID = { 404: { description: "推送不存在 / no such push" } };
const NAME_TAKEN = { 409: { description: "推送名称已存在 / the name is taken" } };

function pushes({ session, context }: Pick<Call<unknown, unknown, unknown, Permission>, "session" | "context">) {
  return pushService(context.kit.forTenant(session.tenantId));
}

/** `/wechatpush/*`. */
export const pushRoutes = [
  defineRoute({
    ...facts,
    path: "/wechatpush/create",
    auth: "push:write",
    summary: "创建精准推送 / Create a push",
    request: { body: createBody },
    response: doneAnswer,
    errors: NAME_TAKEN,
    example: { request: createExample, response: success(true as const) },
    async handler({ body, ...call }) {
      await pushes(call).create(body);
      return success(true as const);
    },
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/edit",
    auth: "push:write",
    summary: "编辑精准推送 / Edit a push",
    description: "整体替换；`info` 的返回可以原样提交。已触发的推送保持旧版本。",
    request: { body: editBody },
    response: doneAnswer,
    errors: { ...UNKNOWN_ID, ...NAME_TAKEN },
    example: { request: { id: 1, ...createExample }, response: success(true as const) },
    async handler({ body: { id, ...push }, ...call }) {
      await pushes(call).edit(id, push);
      return success(true as const);
    },
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/editstatus",
    auth: "push:write",
    summary: "修改推送状态 / Pause or resume a push",
    request: { body: statusBody },
    response: doneAnswer,
    errors: UNKNOWN_ID,
    example: { request: { id: 1, status: 1 }, response: success(true as const) },
    async handler({ body, ...call }) {
      await pushes(call).setStatus(body.id, body.status);
      return success(true as const);
    },
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/lists",
    auth: "push:read",
    summary: "查询推送列表 / List pushes",
    request: { body: listBody },
    response: listAnswer,
    example: {
      request: { searchText: "召回", startTime: "2024-01-01", endTime: "2024-12-31", page: 1, pagesize: 10 },
      response: success(listExample),
    },
    handler: async ({ body, ...call }) => success(await pushes(call).list(body)),
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/info",
    auth: "push:read",
    summary: "查询推送详情 / Read a push",
    request: { body: idBody },
    response: infoAnswer,
    errors: UNKNOWN_ID,
    example: { request: { id: 1 }, response: success(infoExample) },
    handler: async ({ body, ...call }) => success(await pushes(call).info(body.id)),
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/labels",
    auth: "push:read",
    summary: "查询标签库 / Read the label library",
    request: { body: labelsBody },
    response: labelsAnswer,
    example: { request: {}, response: success(labelsExample) },
    handler: async ({ body, ...call }) => success(await pushes(call).labels(body.skuAfter)),
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/run",
    auth: "push:write",
    summary: "立即执行一次 / Run a push now",
    request: { body: idBody },
    response: runAnswer,
    errors: { ...UNKNOWN_ID, 409: { description: "推送已暂停 / the push is paused" } },
    example: { request: { id: 1 }, response: success({ occurrenceId: 1 }) },
    async handler({ body, idempotencyKey, ...call }) {
      return success({ occurrenceId: await pushes(call).run(body.id, idempotencyKey) });
    },
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/delete",
    auth: "push:write",
    summary: "删除推送 / Delete a push",
    request: { body: idBody },
    response: doneAnswer,
    errors: UNKNOWN_ID,
    example: { request: { id: 1 }, response: success(true as const) },
    async handler({ body, ...call }) {
      await pushes(call).remove(body.id);
      return success(true as const);
    },
  }),
];
