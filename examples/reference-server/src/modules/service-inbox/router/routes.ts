import type { Intent } from "@recallkit/core/ports";
import { HttpError, idParams } from "@recallkit/http";
import { serverRoute } from "../../../frame/server-module.js";
import { accessOf, seesCustomer } from "../access.js";
import { type Inbox, inboxOf } from "../inbox.js";
import {
  correctBody,
  decisionSchema,
  decisionsPage,
  decisionsQuery,
  routeBody,
  routedSchema,
  routerTestAnswer,
  settingsAnswer,
  settingsBody,
} from "../schema.js";
import { customerOf } from "../sessions/store.js";
import { inboxSettings, putInboxSettings } from "../settings.js";
import type { Row } from "../tables.js";
import { classifierOf } from "./classifier.js";
import { correctDecision, decisionOf, listDecisions, type RouterDecision } from "./decisions.js";
import { listExamples } from "./examples.js";
import { routeMessage } from "./route-message.js";

const facts = { tags: ["智能路由 / Router"] } as const;
const BOT = "group-bot";
const AT = 1_767_225_600_000;
const routedExample = {
  ...{
    intent: "after-sales" as const,
    confidence: 0.94,
    reply: "已收到。工单 #12，由李工跟进。",
    action: "ticket" as const,
  },
  ...{ ticket_id: 12, project_id: null, handed_over: false, decision_id: 31, engine: "rules", reason: "坏了" },
  sources: [],
};
const decisionExample = {
  ...{ ...routedExample, text: "净水器坏了", session_id: 5, customer_id: 7, model: null },
  ...{ corrected_intent: null, corrected_by: null, created_at: AT },
};
const settingsExample = {
  ...{
    engine: "rules" as const,
    threshold: 0.45,
    rules: null,
    quick_replies: ["您好"],
    greeting: "您好，请直接说您的问题。",
  },
};

function routedShape(decision: RouterDecision) {
  const { id, intent, confidence, reply, action, ticketId, projectId, handedOver, engine, reason, sources } = decision;
  const facts = { ticket_id: ticketId, project_id: projectId, handed_over: handedOver, engine, reason };
  return { intent, confidence, reply, action, ...facts, decision_id: id === 0 ? null : id, sources: [...sources] };
}

function decisionShape(row: Row<"rk_router_decisions">) {
  return {
    ...routedShape(decisionOf(row)),
    ...{ decision_id: row.id, text: row.text, session_id: row.session_id, customer_id: row.customer_id },
    ...{ model: row.model, corrected_by: row.corrected_by, created_at: row.created_at },
    // Only intents are written.
    corrected_intent: row.corrected_intent as Intent | null,
  };
}

async function settingsShape({ stores, tenantId }: Inbox) {
  const { settings, version, groupBot } = await inboxSettings(stores, tenantId);
  return { ...settings, has_group_bot: groupBot !== null, version };
}

