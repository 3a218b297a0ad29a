import { serverRoute } from "../../frame/server-module.js";
import { visibleInstitution } from "../institutions/service.js";
import { approveRevisits, rejectRevisits, rewriteRevisit } from "./decide.js";
import { revisitExample, settingsExample } from "./examples.js";
import { openDesk } from "./open-desk.js";
import { getRevisit, listRevisits } from "./revisit-store.js";
import {
  approveBody,
  codeAndIdParams,
  codeParams,
  decidedAnswer,
  rejectBody,
  revisitSchema,
  revisitsPage,
  revisitsQuery,
  settingsBody,
  settingsSchema,
  textBody,
} from "./schema.js";
import { putSettings, settingsOf } from "./settings.js";
import { revisitShape, settingsShape } from "./shapes.js";

const facts = { tags: ["生日回访 / Birthday revisits"] } as const;
const UNKNOWN = { 404: { description: "机构不存在 / no such institution" } };
const NO_REVISIT = { 404: { description: "机构或回访不存在 / no such institution or revisit" } };

/** Settings of institutions, their revisits, and decisions about them. */
export const revisitRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/reminders/:code/settings",
    auth: "revisits:read",
    summary: "回访设置 / Settings",
    request: { params: codeParams },
    response: settingsSchema,
    errors: UNKNOWN,
    example: { response: settingsExample },
    async handler({ params, session, context: { stores, config } }) {
      const { tenantId, code } = await visibleInstitution(stores, session, params.code);
      return settingsShape(await settingsOf(stores, tenantId, config.birthdayReminderDaysAhead), code);
    },
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/v1/reminders/:code/settings",
    auth: "revisits:settings",
    summary: "修改回访设置 / Change settings",
    description: "首次使用为 test：只写出并显示，不发送。未给出的字段保持不变；已开始的任务不受影响。",
    request: { params: codeParams, body: settingsBody },
    response: settingsSchema,
    errors: UNKNOWN,
    example: { request: { mode: "approve" }, response: settingsExample },
    async handler({ params, body, session, context: { stores, clock, config } }) {
      const { tenantId, code } = await visibleInstitution(stores, session, params.code);
      const { mode, days_ahead: daysAhead, channels } = body;
      const { leap_day: leapDay, leap_month: leapMonth, thirtieth } = body;
      const patch = {
        ...(mode !== undefined && { mode }),
        ...(daysAhead !== undefined && { daysAhead }),
        ...(channels !== undefined && { channels }),
        policy: {
          ...(leapDay !== undefined && { leapDay }),
          ...(leapMonth !== undefined && { leapMonth }),
          ...(thirtieth !== undefined && { thirtieth }),
        },
      };
      const by = { patch, actor: session.actor, daysAhead: config.birthdayReminderDaysAhead };
      return settingsShape(await putSettings(stores, clock, tenantId, by), code);
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/reminders/:code/revisits",
    auth: "revisits:read",
    summary: "回访列表 / List revisits",
    description: "最新的在前；`state=waiting` 即审批队列。",
    request: { params: codeParams, query: revisitsQuery },
    response: revisitsPage,
    errors: UNKNOWN,
    example: { response: { items: [revisitExample], next_cursor: null } },
    async handler({ params, query, session, context: { stores } }) {
      const { tenantId } = await visibleInstitution(stores, session, params.code);
      const { state, run_id: runId, customer_code: customerCode, birthday_from: from, birthday_to: to } = query;
      const { items, nextCursor } = await listRevisits(stores, tenantId, {
        ...{ runId, customerCode, from, to, ...(state && { states: [state] }) },
        ...(query.limit !== undefined && { limit: query.limit }),
        ...(query.cursor !== undefined && { cursor: query.cursor }),
      });
      return { items: items.map(revisitShape), next_cursor: nextCursor };
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/reminders/:code/revisits/:id",
    auth: "revisits:read",
    summary: "回访详情 / Read a revisit",
    request: { params: codeAndIdParams },
    response: revisitSchema,
    errors: NO_REVISIT,
    example: { response: revisitExample },
    async handler({ params, session, context: { stores } }) {
      const { tenantId } = await visibleInstitution(stores, session, params.code);
      return revisitShape(await getRevisit(stores, tenantId, params.id));
    },
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/v1/reminders/:code/revisits/:id/text",
    auth: "revisits:write",
    summary: "改写待审文案 / Rewrite a text that waits",
    description: "与模型所写同样检查：违规用语、未给出的价格与日期、过长等，逐条列在 errors 中。",
    request: { params: codeAndIdParams, body: textBody },
    response: revisitSchema,
    errors: { ...NO_REVISIT, 409: { description: "不在等待审批 / it waits for no decision" } },
    example: { request: { text: "祝您生日快乐！" }, response: { ...revisitExample, text: "祝您生日快乐！" } },
    async handler({ params, body, session, context }) {
      const institution = await visibleInstitution(context.stores, session, params.code);
      return revisitShape(await rewriteRevisit(openDesk(context, institution, session.actor), params.id, body.text));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/v1/reminders/:code/revisits/approve",
    auth: "revisits:write",
    summary: "批准 / Approve texts",
    description: "批准后即计划发送，仍受退订、同意、频次与时段限制；生日结束后不能再批准。",
    request: { params: codeParams, body: approveBody },
    response: decidedAnswer,
    errors: UNKNOWN,
    example: { request: { ids: [3, 4] }, response: { done: [3], refused: [4] } },
    async handler({ params, body, session, context }) {
      const institution = await visibleInstitution(context.stores, session, params.code);
      const { done, refused } = await approveRevisits(openDesk(context, institution, session.actor), body.ids);
      return { done: [...done], refused: [...refused] };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/v1/reminders/:code/revisits/reject",
    auth: "revisits:write",
    summary: "驳回 / Reject texts",
    description: "本次生日不再触达。",
    request: { params: codeParams, body: rejectBody },
    response: decidedAnswer,
    errors: UNKNOWN,
    example: { request: { ids: [3], reason: "措辞不合适" }, response: { done: [3], refused: [] } },
    async handler({ params, body: { ids, reason }, session, context }) {
      const institution = await visibleInstitution(context.stores, session, params.code);
      const { done, refused } = await rejectRevisits(openDesk(context, institution, session.actor), ids, reason);
      return { done: [...done], refused: [...refused] };
    },
  }),
];
