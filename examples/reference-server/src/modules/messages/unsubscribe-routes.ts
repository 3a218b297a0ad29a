import { type Call, defineRoute, type HttpContext, type Reply, reply } from "@recallkit/http";
import * as z from "zod";
import { askToRefuseMessages, refusedMessages, unknownMessages } from "../landing/service.js";

const facts = {
  auth: "public",
  tags: ["落地页 / Landing"],
  produces: "text/html",
  response: z.string(),
} as const;
const params = z.strictObject({ token: z.string().max(255) });
const pages = { 404: { description: "没有这个链接 / no such link", schema: z.string() } };
/** A mail program's one click, or the button of the page; whatever else comes along is no business of ours. */
const body = z.looseObject({
  "List-Unsubscribe": z.string().max(100).optional(),
  scope: z.enum(["category", "channel", "all"]).optional(),
});

type AnyCall = Pick<Call, "headers" | "ip" | "language"> & { readonly context: HttpContext };

async function refuse(call: AnyCall, token: string, form: z.output<typeof body>): Promise<Reply> {
  const outcome = await call.context.kit.unsubscribeMessage(token, { scope: form.scope });
  if (outcome.kind === "unknown") return unknownMessages(call);
  if (form["List-Unsubscribe"] === "One-Click") return reply("");
  // Of a message without a category the whole channel was meant.
  const category = form.scope === "category" ? outcome.category : undefined;
  return refusedMessages(call, outcome.tenantId, { token, channel: outcome.channel, category });
}

/** `/u/m/:token`: the way out of messages. Programs look at links, so that a GET changes nothing. */
export const unsubscribeRoutes = [
  defineRoute({
    ...facts,
    method: "get",
    path: "/u/m/:token",
    summary: "消息退订页 / Page to unsubscribe from messages",
    request: { params },
    errors: pages,
    handler: ({ params: { token }, ...call }) => askToRefuseMessages(call, token),
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/u/m/:token",
    takesForm: true,
    summary: "消息退订 / Unsubscribe from messages",
    description: "页面按钮，或邮件客户端的一键退订（RFC 8058）",
    request: { params, body },
    example: { request: { "List-Unsubscribe": "One-Click" } },
    errors: pages,
    handler: ({ params: { token }, body: form, ...call }) => refuse(call, token, form),
  }),
];
