import { idParams } from "@recallkit/http";
import { serverRoute } from "../../../frame/server-module.js";
import { deskFor, settled } from "../answers.js";
import type { OpenedTicket } from "../desk.js";
import { refused } from "../refusals.js";
import { type Attachment, attach, attachmentsOf, editTicket } from "./edit.js";
import { rateTicket, reopenTicket } from "./feedback.js";
import { eventsOf, listTickets } from "./list.js";
import { openTicket } from "./open.js";
import { mergeTicket, splitTicket } from "./parts.js";
import {
  attachBody,
  attachmentExample,
  attachmentsSchema,
  editTicketBody,
  eventExample,
  eventsSchema,
  mergeBody,
  openedSchema,
  openTicketBody,
  rateBody,
  solveBody,
  splitBody,
  ticketExample,
  ticketSchema,
  ticketShape,
  ticketsPage,
  ticketsQuery,
  transferBody,
  viewersSchema,
} from "./schema.js";
import { findTicket, ticketOf } from "./store.js";
import { viewTicket } from "./viewers.js";
import { confirmTicket, recordAnswer, solveTicket, transferTicket } from "./work.js";

const facts = { tags: ["工单 / Tickets"] } as const;
const UNKNOWN = { 404: { description: "工单不存在 / no such ticket" } };
const NO = { ...UNKNOWN, 409: { description: "已被他人修改，或状态不允许 / changed meanwhile, or not in this state" } };
const params = { params: idParams };

const openedShape = ({ ticket, isNew, position }: OpenedTicket) => ({
  ticket: ticketShape(ticket),
  is_new: isNew,
  position,
});
const attachmentShapes = (rows: readonly Attachment[]) => ({
  items: rows.map(({ sha256, name, createdAt }) => ({ media: `media:${sha256}`, name, created_at: createdAt })),
});

