import { addressesFor, HttpError, instantField, reply, wholeNumber } from "@recallkit/http";
import * as z from "zod";
import type { ServerContext } from "../../../frame/context.js";
import { serverRoute } from "../../../frame/server-module.js";
import { sessionOfToken } from "../../auth/service.js";
import type { DeskAccess } from "../../service-desk/service.js";
import { accessOf } from "../access.js";
import { type Inbox, inboxOf } from "../inbox.js";
import { customerOf } from "../sessions/store.js";
import { NEXT_ACTIONS, sidebarData } from "./data.js";
import { SIDEBAR_SCRIPT, sidebarPage } from "./page.js";
import { asRequest, sidebarOf } from "./sidebar-of.js";

const facts = { auth: "public", method: "get", tags: ["侧边栏 / Sidebar"] } as const;
const parameter = z.string().max(2048).optional();
const account = z
  .string()
  .max(64)
  .optional()
  .describe("商户的侧边栏标识，见 `recallkit wecom-callbacks`；省略为首个商户 / whose app; absent: the first tenant's");
const id = z.int();
const MISSING = { 404: { description: "没有配置企业微信应用 / no app is configured" } };

const dataSchema = z.strictObject({
  customer: z.strictObject({ id, name: z.string().nullable(), mobile: z.string().nullable() }),
  labels: z.array(z.string()),
  orders: z.array(
    z.strictObject({ id, order_no: z.string(), status: z.string(), amount: z.string(), at: instantField }),
  ),
  pushes: z.array(
    z.strictObject({
      ...{ id, rule: z.string(), channel: z.string(), state: z.string(), at: instantField },
      reason: z.string().nullable().describe("没有发出的原因 / why it was not sent"),
    }),
  ),
  tickets: z.array(
    z.strictObject({ id, kind: z.string(), subject: z.string(), state: z.string(), due_at: instantField }),
  ),
  projects: z.array(z.strictObject({ id, name: z.string(), stage: z.string() })),
  quick_replies: z.array(z.string()),
  next_action: z.strictObject({ code: z.enum(NEXT_ACTIONS), id: id.nullable() }),
});
const AT = 1_767_225_600_000;

/** Who asks: a caller with a token, or a member who is signed in on the page. @throws {HttpError} 401, 403 */
async function asking(
  context: ServerContext,
  headers: Readonly<Record<string, string | undefined>>,
  account: string | undefined,
) {
  const [, token] = /^Bearer +([\w-]{16,128})$/i.exec(headers.authorization ?? "") ?? [];
  if (token !== undefined) {
    const session = await sessionOfToken(token, context);
    if (!session) throw new HttpError(401, "auth.required");
    if (!session.permissions.has("inbox:read")) throw new HttpError(403, "auth.forbidden");
    const inbox = await inboxOf(context, session.tenantId);
    return { inbox, access: await accessOf(inbox, session), show: addressesFor(session) };
  }
  if (headers.authorization !== undefined || headers.cookie === undefined) throw new HttpError(401, "auth.required");
  const { tenantId, sidebar } = await sidebarOf(context, account);
  const member = sidebar.session(asRequest("/", {}, headers.cookie));
  if (member?.kind !== "member") throw new HttpError(401, "auth.required");
  const inbox = await inboxOf(context, tenantId);
  const staff = await inbox.desk.staffByWecomUser(member.userId);
  if (!staff || staff.role === "customer") throw new HttpError(403, "auth.forbidden");
  const access: DeskAccess = staff.role === "admin" ? { kind: "admin" } : { kind: "staff", staffId: staff.id };
  // Whoever has the chat sees the number in the client as well.
  return { inbox, access, show: (address: string) => address };
}

async function meant(
  inbox: Inbox,
  query: { readonly external_userid?: string | undefined; readonly customer_id?: number | undefined },
) {
  if (query.customer_id !== undefined) return query.customer_id;
  const address = query.external_userid ?? "";
  if (address === "") return null;
  return customerOf(inbox.stores, inbox.tenantId, { entrance: "wecom_customer", address });
}

