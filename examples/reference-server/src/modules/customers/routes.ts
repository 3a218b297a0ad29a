import type { Suppression } from "@recallkit/core";
import { addressesFor, type CallerCall, defineRoute, idParams, type ShowAddress } from "@recallkit/http";
import * as z from "zod";
import {
  ingestAnswer,
  labelsPage,
  labelsQuery,
  putLabelsBody,
  suppressionBody,
  suppressionSchema,
  suppressionsPage,
  suppressionsQuery,
} from "./schema.js";

const facts = { tags: ["客户 / Customers"] } as const;
const DEFAULT_PAGE = 50;
const example = {
  id: 3,
  channel: "*",
  address: null,
  customer_key: "17850",
  reason: "opt_out",
  created_at: 1_767_225_600_000,
};

function kitOf({ session, context }: Pick<CallerCall, "session" | "context">) {
  return context.kit.forTenant(session.tenantId);
}

function shape(show: ShowAddress) {
  return ({ id, channel, address, externalKey, reason, createdAt }: Suppression): z.input<typeof suppressionSchema> => {
    const shown = address === null ? null : show(address);
    return { id, channel, address: shown, customer_key: externalKey, reason, created_at: createdAt };
  };
}

/** `/api/labels` and `/api/suppressions*`. */
export const customerRoutes = [
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/labels",
    auth: "customers:read",
    summary: "标签库 / Label library",
    request: { query: labelsQuery },
    response: labelsPage,
    example: { response: { items: [{ kind: "store", key: "1001", name: "上海仓" }], next_cursor: null } },
    async handler({ query: { kind, limit = DEFAULT_PAGE, cursor }, ...call }) {
      const { items, nextCursor } = await kitOf(call).labels.list(kind, { limit, cursor });
      return { items: items.map(({ key, name }) => ({ kind, key, name })), next_cursor: nextCursor };
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/labels",
    auth: "customers:write",
    summary: "新增标签或改名 / Add or rename labels",
    request: { body: putLabelsBody },
    response: ingestAnswer,
    example: {
      request: { labels: [{ kind: "store", key: "1001", name: "上海仓" }] },
      response: { inserted: 1, updated: 0, unchanged: 0, rejected: [] },
    },
    async handler({ body, ...call }) {
      const { inserted, updated, unchanged, rejected } = await kitOf(call).labels.put(body.labels, {
        onRejected: "return",
      });
      return {
        inserted,
        updated,
        unchanged,
        rejected: rejected.map(({ index, path, message }) => ({ index, path, message })),
      };
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/suppressions",
    auth: "customers:read",
    summary: "免打扰名单 / Suppressions",
    request: { query: suppressionsQuery },
    response: suppressionsPage,
    example: { response: { items: [example], next_cursor: null } },
    async handler({ query: { limit, cursor, channel }, ...call }) {
      const { items, nextCursor } = await kitOf(call).suppressions.list({
        ...(limit !== undefined && { limit }),
        ...(cursor !== undefined && { cursor }),
        ...(channel !== undefined && { channel }),
      });
      return { items: items.map(shape(addressesFor(call.session))), next_cursor: nextCursor };
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/suppressions",
    auth: "customers:write",
    status: 201,
    summary: "加入免打扰 / Suppress somebody",
    description: "下一批次起不再联系；重复提交更新原因。",
    request: { body: suppressionBody },
    response: suppressionSchema,
    errors: { 404: { description: "客户不存在 / no such customer" } },
    example: { request: { customer_key: "17850", reason: "opt_out" }, response: example },
    async handler({ body: { customer_key: externalKey, ...entry }, ...call }) {
      return shape(addressesFor(call.session))(await kitOf(call).suppressions.add({ ...entry, externalKey }));
    },
  }),
  defineRoute({
    ...facts,
    method: "delete",
    path: "/api/suppressions/:id",
    auth: "customers:write",
    summary: "移出免打扰 / Lift a suppression",
    request: { params: idParams },
    response: z.strictObject({ removed: z.literal(true) }),
    errors: { 404: { description: "记录不存在 / no such suppression" } },
    example: { response: { removed: true as const } },
    async handler({ params, ...call }) {
      await kitOf(call).suppressions.remove(params.id);
      return { removed: true as const };
    },
  }),
];
