import { imageType, MAX_IMAGE_BYTES } from "@recallkit/core/ports";
import { addressesFor, type CallerCall, defineRoute } from "@recallkit/http";
import {
  doneAnswer,
  infoAnswer,
  labelsAnswer,
  listAnswer,
  mediaAnswer,
  previewAnswer,
  resultsAnswer,
  runAnswer,
  statisticsAnswer,
  success,
  testAnswer,
  versionsAnswer,
  writtenAnswer,
} from "./answers.js";
import {
  createExample,
  infoExample,
  labelsExample,
  listExample,
  previewExample,
  resultsExample,
  statisticsExample,
  versionExample,
} from "./examples.js";
import {
  createBody,
  editBody,
  idBody,
  imageBytes,
  labelsBody,
  listBody,
  previewBody,
  resultsBody,
  runBody,
  statisticsBody,
  statusBody,
  testBody,
} from "./schema.js";
import { pushService } from "./service.js";

const facts = { method: "post", tags: ["精准推送 / Precision push"] } as const;
const UNKNOWN_ID = { 404: { description: "推送不存在 / no such push" } };
const NAME_TAKEN = { 409: { description: "推送名称已存在 / the name is taken" } };

function pushes({ session, context }: Pick<CallerCall, "session" | "context">) {
  return pushService(context.kit.forTenant(session.tenantId));
}

const IMAGE_TYPES = ["image/jpeg", "image/png", "application/octet-stream"];

/** `/wechatpush/*`, and the images of pushes. */
export const pushRoutes = [
  defineRoute({
    ...facts,
    path: "/wechatpush/create",
    auth: "push:write",
    summary: "创建精准推送 / Create a push",
    request: { body: createBody },
    response: writtenAnswer,
    errors: NAME_TAKEN,
    example: { request: createExample, response: success(true as const) },
    async handler({ body, tell, ...call }) {
      const warnings = await pushes(call).create(body, tell);
      return { ...success(true as const), ...(warnings.length > 0 && { warnings }) };
    },
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/edit",
    auth: "push:write",
    summary: "编辑精准推送 / Edit a push",
    description: "整体替换；`info` 的返回可以原样提交。已触发的推送保持旧版本。",
    request: { body: editBody },
    response: writtenAnswer,
    errors: { ...UNKNOWN_ID, ...NAME_TAKEN },
    example: { request: { id: 1, ...createExample }, response: success(true as const) },
    async handler({ body: { id, ...push }, tell, ...call }) {
      const warnings = await pushes(call).edit(id, push, tell);
      return { ...success(true as const), ...(warnings.length > 0 && { warnings }) };
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
    path: "/wechatpush/preview",
    auth: "push:read",
    summary: "预览人群 / Preview the audience",
    description: "请求体与 `create` 相同，或只有 `id`；不发送任何内容。",
    request: { body: previewBody },
    response: previewAnswer,
    errors: UNKNOWN_ID,
    example: { request: { id: 1 }, response: success(previewExample) },
    handler: async ({ body, tell, ...call }) => success(await pushes(call).preview(body, tell)),
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/test",
    auth: "push:write",
    effects: "outside",
    summary: "发送测试 / Send a test",
    description: "客户收到一次独立的推送（不受频次控制，不计入统计）；成员收到应用消息。暂停的推送也可以测试。",
    request: { body: testBody },
    response: testAnswer,
    errors: { ...UNKNOWN_ID, 409: { description: "该渠道不能给成员发消息 / the channel can't message staff" } },
    example: {
      request: { id: 1, externalUserids: ["wmqfasd1e19278asdasdasd"], staffUserids: ["zhangsan"] },
      response: success({ occurrenceId: 7, unreachedStaff: [] }),
    },
    handler: async ({ body, idempotencyKey, ...call }) => {
      const { occurrenceId, unreachedStaff } = await pushes(call).test(body, idempotencyKey);
      return success({ occurrenceId, unreachedStaff: unreachedStaff && [...unreachedStaff] });
    },
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/results",
    auth: "push:read",
    summary: "推送结果 / Results of pushes",
    description: "每个群发任务一条，`result` 为文档格式；最新的在前，每页最多 20 条。",
    request: { body: resultsBody },
    response: resultsAnswer,
    example: {
      request: { searchText: "召回", startTime: "2024-01-01", endTime: "2024-12-31", page: 1, pagesize: 10 },
      response: success(resultsExample),
    },
    handler: async ({ body, ...call }) => success(await pushes(call).results(body, addressesFor(call.session))),
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/statistics",
    auth: "push:read",
    summary: "推送效果统计 / Figures of pushes",
    request: { body: statisticsBody },
    response: statisticsAnswer,
    example: {
      request: { searchText: "召回", startTime: "2024-01-01 10:00:00", endTime: "2024-01-08 09:59:59" },
      response: success(statisticsExample),
    },
    handler: async ({ body, ...call }) => success(await pushes(call).statistics(body)),
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/versions",
    auth: "push:read",
    summary: "推送的历史版本 / Versions of a push",
    description: "每次编辑产生一个版本；触发记录保持触发时的版本。",
    request: { body: idBody },
    response: versionsAnswer,
    errors: UNKNOWN_ID,
    example: { request: { id: 1 }, response: success([versionExample]) },
    handler: async ({ body, ...call }) => success(await pushes(call).versions(body.id)),
  }),
  defineRoute({
    ...facts,
    path: "/wechatpush/run",
    auth: "push:write",
    summary: "立即执行一次 / Run a push now",
    description: "推送不在有效期内时，须设 `force` 为 true。",
    request: { body: runBody },
    response: runAnswer,
    errors: {
      ...UNKNOWN_ID,
      409: {
        description:
          "推送已暂停、不在有效期内，或与 `expected` 不符 / the push is paused, outside its validity, or not what `expected` says",
      },
    },
    example: { request: { id: 1 }, response: success({ occurrenceId: 1 }) },
    async handler({ body, idempotencyKey, ...call }) {
      return success({ occurrenceId: await pushes(call).run(body, idempotencyKey) });
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
  defineRoute({
    method: "post",
    path: "/api/media",
    auth: "push:write",
    status: 201,
    tags: facts.tags,
    summary: "上传图片 / Upload an image",
    description: "请求体为 JPG 或 PNG 原始字节，最大 10 MB；返回的 `reference` 可用于 `img`、`miniProgramImg`。",
    accepts: { mediaTypes: IMAGE_TYPES, maxBytes: MAX_IMAGE_BYTES },
    request: { body: imageBytes },
    response: mediaAnswer,
    example: {
      response: {
        reference: "media:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        media_type: "image/png" as const,
        bytes: 20_480,
      },
    },
    async handler({ body, session, context }) {
      const reference = await context.kit.forTenant(session.tenantId).media.put(body);
      return { reference, media_type: imageType(body) ?? ("image/png" as const), bytes: body.length };
    },
  }),
];
