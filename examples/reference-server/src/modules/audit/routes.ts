import { cursorPage, instantField, pageFields, sinceField } from "@recallkit/http";
import * as z from "zod";
import { serverRoute } from "../../frame/server-module.js";
import { listEntries } from "./store.js";

const entry = z.strictObject({
  id: z.int(),
  actor: z.string().describe("user:3、api-key:5、cli、anonymous"),
  actor_name: z.string().nullable(),
  action: z.string().describe("例如 POST /wechatpush/create、auth.login"),
  target: z.string().nullable().describe("被改对象的编号 / id of what was changed"),
  request_id: z.string().nullable(),
  ip: z.string().nullable(),
  note: z.string().nullable().describe("依据，例如核实结论的 / why, such as of a review"),
  at: instantField,
});

/** `/api/ops/audit`. */
export const auditRoutes = [
  serverRoute({
    method: "get",
    path: "/api/ops/audit",
    auth: "audit:read",
    tags: ["运维 / Operations"],
    summary: "审计记录 / Audit log",
    description: "谁在何时改了什么，最新的在前；不可修改。",
    request: {
      query: z.strictObject({
        ...pageFields,
        since: sinceField,
        target: z.string().min(1).max(255).optional().describe("被改对象的编号 / id of what was changed"),
        action: z.string().min(1).max(255).optional().describe("动作开头 / beginning of the action"),
      }),
    },
    response: cursorPage(entry),
    example: {
      response: {
        items: [
          {
            id: 12,
            actor: "user:1",
            actor_name: "admin",
            action: "POST /wechatpush/editstatus",
            target: "1",
            request_id: "5f0c4e0a",
            ip: "127.0.0.1",
            note: null,
            at: 1_767_225_600_000,
          },
        ],
        next_cursor: null,
      },
    },
    async handler({ query, session, context }) {
      const { limit, cursor, since, target, action } = query;
      const page = await listEntries(context.stores, session.tenantId, {
        ...(limit !== undefined && { limit }),
        ...(cursor !== undefined && { cursor }),
        ...(since !== undefined && { since }),
        ...(target !== undefined && { target }),
        ...(action !== undefined && { action }),
      });
      return {
        items: page.items.map(({ id, actor, actorName, action, target, requestId, ip, at, note = null }) => {
          return { id, actor, actor_name: actorName, action, target, request_id: requestId, ip, note, at };
        }),
        next_cursor: page.nextCursor,
      };
    },
  }),
];
