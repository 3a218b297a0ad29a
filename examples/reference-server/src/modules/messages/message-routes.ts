import { MAX_BATCH_RECIPIENTS } from "@recallkit/core/ports";
import { addressesFor, type CallerCall, defineRoute, HttpError } from "@recallkit/http";
import { serverRoute } from "../../frame/server-module.js";
import { admitted } from "./admitted.js";
import {
  batchSchema,
  cancelledBatch,
  decideBody,
  idParams,
  messageSchema,
  messagesPage,
  messagesQuery,
  searchBody,
  sendBatchBody,
  sendBody,
  traceParams,
  traceSchema,
} from "./schema.js";
import { inOurTerms, messagesOf } from "./service.js";
import { batchShape, messageShape, traceShape } from "./shapes.js";

const facts = { tags: ["消息 / Messages"] } as const;
const AT = 1_767_225_600_000;
const UNKNOWN = { 404: { description: "不存在 / there is none" } };
const TEMPLATE = {
  404: { description: "模板不存在 / no such template" },
  409: { description: "模板已停用，或幂等键用于另一条 / inactive, or the key was used for another message" },
};
const messageExample = {
  ...{ id: 1, trace_id: "1-abcdefghijkl", batch_id: null, template_id: 1, template_version: 1, channel: "sms" },
  ...{ recipient: "****8000", recipient_hash: "0123456789abcdef0123456789abcdef", status: "queued" as const },
  ...{ reason: null, priority: 8, attempts: 0, provider_message_id: null, created_at: AT, send_at: AT },
  ...{ accepted_at: null, delivered_at: null, updated_at: AT },
};
export const batchExample = {
  ...{ batch_id: 1, template_id: 2, priority: 5, total: 2, accepted: 2, duplicates: 0, rejected: [] },
  ...{ by_status: { queued: 2 }, done: 0, progress: 0, created_at: AT, cancelled_at: null },
};

type Key = Pick<CallerCall, "headers">;

/** What a repeat carries: the field, else the header that any request may have. */
function keyOf(given: string | null | undefined, { headers }: Key): string | undefined {
  const header = headers["idempotency-key"];
  return given ?? (typeof header === "string" && header.length <= 200 ? header : undefined);
}

/** Messages of a page, each with the name of its trace. */
async function shapedPage(
  call: Pick<CallerCall, "session" | "context">,
  { items, nextCursor }: Awaited<ReturnType<ReturnType<typeof messagesOf>["list"]>>,
) {
  const show = addressesFor(call.session);
  return { items: items.map((message) => messageShape(message, message.traceId, show)), next_cursor: nextCursor };
}

