import { addressesFor, HttpError, idParams } from "@recallkit/http";
import { serverRoute } from "../../../frame/server-module.js";
import { accessOf, seesCustomer, visibleRows } from "../access.js";
import { type Entrance, inboxOf } from "../inbox.js";
import {
  bindingSchema,
  bindingsPage,
  bindingsQuery,
  codeAnswer,
  codeBody,
  decideBody,
  tryAnswer,
  tryBody,
  unbindAnswer,
  unbindBody,
} from "../schema.js";
import { customerOf } from "../sessions/store.js";
import { inboxTables, type Row } from "../tables.js";
import { decideConflict, unbindAddress } from "./bind-address.js";
import { requestCode, tryCode } from "./codes.js";

const facts = { tags: ["绑定 / Bindings"] } as const;
const UNKNOWN = { 404: { description: "不存在 / there is none" } };
const AT = 1_767_225_600_000;
const bindingExample = {
  ...{ id: 3, entrance: "official_account" as const, address: "****GLc", customer_id: 7, other_customer_id: 9 },
  ...{ action: "conflict" as const, source: "sms_code", state: "open" as const, actor: "customer" },
  ...{ created_at: AT, decided_at: null },
};

function shape(row: Row<"rk_wechat_bindings">, show: (address: string) => string) {
  return {
    ...{ id: row.id, address: show(row.address), customer_id: row.customer_id, source: row.source, actor: row.actor },
    ...{ other_customer_id: row.other_customer_id, created_at: row.created_at, decided_at: row.decided_at },
    // Only these are written.
    entrance: row.entrance as Entrance,
    action: row.action as "bound" | "unbound" | "conflict",
    state: row.state as "done" | "open" | "bound" | "kept",
  };
}

/** `/api/wechat/bindings*`: who writes from which address, and what a person has to decide. */
export const bindingRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/wechat/bindings",
    auth: "inbox:read",
    summary: "绑定历史与冲突 / History and conflicts",
    request: { query: bindingsQuery },
    response: bindingsPage,
    example: { response: { items: [bindingExample], next_cursor: null } },
    async handler({ query: { limit = 50, cursor, state, customer_id: customerId }, session, context }) {
      const access = await accessOf(await inboxOf(context, session.tenantId), session);
      const rows = await inboxTables(context.stores)
        .selectFrom("rk_wechat_bindings")
        .selectAll()
        .where(visibleRows(session.tenantId, access, "rk_wechat_bindings"))
        .$if(cursor !== undefined, (query) => query.where("id", "<", Number(cursor)))
        .$if(state !== undefined, (query) => query.where("state", "=", state ?? ""))
        .$if(customerId !== undefined, (query) => query.where("customer_id", "=", customerId ?? 0))
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      const last = rows.length === limit ? rows.at(-1) : undefined;
      const show = addressesFor(session);
      return { items: rows.map((row) => shape(row, show)), next_cursor: last ? String(last.id) : null };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/wechat/bindings/code",
    auth: "inbox:write",
    summary: "发送验证码 / Send a code",
    description:
      "给自建 H5 使用；公众号里直接回复“绑定 手机号”。六位、五分钟；每个号码与每个 openid 每小时至多三次；号码是否为客户答复相同。",
    request: { body: codeBody },
    response: codeAnswer,
    example: {
      request: { openid: "oLVPpjqs9BhvzwPj5A-vTYAX3GLc", phone: "13800138000" },
      response: { result: "sent" },
    },
    async handler({ body, session, context }) {
      const inbox = await inboxOf(context, session.tenantId);
      return { result: await requestCode(inbox, { entrance: "official_account", address: body.openid }, body.phone) };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/wechat/bindings/verify",
    auth: "inbox:write",
    summary: "验证并绑定 / Try a code",
    description: "每个验证码至多五次。",
    request: { body: tryBody },
    response: tryAnswer,
    example: {
      request: { openid: "oLVPpjqs9BhvzwPj5A-vTYAX3GLc", code: "012345" },
      response: { result: "bound" },
    },
    async handler({ body, session, context }) {
      const inbox = await inboxOf(context, session.tenantId);
      return { result: await tryCode(inbox, { entrance: "official_account", address: body.openid }, body.code) };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/wechat/bindings/unbind",
    auth: "inbox:write",
    summary: "解除绑定 / End a binding",
    request: { body: unbindBody },
    response: unbindAnswer,
    example: {
      request: { entrance: "official_account", address: "oLVPpjqs9BhvzwPj5A-vTYAX3GLc" },
      response: { unbound: true },
    },
    async handler({ body, session, context }) {
      const inbox = await inboxOf(context, session.tenantId);
      const access = await accessOf(inbox, session);
      const customerId = await customerOf(context.stores, session.tenantId, body);
      if (customerId === null || !(await seesCustomer(inbox, access, customerId))) return { unbound: false };
      return { unbound: await unbindAddress(inbox, body, { source: "staff", actor: session.actor }) };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/wechat/bindings/:id/decide",
    auth: "inbox:write",
    summary: "处理绑定冲突 / Decide a conflict",
    description: "bind 绑定到 customer_id（省略则为申请者），原来的绑定解除；keep 维持原状。",
    request: { params: idParams, body: decideBody },
    response: bindingSchema,
    errors: { ...UNKNOWN, 409: { description: "已处理 / it has been decided" } },
    example: {
      request: { decision: "bind", customer_id: 7 },
      response: { ...bindingExample, state: "bound", actor: "user:3", decided_at: AT },
    },
    async handler({ params, body, session, context }) {
      const inbox = await inboxOf(context, session.tenantId);
      const { decision, customer_id: customerId } = body;
      const access = await accessOf(inbox, session);
      const isThere = await inboxTables(context.stores)
        .selectFrom("rk_wechat_bindings")
        .select("id")
        .where(visibleRows(session.tenantId, access, "rk_wechat_bindings"))
        .where("id", "=", params.id)
        .executeTakeFirst();
      if (!isThere) throw new HttpError(404, "wechat-binding.not-found");
      if (customerId !== undefined && !(await seesCustomer(inbox, access, customerId))) {
        throw new HttpError(404, "customer.not-found");
      }
      await decideConflict(inbox, params.id, { decision, customerId, actor: session.actor });
      const row = await inboxTables(context.stores)
        .selectFrom("rk_wechat_bindings")
        .selectAll()
        .where("tenant_id", "=", session.tenantId)
        .where("id", "=", params.id)
        .executeTakeFirstOrThrow();
      return shape(row, addressesFor(session));
    },
  }),
];
