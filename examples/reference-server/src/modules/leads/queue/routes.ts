import { addressesFor, idParams, reply } from "@recallkit/http";
import * as z from "zod";
import type { ServerContext } from "../../../frame/context.js";
import { serverRoute } from "../../../frame/server-module.js";
import { csvOf } from "../csv.js";
import { dialLead } from "../dialer/dial-lead.js";
import { webhookDialer } from "../dialer/webhook-dialer.js";
import { merchantOf } from "../merchant.js";
import { getPackage } from "../packages/store.js";
import { editLead } from "./edit-lead.js";
import { leadsAfter, listLeads } from "./list-leads.js";
import { loadLeads } from "./load-leads.js";
import { keepLead, nextLead, releaseLead } from "./next-lead.js";
import {
  dialBody,
  dialSchema,
  editLeadBody,
  leadExample,
  leadSchema,
  leadsExportQuery,
  leadsPage,
  leadsQuery,
  leaseBody,
  loadedSchema,
  loadLeadsBody,
  nextLeadSchema,
} from "./schema.js";
import { leadShape } from "./shape.js";
import { getLead } from "./store.js";

const facts = { tags: ["线索 / Leads"] } as const;
const NO_PACKAGE = { 404: { description: "数据包不存在 / no such package" } };
const UNKNOWN = { 404: { description: "线索不存在 / no such lead" } };
const LOST = { 409: { description: "线索已不在你手里 / the lead is not with you any more" } };
/** Whoever has the lead calls it, and so sees its number. */
const inFull = (address: string) => address;
const waiting = { ...leadExample, lease_owner: null, lease_until: null, next_call_at: 1_767_225_600_000 };

function dialerOf({ config, clock }: ServerContext) {
  const { dialer } = config.leads;
  return dialer && webhookDialer({ ...dialer, clock });
}

