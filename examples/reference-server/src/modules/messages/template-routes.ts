import { defineRoute } from "@recallkit/http";
import {
  idParams,
  previewAnswer,
  previewBody,
  statusBody,
  templateBody,
  templateEdit,
  templateSchema,
  templatesPage,
  templatesQuery,
  versionsAnswer,
} from "./schema.js";
import { inOurTerms, messagesOf } from "./service.js";
import { templateInput, templateShape, versionShape } from "./shapes.js";

const facts = { tags: ["消息 / Messages"] } as const;
const UNKNOWN = { 404: { description: "模板不存在 / no such template" } };
const AT = 1_767_225_600_000;
const templateExample = {
  id: 1,
  name: "发货通知",
  channel: "sms",
  status: "active" as const,
  version: 1,
  content: { text: "您的订单 {{order_no}} 已发货" },
  variables: { order_no: { type: "text", max_length: 40, is_multiline: false } },
  message_class: "transactional" as const,
  category: null,
  provider_template_id: null,
  layout_id: null,
  is_layout: false,
  expire_after_ms: 86_400_000,
  on_unknown: "hold" as const,
  created_at: AT,
  updated_at: AT,
};
const request = {
  name: "发货通知",
  channel: "sms",
  content: { text: "您的订单 {{order_no}} 已发货" },
  variables: { order_no: { max_length: 40 } },
  message_class: "transactional" as const,
};

/** `/api/templates*`. */
export const templateRoutes = [
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/templates",
    auth: "messages:write",
    status: 201,
    summary: "新建消息模板 / Make a template",
    description:
      "正文用到的每个变量都要声明；变量的值只作文字，不再解析。/ Every variable is declared; values are text.",
    request: { body: templateBody },
    response: templateSchema,
    example: { request, response: templateExample },
    handler: async ({ body, ...call }) =>
      templateShape(
        await inOurTerms(() => messagesOf(call).templates.create(templateInput(body), { status: body.status })),
      ),
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/templates",
    auth: "messages:read",
    summary: "消息模板列表 / List templates",
    request: { query: templatesQuery },
    response: templatesPage,
    example: { response: { items: [templateExample], next_cursor: null } },
    async handler({ query, ...call }) {
      const { items, nextCursor } = await messagesOf(call).templates.list(query);
      return { items: items.map(templateShape), next_cursor: nextCursor };
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/templates/:id",
    auth: "messages:read",
    summary: "消息模板详情 / Read a template",
    request: { params: idParams },
    response: templateSchema,
    errors: UNKNOWN,
    example: { response: templateExample },
    handler: async ({ params, ...call }) => templateShape(await messagesOf(call).templates.get(params.id)),
  }),
  defineRoute({
    ...facts,
    method: "put",
    path: "/api/templates/:id",
    auth: "messages:write",
    summary: "编辑消息模板 / Edit a template",
    description: "产生新版本；已接收的消息仍用原版本。给出 version 时，模板已被他人修改则为 409。",
    request: { params: idParams, body: templateEdit },
    response: templateSchema,
    errors: { ...UNKNOWN, 409: { description: "版本已变 / another version meanwhile" } },
    example: { request: { ...request, version: 1 }, response: { ...templateExample, version: 2 } },
    async handler({ params, body: { version, ...body }, ...call }) {
      const how = { version, status: body.status };
      return templateShape(
        await inOurTerms(() => messagesOf(call).templates.edit(params.id, templateInput(body), how)),
      );
    },
  }),
  defineRoute({
    ...facts,
    method: "patch",
    path: "/api/templates/:id",
    auth: "messages:write",
    summary: "启用或停用模板 / Activate or deactivate a template",
    request: { params: idParams, body: statusBody },
    response: templateSchema,
    errors: UNKNOWN,
    example: { request: { status: "inactive" }, response: { ...templateExample, status: "inactive" } },
    handler: async ({ params, body: { status }, ...call }) =>
      templateShape(await messagesOf(call).templates.setStatus(params.id, status)),
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/templates/:id/versions",
    auth: "messages:read",
    summary: "模板的历史版本 / Versions of a template",
    description: "由旧到新；版本不会改变。/ The oldest first; a version never changes.",
    request: { params: idParams },
    response: versionsAnswer,
    errors: UNKNOWN,
    example: {
      response: {
        items: [
          {
            ...{ version: 1, name: "发货通知", content: { text: "您的订单 {{order_no}} 已发货" } },
            variables: { order_no: { type: "text", max_length: 40, is_multiline: false } },
            ...{ message_class: "transactional", created_at: AT },
          },
        ],
      },
    },
    async handler({ params, ...call }) {
      const versions = await messagesOf(call).templates.versions(params.id);
      return { items: versions.map(versionShape) };
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/templates/:id/preview",
    auth: "messages:read",
    summary: "预览消息 / Show what a message would say",
    description: "不发送；未给出的变量用示例值。issues 为渠道的意见。",
    request: { params: idParams, body: previewBody },
    response: previewAnswer,
    errors: UNKNOWN,
    example: {
      request: { variables: { order_no: "202401010001" } },
      response: { content: { text: "您的订单 202401010001 已发货" }, values: { order_no: "202401010001" }, issues: [] },
    },
    async handler({ params, body: { variables }, ...call }) {
      const { content, values, issues } = await inOurTerms(() =>
        // Whatever is no text or number is refused by the kit, with its path.
        messagesOf(call).templates.preview(params.id, variables as Record<string, string>),
      );
      const told = issues.map(({ path, code, message }) => ({ path, code, message }));
      return { content: content as Record<string, string>, values, issues: told };
    },
  }),
];