/** `/api/messages*`: sending, batches, traces. */
export const messageRoutes = [
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/messages/send",
    auth: "messages:send",
    // What is accepted wakes the senders of this process once it is committed.
    effects: "outside",
    status: 201,
    summary: "发送单条消息 / Send a message",
    request: { body: sendBody },
    response: messageSchema,
    errors: TEMPLATE,
    // One key is one message. In a window it is not: a repeat would be counted there.
    isRepeatable: ({ digest, throttle }) => !(digest ?? throttle),
    example: {
      request: { template_id: 1, recipient: "13800138000", variables: { order_no: "202401010001" }, priority: 8 },
      response: messageExample,
    },
    async handler({ body, ...call }) {
      const { template_id: templateId, recipient, variables, priority, send_at: sendAt, idempotency_key: key } = body;
      const { digest, throttle } = body;
      // A header keeps the answer for its repeats; the name of the message is that of its window.
      const isGathered = Boolean(digest ?? throttle);
      const message = await admitted(call, () =>
        inOurTerms(() =>
          messagesOf(call).send({
            templateId,
            recipient,
            // Whatever is no text or number is refused by the kit, with its path.
            variables: variables as Record<string, string>,
            priority,
            sendAt,
            idempotencyKey: isGathered ? key : keyOf(key, call),
            digest: digest && { key: digest.key, windowMs: digest.window_ms },
            throttle: throttle && { key: throttle.key, windowMs: throttle.window_ms },
          }),
        ),
      );
      return messageShape(message, message.traceId, addressesFor(call.session));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/messages/send-batch",
    auth: "messages:send",
    effects: "outside",
    status: 201,
    summary: "批量发送消息 / Send a batch",
    description:
      "至多 10000 个收件人，超出为 413；整批一次接收，按 batch_id 查询进度。重复地址只发一条并计数，有误的在 rejected 中列出。",
    request: { body: sendBatchBody },
    response: batchSchema,
    errors: { ...TEMPLATE, 413: { description: "收件人超过 10000 / more than 10 000 recipients" } },
    // One key is one batch.
    isRepeatable: () => true,
    example: {
      request: { template_id: 2, recipients: ["user1@example.com", "user2@example.com"], priority: 5 },
      response: batchExample,
    },
    async handler({ body, ...call }) {
      const { template_id: templateId, recipients, variables, priority, send_at: sendAt, idempotency_key: key } = body;
      if (recipients.length > MAX_BATCH_RECIPIENTS) {
        const message = `at most ${MAX_BATCH_RECIPIENTS} recipients`;
        throw new HttpError(413, "message.too-many-recipients", {
          issues: [{ path: "recipients", code: "too_big", message }],
        });
      }
      const messages = messagesOf(call);
      const { id } = await admitted(call, () =>
        inOurTerms(() =>
          messages.sendBatch({
            templateId,
            recipients: recipients as readonly string[],
            variables: variables as Record<string, string>,
            priority,
            sendAt,
            idempotencyKey: keyOf(key, call),
          }),
        ),
      );
      return batchShape(await messages.batch(id), call.tell);
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/messages/batches/:id",
    auth: "messages:read",
    summary: "批次进度 / How far a batch is",
    request: { params: idParams },
    response: batchSchema,
    errors: UNKNOWN,
    example: { response: batchExample },
    handler: async ({ params, ...call }) => batchShape(await messagesOf(call).batch(params.id), call.tell),
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/messages/batches/:id/cancel",
    auth: "messages:send",
    summary: "取消批次中尚未发送的消息 / Cancel what has not begun",
    request: { params: idParams },
    response: cancelledBatch,
    errors: UNKNOWN,
    example: {
      response: { ...batchExample, by_status: { cancelled: 2 }, done: 2, progress: 1, cancelled_at: AT, cancelled: 2 },
    },
    async handler({ params, ...call }) {
      const { cancelled, batch } = await messagesOf(call).cancelBatch(params.id);
      return { ...batchShape(batch, call.tell), cancelled };
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/messages/traces/:trace_id",
    auth: "messages:read",
    summary: "消息追踪 / Trace of a message",
    description: "节点 queue → process → send → callback，保留 7 天；出错的消息在保留期内始终可查。",
    request: { params: traceParams },
    response: traceSchema,
    errors: UNKNOWN,
    example: {
      response: {
        trace_id: "1-abcdefghijkl",
        message: messageExample,
        nodes: [{ node: "queue", outcome: "queued", at: AT, after_ms: 0, attempt: 0, error_class: null, detail: null }],
      },
    },
    handler: async ({ params, ...call }) =>
      traceShape(await messagesOf(call).trace(params.trace_id), addressesFor(call.session)),
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/messages",
    auth: "messages:read",
    summary: "消息列表 / List messages",
    description: "最新的在前，可按批次、模板、渠道、状态、收件人哈希、服务商编号查找。",
    request: { query: messagesQuery },
    response: messagesPage,
    example: { response: { items: [messageExample], next_cursor: null } },
    async handler({ query, ...call }) {
      const { batch_id, template_id, recipient_hash, provider_message_id, status, ...page } = query;
      const found = await messagesOf(call).list({
        ...page,
        batchId: batch_id,
        templateId: template_id,
        recipientHash: recipient_hash,
        providerMessageId: provider_message_id,
        states: status && [status],
      });
      return shapedPage(call, found);
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/messages/search",
    auth: "messages:read",
    effects: "outside",
    summary: "按收件人查找 / Look for a recipient's messages",
    description: "地址放在请求体中，不进日志；按哈希查找。",
    request: { body: searchBody },
    response: messagesPage,
    example: { request: { recipient: "13800138000" }, response: { items: [messageExample], next_cursor: null } },
    handler: async ({ body, ...call }) => shapedPage(call, await messagesOf(call).list(body)),
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/messages/:id",
    auth: "messages:read",
    summary: "消息详情 / Read a message",
    request: { params: idParams },
    response: messageSchema,
    errors: UNKNOWN,
    example: { response: messageExample },
    async handler({ params, ...call }) {
      const message = await messagesOf(call).get(params.id);
      if (!message) throw new HttpError(404, "message.not-found");
      return messageShape(message, message.traceId, addressesFor(call.session));
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/messages/:id/cancel",
    auth: "messages:send",
    summary: "取消尚未发送的消息 / Cancel a message",
    request: { params: idParams },
    response: messageSchema,
    errors: { ...UNKNOWN, 409: { description: "已开始发送 / it has begun" } },
    example: { response: { ...messageExample, status: "cancelled", reason: "cancelled", send_at: null } },
    async handler({ params, ...call }) {
      const messages = messagesOf(call);
      await messages.cancel(params.id);
      const message = await messages.get(params.id);
      if (!message) throw new HttpError(404, "message.not-found");
      return messageShape(message, message.traceId, addressesFor(call.session));
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/messages/:id/decide",
    auth: "messages:write",
    summary: "核实未知结果 / Decide about a message in review",
    description: "accepted 服务商有；rejected 没有；pending 没有且重新发送。",
    request: { params: idParams, body: decideBody },
    response: messageSchema,
    errors: { ...UNKNOWN, 409: { description: "不在核实中 / it is not in review" } },
    example: {
      request: { decision: "rejected" },
      response: { ...messageExample, status: "failed", reason: "operator" },
    },
    async handler({ params, body, ...call }) {
      const messages = messagesOf(call);
      await messages.decide(params.id, body.decision);
      const message = await messages.get(params.id);
      if (!message) throw new HttpError(404, "message.not-found");
      return messageShape(message, message.traceId, addressesFor(call.session));
    },
  }),
];