/** `/api/packages/:id/leads`, `/api/leads` and the next lead of a task. */
export const leadRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/packages/:id/leads",
    auth: "leads:read",
    summary: "数据包的线索 / List a package's leads",
    request: { params: idParams, query: leadsQuery },
    response: leadsPage,
    errors: NO_PACKAGE,
    example: { response: { items: [waiting], total: 1, page: 1, page_size: 50 } },
    async handler({ params, query, session, context }) {
      await getPackage(context.stores, session.tenantId, params.id);
      const { rows, total, page, size } = await listLeads(context.stores, session.tenantId, params.id, query);
      const show = addressesFor(session);
      return { items: rows.map((row) => leadShape(row, show)), total, page, page_size: size };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/packages/:id/leads",
    auth: "leads:write",
    status: 201,
    summary: "添加线索 / Add leads",
    description:
      "号码统一为 E.164；商户内每个号码只拨打一次，其他数据包先有的标为 duplicate；免打扰的不拨打。更多请用导入。",
    request: { params: idParams, body: loadLeadsBody },
    response: loadedSchema,
    errors: NO_PACKAGE,
    example: {
      request: { leads: [{ phone_number: "138 0013 8000", name: "王女士", region: "江苏" }] },
      response: { inserted: 1, unchanged: 0, duplicates: 0, suppressed: 0 },
    },
    async handler({ params, body, ...call }) {
      const merchant = await merchantOf(call);
      await getPackage(merchant.stores, merchant.tenantId, params.id, { hold: true });
      const leads = body.leads.map(({ phone_number: phone, time_zone: timeZone, ...lead }) => ({
        phone,
        timeZone,
        ...lead,
      }));
      return { ...(await loadLeads(merchant, params.id, leads)) };
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/packages/:id/leads/export",
    auth: "leads:read",
    summary: "导出线索（CSV） / A package's leads as CSV",
    produces: "text/csv",
    request: { params: idParams, query: leadsExportQuery },
    response: z.string(),
    errors: NO_PACKAGE,
    async handler({ params, query: filter, ...call }) {
      const { stores, tenantId, timeZone } = await merchantOf(call);
      await getPackage(stores, tenantId, params.id);
      const show = addressesFor(call.session);
      const body = csvOf(
        [
          "id",
          "phone_number",
          "name",
          "company",
          "region",
          "time_zone",
          "consent",
          "state",
          "attempts",
          "last_result",
          "last_call_at",
          "next_call_at",
        ],
        (after, limit) => leadsAfter(stores, tenantId, params.id, { filter, after, limit }),
        (row) => leadShape(row, show),
        timeZone,
      );
      return reply(body, { headers: { "content-disposition": 'attachment; filename="leads.csv"' } });
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/leads/:id",
    auth: "leads:read",
    summary: "线索详情 / Read a lead",
    request: { params: idParams },
    response: leadSchema,
    errors: UNKNOWN,
    example: { response: waiting },
    async handler({ params, session, context }) {
      return leadShape(await getLead(context.stores, session.tenantId, params.id), addressesFor(session));
    },
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/leads/:id",
    auth: "leads:write",
    summary: "更新线索 / Change a lead",
    request: { params: idParams, body: editLeadBody },
    response: leadSchema,
    errors: UNKNOWN,
    example: { request: { callback_at: "2026-01-02 15:00:00" }, response: { ...waiting, state: "callback" as const } },
    async handler({ params, body, ...call }) {
      return leadShape(await editLead(await merchantOf(call), params.id, body), addressesFor(call.session));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tasks/:id/next-lead",
    auth: "leads:write",
    summary: "领取下一条线索 / Take the next lead",
    description:
      "到期的回拨优先，其余按等待时间；同一条线索不会同时给两个人。到期未记录通话、未续期的线索自动回到队列。只在对方当地的可拨打时段给出。",
    request: { params: idParams },
    response: nextLeadSchema,
    errors: {
      404: { description: "任务不存在 / no such task" },
      409: { description: "任务已结束 / the task has ended" },
    },
    example: { response: { lead: leadExample, lease: 1, lease_until: 1_767_225_720_000, reason: null, next_at: null } },
    async handler({ params, ...call }) {
      const { callingHours: hours, leaseMs } = call.context.config.leads;
      const next = await nextLead(await merchantOf(call), params.id, { hours, leaseMs });
      if (!next.lead) return { lead: null, lease: null, lease_until: null, reason: next.reason, next_at: next.nextAt };
      const { lease_epoch: lease, lease_until } = next.lead;
      return { lead: leadShape(next.lead, inFull), lease, lease_until, reason: null, next_at: null };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/leads/:id/heartbeat",
    auth: "leads:write",
    summary: "续期 / Keep a lead for longer",
    request: { params: idParams, body: leaseBody },
    response: leadSchema,
    errors: { ...UNKNOWN, ...LOST },
    example: { request: { lease: 1 }, response: leadExample },
    async handler({ params, body, ...call }) {
      const { leaseMs } = call.context.config.leads;
      return leadShape(await keepLead(await merchantOf(call), params.id, body.lease, leaseMs), inFull);
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/leads/:id/release",
    auth: "leads:write",
    summary: "归还线索 / Give a lead back",
    request: { params: idParams, body: leaseBody },
    response: leadSchema,
    errors: { ...UNKNOWN, ...LOST },
    example: { request: { lease: 1 }, response: waiting },
    async handler({ params, body, ...call }) {
      return leadShape(await releaseLead(await merchantOf(call), params.id, body.lease), addressesFor(call.session));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/leads/:id/dial",
    auth: "leads:write",
    effects: "outside",
    summary: "点击拨号 / Click to call",
    description: "由 DIALER_WEBHOOK_URL 的呼叫中心接通坐席与对方；每次领取最多响铃一次，结果不明时不会自动重拨。",
    request: { params: idParams, body: dialBody },
    response: dialSchema,
    errors: {
      ...UNKNOWN,
      409: { description: "未配置呼叫中心，或线索不在你手里 / no dialer, or the lead is not with you" },
    },
    example: {
      request: { lease: 1, task_id: 1 },
      response: {
        id: 1,
        lead_id: 1,
        task_id: 1,
        state: "ringing" as const,
        provider_call_id: "c-1",
        reason: null,
        created_at: 1_767_225_600_000,
      },
    },
    async handler({ params, body, ...call }) {
      const { context } = call;
      const dial = await dialLead(await merchantOf(call), dialerOf(context), {
        leadId: params.id,
        taskId: body.task_id,
        lease: body.lease,
        signal: context.stopping,
      });
      const { id, lead_id, task_id, state, provider_call_id, reason, created_at } = dial;
      // Only this module writes it.
      return {
        id,
        lead_id,
        task_id,
        state: state as z.input<typeof dialSchema>["state"],
        provider_call_id,
        reason,
        created_at,
      };
    },
  }),
];