/** `/api/tickets`. */
export const ticketRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/tickets",
    auth: "desk:read",
    summary: "工单列表 / List tickets",
    request: { query: ticketsQuery },
    response: ticketsPage,
    example: { response: { items: [ticketExample], total: 1, page: 1, page_size: 50 } },
    async handler({ query, ...call }) {
      const { desk, access } = await deskFor(call);
      const { items, ...page } = await listTickets(desk, access, query);
      return { items: items.map(ticketShape), ...page };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tickets",
    auth: "desk:write",
    status: 201,
    summary: "提交工单 / Open a ticket",
    description: "立即派给有技能、在线、在工作时间内且未满的员工，负责人优先；都不可用时排队并给出位置。",
    request: { body: openTicketBody },
    response: openedSchema,
    errors: { 404: { description: "客户、项目或设备不存在 / no such customer, project or equipment" } },
    example: {
      request: { customer_id: 7, kind: "after_sales", subject: "打印机不出票" },
      response: { ticket: ticketExample, is_new: true, position: null },
    },
    async handler({ body, requestId, ...call }) {
      const { desk, access } = await deskFor(call);
      const own = access.kind === "customer" ? access.customerId : null;
      const { kind, priority, subject } = body;
      // How urgent it is and who can do it is the desk's to say.
      if (access.kind === "customer" && (priority ?? body.skill) != null) settled(refused("desk.forbidden"));
      const opened = await openTicket(desk, access, {
        ...{ customerId: body.customer_id ?? own, kind, subject, body: body.body ?? "", source: body.source ?? "api" },
        ...{ projectId: body.project_id ?? null, equipmentId: body.equipment_id ?? null },
        ...(priority !== undefined && { priority }),
        ...(body.skill !== undefined && { skill: body.skill }),
        // Keys of one caller are no others'.
        requestKey: `api:${body.request_key === undefined ? `${requestId}:${call.context.ids.next()}` : body.request_key}`,
      });
      return openedShape(settled(opened));
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/tickets/:id",
    auth: "desk:read",
    summary: "工单详情 / Read a ticket",
    request: params,
    response: ticketSchema,
    errors: UNKNOWN,
    example: { response: ticketExample },
    async handler({ params: { id }, ...call }) {
      const { desk, access } = await deskFor(call);
      const row = await findTicket(desk, access, id);
      return row ? ticketShape(ticketOf(row)) : settled(refused("ticket.not-found"));
    },
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/tickets/:id",
    auth: "desk:work",
    summary: "更新工单 / Change a ticket",
    request: { ...params, body: editTicketBody },
    response: ticketSchema,
    errors: NO,
    example: { request: { version: 2, priority: "high" }, response: { ...ticketExample, priority: "high" as const } },
    async handler({ params: { id }, body, ...call }) {
      const { desk, access } = await deskFor(call);
      const { project_id: projectId, equipment_id: equipmentId, ...rest } = body;
      return ticketShape(settled(await editTicket(desk, access, id, { ...rest, projectId, equipmentId })));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tickets/:id/answered",
    auth: "desk:work",
    summary: "记录首次答复 / Say that the customer has an answer",
    request: params,
    response: ticketSchema,
    errors: NO,
    example: { response: { ...ticketExample, first_answered_at: 1_767_226_000_000 } },
    async handler({ params: { id }, ...call }) {
      const { desk, access } = await deskFor(call);
      return ticketShape(settled(await recordAnswer(desk, access, id)));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tickets/:id/transfer",
    auth: "desk:work",
    summary: "转接工单 / Hand a ticket to somebody else",
    request: { ...params, body: transferBody },
    response: ticketSchema,
    errors: NO,
    example: { request: { to_staff_id: 2, note: "需要工程师" }, response: { ...ticketExample, assignee_id: 2 } },
    async handler({ params: { id }, body: { to_staff_id, ...options }, ...call }) {
      const { desk, access } = await deskFor(call);
      return ticketShape(settled(await transferTicket(desk, access, id, to_staff_id, options)));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tickets/:id/solve",
    auth: "desk:work",
    summary: "问题已解决 / Solve a ticket",
    request: { ...params, body: solveBody },
    response: ticketSchema,
    errors: NO,
    example: { request: { note: "已更换打印头" }, response: { ...ticketExample, state: "solved" as const } },
    async handler({ params: { id }, body: { note = "", version }, ...call }) {
      const { desk, access } = await deskFor(call);
      return ticketShape(settled(await solveTicket(desk, access, id, { note, version })));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tickets/:id/confirm",
    auth: "desk:write",
    summary: "客户确认解决 / The customer confirms",
    request: params,
    response: ticketSchema,
    errors: NO,
    example: { response: { ...ticketExample, state: "confirmed" as const } },
    async handler({ params: { id }, ...call }) {
      const { desk, access } = await deskFor(call);
      return ticketShape(settled(await confirmTicket(desk, access, id)));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tickets/:id/rating",
    auth: "desk:write",
    summary: "客户评价 / The customer rates it",
    description: "1–5 星，每次解决只评一次；未确认的同时确认。",
    request: { ...params, body: rateBody },
    response: ticketSchema,
    errors: NO,
    example: { request: { rating: 5, comment: "很快" }, response: { ...ticketExample, rating: 5 } },
    async handler({ params: { id }, body: { rating: stars, comment }, ...call }) {
      const { desk, access } = await deskFor(call);
      return ticketShape(settled(await rateTicket(desk, access, id, { stars, comment })));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tickets/:id/reopen",
    auth: "desk:write",
    summary: "重新打开 / Open a ticket again",
    description: "在设置的天数内重新打开同一张；超过则新开一张并关联。",
    request: { ...params, body: solveBody },
    response: openedSchema,
    errors: NO,
    example: { request: { note: "又坏了" }, response: { ticket: ticketExample, is_new: false, position: null } },
    async handler({ params: { id }, body: { note = "", version }, ...call }) {
      const { desk, access } = await deskFor(call);
      return openedShape(settled(await reopenTicket(desk, access, id, { note, version })));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tickets/:id/merge",
    auth: "desk:work",
    summary: "合并工单 / Go on with a ticket in another one",
    request: { ...params, body: mergeBody },
    response: ticketSchema,
    errors: NO,
    example: { request: { into: 2 }, response: { ...ticketExample, id: 2 } },
    async handler({ params: { id }, body, ...call }) {
      const { desk, access } = await deskFor(call);
      return ticketShape(settled(await mergeTicket(desk, access, id, body)));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tickets/:id/split",
    auth: "desk:work",
    status: 201,
    summary: "拆分工单 / Make a second ticket of a part",
    request: { ...params, body: splitBody },
    response: openedSchema,
    errors: NO,
    example: {
      request: { subject: "补开发票", kind: "invoice" },
      response: { ticket: { ...ticketExample, id: 2, split_from: 1 }, is_new: true, position: null },
    },
    async handler({ params: { id }, body: { body = "", ...part }, ...call }) {
      const { desk, access } = await deskFor(call);
      return openedShape(settled(await splitTicket(desk, access, id, { ...part, body })));
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/tickets/:id/events",
    auth: "desk:read",
    summary: "工单经过 / What happened to a ticket",
    request: params,
    response: eventsSchema,
    errors: UNKNOWN,
    example: { response: { items: [eventExample] } },
    async handler({ params: { id }, ...call }) {
      const { desk, access } = await deskFor(call);
      if (!(await findTicket(desk, access, id))) return settled(refused("ticket.not-found"));
      return {
        items: (await eventsOf(desk, id)).map((event) => ({
          id: event.id,
          kind: event.kind,
          actor: event.actor,
          from_staff_id: event.fromStaff,
          to_staff_id: event.toStaff,
          // What colleagues tell each other is not the customer's.
          note: access.kind === "customer" ? "" : event.note,
          at: event.at,
        })),
      };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tickets/:id/viewing",
    auth: "desk:work",
    summary: "正在查看 / Say that one looks at a ticket",
    description: "每 30 秒调用一次；返回一分钟内也在查看的人。",
    request: params,
    response: viewersSchema,
    errors: UNKNOWN,
    example: { response: { others: [{ viewer: "staff:2", name: "li", seen_at: 1_767_225_600_000 }] } },
    async handler({ params: { id }, ...call }) {
      const { desk, access } = await deskFor(call);
      const others = settled(await viewTicket(desk, access, id, call.session.username));
      return { others: others.map(({ viewer, name, seenAt }) => ({ viewer, name, seen_at: seenAt })) };
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/tickets/:id/attachments",
    auth: "desk:read",
    summary: "工单附件 / Files at a ticket",
    request: params,
    response: attachmentsSchema,
    errors: UNKNOWN,
    example: { response: { items: [attachmentExample] } },
    async handler({ params: { id }, ...call }) {
      const { desk, access } = await deskFor(call);
      if (!(await findTicket(desk, access, id))) return settled(refused("ticket.not-found"));
      return attachmentShapes(await attachmentsOf(desk, id));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tickets/:id/attachments",
    auth: "desk:write",
    summary: "添加附件 / Put a file at a ticket",
    description: "文件先用 `POST /api/media` 上传。",
    request: { ...params, body: attachBody },
    response: attachmentsSchema,
    errors: NO,
    example: {
      request: { media: `media:${"0".repeat(64)}`, name: "照片.jpg" },
      response: { items: [attachmentExample] },
    },
    async handler({ params: { id }, body: { media: sha256, name }, ...call }) {
      const { desk, access } = await deskFor(call);
      return attachmentShapes(settled(await attach(desk, access, id, { sha256, name })));
    },
  }),
];
