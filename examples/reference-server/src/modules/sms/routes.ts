import { addressesFor, type CallerCall, defineRoute } from "@recallkit/http";
import { countSegments, lintSms } from "@recallkit/sms";
import { callbacksPage, callbacksQuery, repliesPage, repliesQuery, segmentsAnswer, segmentsQuery } from "./schema.js";
import { listCallbacks, listReplies, sqlOf } from "./store.js";

const AT = 1_767_225_600_000;
const TAG = "短信 / SMS";

/** What the query says about a page. */
function pageOf({
  limit,
  cursor,
  since,
}: {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly since?: number | undefined;
}) {
  return {
    ...(limit !== undefined && { limit }),
    ...(cursor !== undefined && { cursor }),
    ...(since !== undefined && { since }),
  };
}

function placeOf({ context, session }: Pick<CallerCall, "context" | "session">) {
  return { database: sqlOf(context.stores), tenantId: session.tenantId, show: addressesFor(session) };
}

/** `/api/ops/callbacks` and `/api/sms/*`. */
export const smsRoutes = [
  defineRoute({
    method: "get",
    path: "/api/ops/callbacks",
    auth: "ops:read",
    tags: ["运维 / Operations"],
    summary: "已接受的回调事件 / Accepted events of callbacks",
    description: "每个事件一条，不是原始请求；最新的在前，保留 7 天。",
    request: { query: callbacksQuery },
    response: callbacksPage,
    example: {
      response: {
        items: [
          {
            id: 3,
            provider: "yunpian",
            kind: "report",
            reference: "yunpian:9007199254740995",
            address: "****8000",
            outcome: "delivered",
            at: AT,
            received_at: AT + 1000,
          },
        ],
        next_cursor: null,
      },
    },
    async handler({ query, ...call }) {
      const { database, tenantId, show } = placeOf(call);
      const { provider } = query;
      const filter = { ...pageOf(query), ...(provider !== undefined && { provider }) };
      const { items, nextCursor } = await listCallbacks(database, tenantId, filter);
      const shaped = items.map(({ id, provider: by, kind, reference, address, outcome, at, received_at }) => ({
        id,
        provider: by,
        kind,
        reference,
        address: show(address),
        outcome,
        at,
        received_at,
      }));
      return { items: shaped, next_cursor: nextCursor };
    },
  }),
  defineRoute({
    method: "get",
    path: "/api/sms/replies",
    auth: "sms:read",
    tags: [TAG],
    summary: "短信上行回复 / Replies of phones",
    description: "最新的在前，保留 180 天。opt_out 为 true 的号码已加入免打扰。",
    request: { query: repliesQuery },
    response: repliesPage,
    example: {
      response: {
        items: [
          {
            id: 2,
            provider: "yunpian",
            address: "****8000",
            text: "明天到店可以用吗",
            opt_out: false,
            at: AT,
            received_at: AT + 1000,
          },
        ],
        next_cursor: null,
      },
    },
    async handler({ query, ...call }) {
      const { database, tenantId, show } = placeOf(call);
      const { opt_out } = query;
      const filter = { ...pageOf(query), ...(opt_out !== undefined && { isOptOut: opt_out === "true" }) };
      const { items, nextCursor } = await listReplies(database, tenantId, filter);
      const shaped = items.map(({ id, provider, address, body, is_opt_out, at, received_at }) => {
        return { id, provider, address: show(address), text: body, opt_out: is_opt_out === 1, at, received_at };
      });
      return { items: shaped, next_cursor: nextCursor };
    },
  }),
  defineRoute({
    method: "get",
    path: "/api/sms/segments",
    auth: "sms:read",
    tags: [TAG],
    summary: "计费条数与内容检查 / Count segments and check a text",
    description: "text 为完整短信，含签名【】与退订方式。findings 中 error 会被拒绝，warning 可能被拒绝。",
    request: { query: segmentsQuery },
    response: segmentsAnswer,
    example: { response: { encoding: "ucs2", units: 26, segments: 1, findings: [] } },
    async handler({ query: { text, message_class: messageClass, rules } }) {
      const findings = lintSms(text, { messageClass }).map(({ detail = null, source, ...finding }) => ({
        ...finding,
        detail,
        source: { name: source.name, url: source.url },
      }));
      return { ...countSegments(text, { rules }), findings };
    },
  }),
];
