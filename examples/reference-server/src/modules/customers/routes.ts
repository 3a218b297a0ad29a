import type { IngestResult, Suppression, SuppressionInput } from "@recallkit/core";
import { addressesFor, type CallerCall, defineRoute, idParams, reply, type ShowAddress } from "@recallkit/http";
import * as z from "zod";
import { MAX_ROWS, MAX_ROWS_BYTES } from "./row-schema.js";
import {
  ingestAnswer,
  labelsPage,
  labelsQuery,
  mergeAnswer,
  mergeBody,
  putLabelsBody,
  removeLabelsBody,
  suppressionBody,
  suppressionSchema,
  suppressionsPage,
  suppressionsQuery,
} from "./schema.js";
import { suppressionFile } from "./suppression-file.js";

const facts = { tags: ["客户 / Customers"] } as const;
const DEFAULT_PAGE = 50;
const example = {
  id: 3,
  channel: "*",
  address: null,
  customer_key: "17850",
  customer_id: 7,
  waiting: false,
  reason: "opt_out",
  created_at: 1_767_225_600_000,
};

function kitOf({ session, context }: Pick<CallerCall, "session" | "context">) {
  return context.kit.forTenant(session.tenantId);
}

function shape(show: ShowAddress) {
  return (entry: Suppression): z.input<typeof suppressionSchema> => {
    const { id, channel, address, customerId, externalKey, reason, createdAt } = entry;
    const shown = address === null ? null : show(address);
    const waiting = externalKey !== null && customerId === null;
    const who = { address: shown, customer_key: externalKey, customer_id: customerId, waiting };
    return { id, channel, ...who, reason, created_at: createdAt };
  };
}

/** An entry in the kit's words. A field that is not a route's goes on as it is, and is refused there. */
function entryOf({ customer_key: externalKey, ...entry }: Readonly<Record<string, unknown>>): SuppressionInput {
  return { ...entry, externalKey } as unknown as SuppressionInput;
}

function answerOf({ inserted, updated, unchanged, rejected }: IngestResult): z.input<typeof ingestAnswer> {
  const rows = rejected.map(({ index, path, message }) => {
    return { index, path: path === "externalKey" ? "customer_key" : path, message };
  });
  return { inserted, updated, unchanged, rejected: rows };
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
      return answerOf(await kitOf(call).labels.put(body.labels, { onRejected: "return" }));
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/labels/unassign",
    auth: "customers:write",
    summary: "移除客户的标签 / Take labels from customers",
    description: "未知客户列在 rejected；本来没有的标签计入 unchanged。",
    request: { body: removeLabelsBody },
    response: ingestAnswer,
    example: {
      request: { labels: [{ customer_key: "17850", kind: "city", key: "上海" }] },
      response: { inserted: 0, updated: 1, unchanged: 0, rejected: [] },
    },
    async handler({ body, ...call }) {
      const rows = body.labels.map(({ customer_key: externalKey, ...label }) => ({ externalKey, ...label }));
      return answerOf(await kitOf(call).labels.unassign(rows, { onRejected: "return" }));
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/customers/merge",
    auth: "customers:write",
    summary: "合并两个客户 / Merge two customers",
    description:
      "同一个人的两条记录合为一条，不可撤销；订单、归因、频次、免打扰和标签一并归入，from 的编号此后指向 into。",
    request: { body: mergeBody },
    response: mergeAnswer,
    errors: { 404: { description: "客户不存在 / no such customer" } },
    example: {
      request: { into: "17850", from: "OLD-17850" },
      response: {
        ...{ customer_id: 7, orders: 3, deliveries: 1, apart: 0, suppressions: 1, labels: 0, identities: 1 },
      },
    },
    async handler({ body: { into, from }, ...call }) {
      const { customerId, ...moved } = await kitOf(call).customers.merge(into, from);
      return { customer_id: customerId, ...moved };
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
    method: "get",
    path: "/api/suppressions/export",
    auth: "customers:read",
    summary: "免打扰名单，CSV / Suppressions as CSV",
    description:
      "以 =、+、-、@ 开头的单元格前加撇号，不会当作公式；可以再导入。/ Safe in spreadsheets; can be imported again.",
    produces: "text/csv",
    request: { query: z.strictObject({ channel: suppressionsQuery.shape.channel }) },
    response: z.string(),
    async handler({ query: { channel }, ...call }) {
      return reply(suppressionFile(kitOf(call), addressesFor(call.session), channel), {
        headers: { "content-disposition": 'attachment; filename="suppressions.csv"' },
      });
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/suppressions",
    auth: "customers:write",
    status: 201,
    summary: "加入免打扰 / Suppress somebody",
    description:
      "下一批次起不再联系；重复提交更新原因。尚未导入的客户编号会保留，导入时生效（waiting）。也可提交名单（最多 10000 行），逐行校验。",
    rows: { maxRows: MAX_ROWS, maxBytes: MAX_ROWS_BYTES },
    request: { body: suppressionBody },
    response: z.union([suppressionSchema, ingestAnswer]),
    example: { request: { customer_key: "17850", reason: "opt_out" }, response: example },
    async handler({ body, ...call }) {
      const { suppressions } = kitOf(call);
      if (Array.isArray(body)) return answerOf(await suppressions.addMany(body.map(entryOf), { onRejected: "return" }));
      return shape(addressesFor(call.session))(await suppressions.add(entryOf(body)));
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