/** `/api/wechat/sidebar-data` and `/sidebar*`: what employees see beside a chat. */
export const sidebarRoutes = [
  serverRoute({
    ...facts,
    path: "/api/wechat/sidebar-data",
    summary: "侧边栏数据 / What stands beside a chat",
    description: "以企业微信登录后的会话或 Bearer 令牌访问；员工只能看到自己的客户与尚无归属的客户。",
    request: {
      query: z.strictObject({
        external_userid: z.string().max(64).optional(),
        customer_id: wholeNumber(1).optional(),
        account,
      }),
    },
    response: dataSchema,
    errors: {
      401: { description: "没有登录 / nobody is signed in" },
      403: { description: "不是客服人员 / not one of the desk" },
      404: { description: "没有这位客户 / no such customer" },
    },
    example: {
      response: {
        customer: { id: 7, name: "王女士", mobile: "****8000" },
        labels: ["上海"],
        orders: [{ id: 3, order_no: "202401010001", status: "paid", amount: "199.00", at: AT }],
        pushes: [{ id: 9, rule: "45天未购买", channel: "wecom", state: "suppressed", reason: "open_ticket", at: AT }],
        tickets: [{ id: 12, kind: "complaint", subject: "漏水", state: "assigned", due_at: AT }],
        projects: [{ id: 3, name: "净水器", stage: "after_sales" }],
        quick_replies: ["您好"],
        next_action: { code: "solve_complaint", id: 12 },
      },
    },
    async handler({ query, headers, context }) {
      const { inbox, access, show } = await asking(context, headers, query.account);
      const customerId = await meant(inbox, query);
      const data = customerId === null ? undefined : await sidebarData(inbox, access, customerId);
      if (!data) throw new HttpError(404, "desk-customer.not-found");
      const { customer, labels, orders, pushes, tickets, projects, quickReplies, nextAction } = data;
      const answer = {
        customer: { ...customer, mobile: customer.mobile === null ? null : show(customer.mobile) },
        labels: [...labels],
        orders: orders.map(({ orderNo, amountMinor, ...order }) => ({
          ...order,
          order_no: orderNo,
          amount: (amountMinor / 100).toFixed(2),
        })),
        pushes: pushes.map((push) => ({ ...push })),
        tickets: tickets.map(({ id: ticket, kind, subject, state, solutionDue }) => {
          return { id: ticket, kind, subject, state, due_at: solutionDue };
        }),
        projects: projects.map(({ id: project, name, stage }) => ({ id: project, name, stage })),
        quick_replies: [...quickReplies],
        next_action: nextAction,
      };
      return reply(answer, { headers: { "cache-control": "no-store" } });
    },
  }),
  serverRoute({
    ...facts,
    path: "/sidebar",
    summary: "侧边栏页面 / The page",
    produces: "text/html",
    request: { query: z.looseObject({}) },
    response: z.string(),
    handler: async ({ language, context }) => {
      const nonce = Buffer.from(context.random.bytes(16)).toString("base64url");
      return sidebarPage(language, nonce, "");
    },
  }),
  serverRoute({
    ...facts,
    path: "/sidebar/script.js",
    summary: "页面脚本 / Its script",
    isHidden: true,
    produces: "text/javascript",
    response: z.string(),
    handler: async () => reply(SIDEBAR_SCRIPT, { headers: { "cache-control": "public, max-age=3600" } }),
  }),
  serverRoute({
    ...facts,
    path: "/sidebar/sign-in",
    summary: "企业微信登录 / Begin a sign-in",
    produces: "text/plain",
    request: { query: z.looseObject({ return_to: parameter, account }) },
    response: z.string(),
    errors: { ...MISSING, 302: { description: "转到企业微信 / goes to WeCom", schema: z.string() } },
    handler: async ({ query, headers, context }) => {
      const { sidebar } = await sidebarOf(context, query.account);
      const { return_to } = query;
      return passOn(await sidebar.signIn(asRequest("/sidebar/sign-in", { return_to }, headers.cookie)));
    },
  }),
  serverRoute({
    ...facts,
    path: "/sidebar/finish",
    summary: "登录返回 / End a sign-in",
    produces: "text/plain",
    request: { query: z.looseObject({ code: parameter, state: parameter, account }) },
    response: z.string(),
    errors: { ...MISSING, 302: { description: "回到页面 / back to the page", schema: z.string() } },
    handler: async ({ query, headers, context }) => {
      const { sidebar } = await sidebarOf(context, query.account);
      const { code, state } = query;
      return passOn(await sidebar.finish(asRequest("/sidebar/finish", { code, state }, headers.cookie)));
    },
  }),
  serverRoute({
    ...facts,
    path: "/sidebar/signatures",
    summary: "JS-SDK 签名 / Signatures for the page",
    produces: "application/json",
    request: { query: z.looseObject({ url: parameter, account }) },
    response: z.string(),
    errors: MISSING,
    handler: async ({ query, headers, context }) => {
      const { sidebar } = await sidebarOf(context, query.account);
      const { url } = query;
      return passOn(await sidebar.signatures(asRequest("/sidebar/signatures", { url }, headers.cookie)));
    },
  }),
];

async function passOn(response: Response) {
  const names = ["content-type", "location", "cache-control"];
  const cookies = response.headers.getSetCookie();
  // A header of ours is one line; the session's cookie is the first, and the one of the sign-in ends by itself.
  const headers = Object.fromEntries(
    names.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const [cookie] = cookies;
  return reply(await response.text(), {
    status: response.status,
    headers: { ...headers, ...(cookie !== undefined && { "set-cookie": cookie }) },
  });
}
