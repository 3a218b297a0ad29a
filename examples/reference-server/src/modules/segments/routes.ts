import type { PreviewWarning, SegmentInput, TenantKit } from "@recallkit/core";
import type { SavedSegment } from "@recallkit/core/ports";
import { type CallerCall, defineRoute, HttpError, idParams } from "@recallkit/http";
import {
  createBody,
  deletedAnswer,
  editBody,
  explainAnswer,
  explainBody,
  previewAnswer,
  previewBody,
  segmentSchema,
  segmentsPage,
  segmentsQuery,
  sizesAnswer,
  sizesQuery,
  usersAnswer,
  validateAnswer,
  validateBody,
} from "./schema.js";

const facts = { tags: ["人群 / Segments"] } as const;
const UNKNOWN = { 404: { description: "人群不存在 / no such segment" } };
const CONFLICT = {
  409: { description: "已有同名人群，或已被修改 / the name is taken, or it was edited meanwhile" },
};
const DAY_MS = 86_400_000;
/** How old a size may be that a list shows. */
const SIZE_DAYS = 8;
const AT = 1_773_626_400_000;
const example = {
  ...{
    id: 1,
    name: "上海老客",
    description: null,
    segment: { labels: { city: ["上海"] }, orders: { count: { min: 3 } } },
  },
  ...{ revision: 1, created_at: AT, updated_at: AT, archived_at: null },
};
const request = { name: example.name, segment: example.segment };

type Call = Pick<CallerCall, "session" | "context" | "tell">;

function kitOf({ session, context }: Pick<Call, "session" | "context">): TenantKit {
  return context.kit.forTenant(session.tenantId);
}

/** A definition as it came; the kit says what is wrong with it. */
function given(definition: unknown): SegmentInput {
  return definition as SegmentInput;
}

function segmentShape({ tenantId: _, createdAt, updatedAt, archivedAt, ...saved }: SavedSegment) {
  return {
    ...saved,
    segment: { ...saved.segment },
    ...{ created_at: createdAt, updated_at: updatedAt, archived_at: archivedAt },
  };
}

function warningShapes(warnings: readonly PreviewWarning[], { tell }: Pick<Call, "tell">) {
  return warnings
    .filter(({ code }) => code !== "channel.missing")
    .map(({ code, message, detail = "" }) => ({
      code,
      message: tell({ path: "", code, message, params: { detail } }),
    }));
}

