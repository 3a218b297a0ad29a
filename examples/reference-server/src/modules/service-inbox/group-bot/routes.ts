import { serverRoute } from "../../../frame/server-module.js";
import { inboxOf } from "../inbox.js";
import { noticeAnswer, noticeBody } from "../schema.js";
import { notifyGroup } from "./notify.js";

/** `/api/wechat/group-bot-notify`: tells a group of members. */
export const groupBotRoutes = [
  serverRoute({
    tags: ["群机器人 / Group bot"],
    method: "post",
    path: "/api/wechat/group-bot-notify",
    auth: "inbox:write",
    effects: "outside",
    summary: "内部群机器人推送 / Tell a group",
    description:
      "markdown 与 @成员；同一 key 内容不变则在 repeat_minutes 内只发一次，state 为 recovered 时发一次恢复通知。服务商每分钟至多 20 条，超出为 rate-limited，稍后重试。",
    request: { body: noticeBody },
    response: noticeAnswer,
    errors: { 409: { description: "没有设置机器人 / no bot is set" } },
    example: {
      request: { markdown: "**工单积压** 超过 20 张", mentioned: ["zhangsan"], key: "backlog" },
      response: { result: "sent", suppressed: 0, retry_after: null },
    },
    async handler({ body, session, context }) {
      const { repeat_minutes: repeatMinutes, ...notice } = body;
      const inbox = await inboxOf(context, session.tenantId);
      const { result, suppressed, retryAfter } = await notifyGroup(inbox, { ...notice, repeatMinutes });
      return { result, suppressed, retry_after: retryAfter };
    },
  }),
];
