import { evidenceText } from "@recallkit/core/evidence";
import { addressesFor, type Call, idParams, reply } from "@recallkit/http";
import * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import { serverRoute } from "../../frame/server-module.js";
import type { Session } from "../../frame/session.js";
import { recordAudit } from "../audit/service.js";
import { evidencePage } from "./evidence-page.js";
import { eventExample, evidenceExample, explanationExample, personExample } from "./examples.js";
import {
  evidenceQuery,
  evidenceSchema,
  explainQuery,
  explanationSchema,
  peoplePage,
  peopleQuery,
  personSchema,
  timelinePage,
  timelineQuery,
} from "./schema.js";
import { eventShape, explanationShape, personShape } from "./shapes.js";

const facts = { method: "get", auth: "people:read", tags: ["客户档案 / People"] } as const;
const NOBODY = { description: "没有这位客户，或属于其他商户 / no such person, or of another merchant" };

type Asked = Pick<Call<unknown, unknown, unknown, string, ServerContext, Session>, "context"> & {
  readonly session: Session;
};

function kitOf({ session, context }: Asked) {
  return context.kit.forTenant(session.tenantId);
}

/** Takes the evidence of a push and notes its last hash in the audit log, where nobody changes it. */
async function takeEvidence(
  call: Asked & { readonly requestId: string; readonly ip: string },
  personId: number,
  occurrenceId: number,
) {
  const { session, context, requestId, ip } = call;
  const pack = await kitOf(call).people.evidence(personId, occurrenceId, { showAddress: addressesFor(session) });
  await recordAudit(context.stores, {
    tenantId: session.tenantId,
    actor: session.actor,
    actorName: session.username,
    action: "evidence.export",
    target: pack.head,
    requestId,
    ip,
    at: context.clock.now(),
  });
  return pack;
}

/** `/api/people*`: what there is to tell of single people. */
export const peopleRoutes = [
  serverRoute({
    ...facts,
    path: "/api/people",
    summary: "查找客户 / Find people",
    description: "客户编号、手机号、external_userid 等须为全文，姓名可只写开头；地址按权限遮盖。",
    request: { query: peopleQuery },
    response: peoplePage,
    example: { response: { items: [personExample], next_cursor: null } },
    async handler({ query: { query, limit, cursor }, ...call }) {
      const { items, nextCursor } = await kitOf(call).people.search({ query, limit, cursor });
      return { items: items.map(personShape(addressesFor(call.session))), next_cursor: nextCursor };
    },
  }),
  serverRoute({
    ...facts,
    path: "/api/people/:id",
    summary: "一位客户 / One person",
    request: { params: idParams },
    response: personSchema,
    errors: { 404: NOBODY },
    example: { response: personExample },
    handler: async ({ params, ...call }) =>
      personShape(addressesFor(call.session))(await kitOf(call).people.get(params.id)),
  }),
  serverRoute({
    ...facts,
    path: "/api/people/:id/timeline",
    summary: "一位客户的经历 / What happened to a person",
    description: "订单、推送（内容、发送、结果或拦下的规则）、同意、退订、访问、优惠券、消息、工单与通话，最新的在前。",
    request: { params: idParams, query: timelineQuery },
    response: timelinePage,
    errors: { 404: NOBODY },
    example: { response: { items: [eventExample], next_cursor: null } },
    async handler({ params, query: { limit, cursor, language }, ...call }) {
      const how = { limit, cursor, language: language ?? call.language };
      const { items, nextCursor } = await kitOf(call).people.timeline(params.id, how);
      return { items: items.map(eventShape(addressesFor(call.session))), next_cursor: nextCursor };
    },
  }),
  serverRoute({
    ...facts,
    path: "/api/people/:id/explain",
    summary: "为什么会、或不会触达 / Why a rule would contact a person, or would not",
    description: "逐条列出人群条件与触达规则，附起决定作用的事实；已删除的规则也能解释。",
    request: { params: idParams, query: explainQuery },
    response: explanationSchema,
    errors: { 404: { description: "没有这位客户或这条规则 / no such person or rule" } },
    example: { response: explanationExample },
    async handler({ params, query: { rule_id: ruleId, at, language }, ...call }) {
      const how = { at, language: language ?? call.language };
      return explanationShape(await kitOf(call).people.explain(params.id, ruleId, how));
    },
  }),
  serverRoute({
    ...facts,
    auth: "evidence:read",
    path: "/api/people/:id/evidence",
    summary: "一次推送的证据 / Evidence of a push",
    description:
      "从同意、人群、触达规则、内容、发送、服务商应答、回执到订单，逐条以 SHA-256 相连；原样保存，用 `recallkit evidence verify` 核对。末条哈希记入审计记录。",
    produces: "application/json",
    request: { params: idParams, query: evidenceQuery },
    response: evidenceSchema,
    errors: {
      404: { description: "没有这位客户、这次触发，或此人不在其中 / no such person or occurrence, or not in it" },
    },
    example: { response: evidenceExample },
    async handler({ params, query, ...call }) {
      const pack = await takeEvidence(call, params.id, query.occurrence_id);
      const name = `evidence-${params.id}-${query.occurrence_id}.json`;
      return reply(evidenceText(pack), { headers: { "content-disposition": `attachment; filename="${name}"` } });
    },
  }),
  serverRoute({
    ...facts,
    auth: "evidence:read",
    path: "/api/people/:id/evidence.html",
    summary: "证据，可打印 / Evidence to be printed",
    produces: "text/html",
    request: { params: idParams, query: evidenceQuery },
    response: z.string(),
    errors: {
      404: { description: "没有这位客户、这次触发，或此人不在其中 / no such person or occurrence, or not in it" },
    },
    async handler({ params, query, ...call }) {
      const pack = await takeEvidence(call, params.id, query.occurrence_id);
      return evidencePage(pack, query.language ?? call.language);
    },
  }),
];