/** `/api/segments*`. */
export const segmentRoutes = [
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/segments",
    auth: "segments:write",
    status: 201,
    summary: "保存人群 / Save a segment",
    description: "其他人群和推送规则用 `saved` 引用它的编号。",
    request: { body: createBody },
    response: segmentSchema,
    errors: CONFLICT,
    example: { request, response: example },
    async handler({ body: { name, description, segment }, ...call }) {
      return segmentShape(await kitOf(call).segments.create({ name, description, segment: given(segment) }));
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/segments",
    auth: "segments:read",
    summary: "人群列表 / List segments",
    request: { query: segmentsQuery },
    response: segmentsPage,
    example: { response: { items: [example], next_cursor: null } },
    async handler({ query: { archived, sizes, ...page }, ...call }) {
      const { segments } = kitOf(call);
      const { items, nextCursor } = await segments.list({ ...page, archived: archived === "true" });
      const shaped = items.map(segmentShape);
      if (sizes !== "true") return { items: shaped, next_cursor: nextCursor };
      const from = new Date(call.context.clock.now() - SIZE_DAYS * DAY_MS).toISOString().slice(0, 10);
      const measured = await Promise.all(items.map(async ({ id }) => (await segments.sizes(id, { from })).at(-1)));
      return { items: shaped.map((one, at) => ({ ...one, size: measured[at] ?? null })), next_cursor: nextCursor };
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/segments/validate",
    auth: "segments:read",
    summary: "检查人群 / Check a segment",
    description: "列出所有错误与不认识的内容，不计算人数。",
    request: { body: validateBody },
    response: validateAnswer,
    example: {
      request: { segment: { labels: { city: ["上海x"] } } },
      response: {
        ...{ valid: true, issues: [] },
        warnings: [{ code: "label.unknown", message: "标签库中没有：city=上海x；未知标签不匹配任何人" }],
      },
    },
    async handler({ body, ...call }) {
      const { issues, warnings } = await kitOf(call).segments.validate(given(body.segment));
      return {
        valid: issues.length === 0,
        issues: issues.map((issue) => ({ path: issue.path, code: issue.code, message: call.tell(issue) })),
        warnings: warningShapes(warnings, call),
      };
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/segments/preview",
    auth: "segments:read",
    summary: "预览人数 / Preview a segment",
    description: "编辑中的 `segment`，或已保存的 `segment_id`；不发送任何内容。",
    request: { body: previewBody },
    response: previewAnswer,
    errors: UNKNOWN,
    example: {
      request: { segment: example.segment },
      response: {
        ...{ count: 2, sample: [{ customer_id: 17, customer_key: "c17" }], warnings: [], asked: 0, contacted: 0 },
        steps: [
          { name: "customers", count: 9 },
          { name: "labels", count: 4 },
          { name: "orders", count: 2 },
          { name: "reachable", count: 2 },
        ],
        ...{ reasons: {}, as_of: AT },
      },
    },
    async handler({ body: { segment, segment_id: id, as_of: asOf, people = 0 }, ...call }) {
      const kit = kitOf(call);
      const how = { people, asOf };
      const preview =
        id === undefined
          ? await kit.audience.preview({ segment: given(segment) }, how)
          : await kit.segments.preview(id, how);
      const { count, steps, sample, warnings, asked, contacted, reasons } = preview;
      return {
        ...{ count, asked, contacted, reasons: { ...reasons }, as_of: preview.asOf },
        steps: steps.map((step) => ({ ...step })),
        sample: sample.map(({ customerId, externalKey }) => ({ customer_id: customerId, customer_key: externalKey })),
        warnings: warningShapes(warnings, call),
      };
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/segments/explain",
    auth: "segments:read",
    summary: "逐条解释某位客户是否在内 / Why somebody is in a segment or not",
    request: { body: explainBody },
    response: explainAnswer,
    errors: { 404: { description: "人群或客户不存在 / no such segment or customer" } },
    example: {
      request: { segment_id: 1, customer_key: "c17" },
      response: {
        included: true,
        checks: [
          { name: "labels", passed: true, detail: "mode any", sentence: "标签：符合", path: null },
          {
            name: "orders",
            passed: true,
            detail: "3 ≤ orders; counted orders: 4, first: 2025-05-01, last: 2026-02-01",
            sentence: "订单数不少于 3；计入的订单 4 笔：符合",
            path: null,
          },
        ],
      },
    },
    async handler({ body: { segment, segment_id: id, as_of: asOf, customer_key: externalKey }, ...call }) {
      const kit = kitOf(call);
      const { included, checks } =
        id === undefined
          ? await kit.audience.explain({ segment: given(segment) }, { externalKey }, { asOf })
          : await kit.segments.explain(id, { externalKey }, { asOf });
      const { language } = call;
      const told = checks.map(({ sentence, path = null, ...check }) => ({
        ...check,
        sentence: sentence[language],
        path,
      }));
      return { included, checks: told };
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/segments/:id",
    auth: "segments:read",
    summary: "人群详情 / Read a segment",
    request: { params: idParams },
    response: segmentSchema,
    errors: UNKNOWN,
    example: { response: example },
    handler: async ({ params, ...call }) => segmentShape(await kitOf(call).segments.get(params.id)),
  }),
  defineRoute({
    ...facts,
    method: "put",
    path: "/api/segments/:id",
    auth: "segments:write",
    summary: "修改人群 / Change a segment",
    description: "整体替换。引用它的规则从下一次取人群起使用新的定义；会使引用者嵌套过深或循环的修改被拒绝。",
    request: { params: idParams, body: editBody },
    response: segmentSchema,
    errors: { ...UNKNOWN, ...CONFLICT },
    example: { request: { ...request, revision: 1 }, response: { ...example, revision: 2 } },
    async handler({ params, body: { revision, name, description, segment }, ...call }) {
      const input = { name, description, segment: given(segment) };
      return segmentShape(await kitOf(call).segments.update(params.id, input, { revision }));
    },
  }),
  defineRoute({
    ...facts,
    method: "delete",
    path: "/api/segments/:id",
    auth: "segments:write",
    summary: "归档人群 / Archive a segment",
    request: { params: idParams },
    response: deletedAnswer,
    errors: { ...UNKNOWN, 409: { description: "仍被使用，errors 列出使用者 / it is in use; errors names by whom" } },
    example: { response: { archived: true as const } },
    async handler({ params, ...call }) {
      const { segments } = kitOf(call);
      const users = await segments.users(params.id);
      const named = [
        ...users.rules.map(({ id, name }) => ({ code: "segment.used-by-rule", params: { id, name } })),
        ...users.segments.map(({ id, name }) => ({ code: "segment.used-by-segment", params: { id, name } })),
      ];
      if (named.length > 0) {
        const issues = named.map((one) => ({ path: "", message: `used by ${one.params.name}`, ...one }));
        throw new HttpError(409, "segment.in-use", { issues });
      }
      await segments.delete(params.id);
      return { archived: true as const };
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/segments/:id/users",
    auth: "segments:read",
    summary: "谁在使用 / Who refers to a segment",
    request: { params: idParams },
    response: usersAnswer,
    errors: UNKNOWN,
    example: { response: { rules: [{ id: 3, name: "45天未购买用户召回" }], segments: [] } },
    async handler({ params, ...call }) {
      const { rules, segments } = await kitOf(call).segments.users(params.id);
      return { rules: rules.map((one) => ({ ...one })), segments: segments.map((one) => ({ ...one })) };
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/segments/:id/sizes",
    auth: "segments:read",
    summary: "每日人数 / How many people it meant, day by day",
    description: "每天凌晨计算一次，保留 730 天。",
    request: { params: idParams, query: sizesQuery },
    response: sizesAnswer,
    errors: UNKNOWN,
    example: { response: { items: [{ day: "2026-03-16", people: 1204, at: AT }] } },
    async handler({ params, query, ...call }) {
      const items = await kitOf(call).segments.sizes(params.id, query);
      return { items: items.map((size) => ({ ...size })) };
    },
  }),
];