/** `/api/ai/router*`: what a message wants and what is done about it, and how that is decided. */
export const routerRoutes = [
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/ai/router",
    auth: "inbox:write",
    // A model may be asked.
    effects: "outside",
    summary: "智能路由 / Route a message",
    description:
      "判断意图并处理：带出处的回答、本人项目进度、工单或转人工。置信度低于阈值转人工；退订由规则判断，不交给模型。dry_run 只判断不派单。",
    request: { body: routeBody },
    response: routedSchema,
    example: { request: { message: "净水器坏了", openid: "oLVPpjqs9BhvzwPj5A-vTYAX3GLc" }, response: routedExample },
    async handler({ body, session, context, requestId }) {
      const inbox = await inboxOf(context, session.tenantId);
      const { openid, external_userid: externalUserId } = body;
      const entrance =
        openid !== undefined ? "official_account" : externalUserId !== undefined ? "wecom_customer" : body.entrance;
      const address = openid ?? externalUserId ?? null;
      const customerId =
        body.customer_id ??
        (address === null ? null : await customerOf(context.stores, session.tenantId, { entrance, address }));
      const known = customerId === null ? undefined : await context.stores.customers.get(session.tenantId, customerId);
      const access = await accessOf(inbox, session);
      if (customerId !== null && !(known && (await seesCustomer(inbox, access, customerId)))) {
        throw new HttpError(404, "customer.not-found");
      }
      const message = {
        ...{ text: body.message, entrance, address, customerId, sessionId: null, messageId: null, openTicket: null },
        requestKey: `api:${session.actor}:${body.request_id ?? requestId}`,
      };
      return routedShape(await routeMessage(inbox, message, { isDry: body.dry_run }));
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/ai/router/decisions",
    auth: "inbox:read",
    summary: "路由记录 / What was decided",
    request: { query: decisionsQuery },
    response: decisionsPage,
    example: { response: { items: [decisionExample], next_cursor: null } },
    async handler({ query: { limit = 50, cursor }, session, context }) {
      const before = cursor === undefined ? undefined : Number(cursor);
      const access = await accessOf(await inboxOf(context, session.tenantId), session);
      const rows = await listDecisions(context.stores, session.tenantId, { before, limit, access });
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return { items: rows.map(decisionShape), next_cursor: last ? String(last.id) : null };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/ai/router/decisions/:id/correct",
    auth: "inbox:write",
    summary: "更正意图 / Say what it was",
    description: "更正会成为例句：以后照此判断，也用于测试规则。",
    request: { params: idParams, body: correctBody },
    response: decisionSchema,
    errors: { 404: { description: "不存在 / there is none" } },
    example: {
      request: { intent: "progress" },
      response: { ...decisionExample, corrected_intent: "progress", corrected_by: "user:3" },
    },
    async handler({ params, body, session, context }) {
      const access = await accessOf(await inboxOf(context, session.tenantId), session);
      const who = { actor: session.actor, at: context.clock.now(), access };
      return decisionShape(await correctDecision(context.stores, session.tenantId, params.id, body.intent, who));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/ai/router/test",
    // Examples are words of all customers.
    auth: "inbox:manage",
    effects: "outside",
    summary: "用例句测试规则 / Try the rules on the examples",
    description: "规则不参考例句本身，因此结果反映规则写得如何。",
    response: routerTestAnswer,
    example: {
      response: {
        ...{ examples: 2, right: 1, by_intent: [{ intent: "progress", examples: 2, right: 1 }] },
        wrong: [{ text: "那个事怎么样了", intent: "progress", read_as: "chat", confidence: 0.1 }],
      },
    },
    handler: async ({ session, context }) => testRules(await inboxOf(context, session.tenantId)),
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/ai/router/settings",
    auth: "inbox:read",
    summary: "路由设置 / Settings of the router",
    response: settingsAnswer,
    example: { response: { ...settingsExample, has_group_bot: false, version: 0 } },
    handler: async ({ session, context }) => settingsShape(await inboxOf(context, session.tenantId)),
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/ai/router/settings",
    auth: "inbox:manage",
    summary: "修改路由设置 / Change them",
    request: { body: settingsBody },
    response: settingsAnswer,
    errors: { 409: { description: "已被他人修改 / somebody changed them meanwhile" } },
    example: {
      request: { ...settingsExample, version: 0 },
      response: { ...settingsExample, has_group_bot: false, version: 1 },
    },
    async handler({ body, session, context }) {
      const inbox = await inboxOf(context, session.tenantId);
      const { stores, tenantId } = inbox;
      const { group_bot: bot, version, ...settings } = body;
      const before = await inboxSettings(stores, tenantId);
      const sealed = bot && context.keys.seal({ purpose: BOT, tenantId }, JSON.stringify(bot));
      const groupBot = sealed === undefined ? before.groupBot : sealed;
      const who = { actor: session.actor, at: context.clock.now() };
      if (!(await putInboxSettings(stores, tenantId, { settings, groupBot, version }, who))) {
        throw new HttpError(409, "state.stale-version");
      }
      return settingsShape(inbox);
    },
  }),
];

/** Reads every example by the rules as they stand, without having learned from it. */
async function testRules(inbox: Inbox) {
  const { stores, tenantId } = inbox;
  const { settings } = await inboxSettings(stores, tenantId);
  const examples = await listExamples(stores, tenantId);
  const { classifier } = await classifierOf(inbox, { ...settings, engine: "rules" }, { learns: false });
  const wrong: { text: string; intent: Intent; read_as: Intent; confidence: number }[] = [];
  const counts = new Map<Intent, { examples: number; right: number }>();
  for (const { text, intent } of examples) {
    const count = counts.get(intent) ?? { examples: 0, right: 0 };
    counts.set(intent, count);
    count.examples += 1;
    const answer = await classifier.classify({ text });
    if (answer.kind === "failed") continue;
    if (answer.intent === intent) count.right += 1;
    else wrong.push({ text, intent, read_as: answer.intent, confidence: answer.confidence });
  }
  const byIntent = [...counts].map(([intent, count]) => ({ intent, ...count }));
  const right = byIntent.reduce((sum, count) => sum + count.right, 0);
  return { examples: examples.length, right, by_intent: byIntent, wrong: wrong.slice(0, 200) };
}
