import { HttpError } from "@recallkit/http";
import { serverRoute } from "../../../frame/server-module.js";
import { accessOf } from "../access.js";
import { inboxOf } from "../inbox.js";
import { commandAnswer, commandBody } from "../schema.js";
import { runCommand } from "./run-command.js";

/** `/api/wechat/work/command`: what employees ask for with `#`. */
export const commandRoutes = [
  serverRoute({
    tags: ["员工命令 / Staff commands"],
    method: "post",
    path: "/api/wechat/work/command",
    auth: "inbox:write",
    // A dry run is a transaction of its own, which is undone.
    effects: "outside",
    summary: "快捷命令 / A command",
    description:
      "#记录客户、#查询进度、#转接工程师、#问题已解决、#帮助；全角、空格、参数顺序不限。dry_run 说明会做什么而不做。命令被拒绝时 ok 为 false，没有任何改动。",
    request: { body: commandBody },
    response: commandAnswer,
    errors: { 403: { description: "不能以他人身份 / not as somebody else" } },
    example: {
      request: { text: "#查询进度 13800138000", user_id: "zhangsan", dry_run: false },
      response: {
        ...{ command: "query_progress", ok: true, code: null, reply: "项目 #3 净水器：售中办理", changed: false },
        ...{ dry_run: false, customer_id: 7, project_id: 3, ticket_id: null },
      },
    },
    async handler({ body, session, context, requestId }) {
      const inbox = await inboxOf(context, session.tenantId);
      const access = await accessOf(inbox, session);
      // An employee acts as themselves; others only whoever may do everything.
      const staff =
        access.kind === "staff"
          ? await inbox.desk.staff(access.staffId)
          : body.user_id === undefined
            ? undefined
            : await inbox.desk.staffByWecomUser(body.user_id);
      if (access.kind === "staff" && body.user_id !== undefined && staff?.wecomUserId !== body.user_id) {
        throw new HttpError(403, "auth.forbidden");
      }
      const requestKey = `command:${session.actor}:${body.request_id ?? requestId}`;
      const outcome = await runCommand(inbox, staff, body.text, { requestKey, isDry: body.dry_run });
      const { customerId, projectId, ticketId, ...told } = outcome;
      const ids = { customer_id: customerId, project_id: projectId, ticket_id: ticketId };
      // What a dry run would have made has no number.
      return { ...told, dry_run: body.dry_run, ...ids };
    },
  }),
];
