import { addressesFor, HttpError, idParams } from "@recallkit/http";
import type { ServerContext } from "../../../frame/context.js";
import { serverRoute } from "../../../frame/server-module.js";
import type { Session } from "../../../frame/session.js";
import { accessOf, visibleSessions } from "../access.js";
import { type Entrance, type Inbox, inboxOf } from "../inbox.js";
import {
  mergeBody,
  messageSchema,
  messagesQuery,
  replyBody,
  sessionAnswer,
  sessionSchema,
  sessionsPage,
  sessionsQuery,
} from "../schema.js";
import { inboxTables } from "../tables.js";
import { mergeSession, mergesOf, partsOf, splitSession } from "./merges.js";
import { sendReply } from "./send-reply.js";
import { heldSession, type MessageRow, messagesOf, type SessionRow } from "./store.js";

const facts = { tags: ["会话 / Conversations"] } as const;
const UNKNOWN = { 404: { description: "不存在 / there is none" } };
const AT = 1_767_225_600_000;
const sessionExample = {
  ...{ id: 5, entrance: "official_account" as const, address: "****GLc", customer_id: 7, state: "person" as const },
  ...{ ticket_id: 12, unread: 1, merged_into: null, last_at: AT, created_at: AT },
};
const messageExample = {
  ...{
    id: 40,
    session_id: 5,
    sequence: 1,
    direction: "in" as const,
    author: "customer",
    kind: "text",
    text: "净水器坏了",
  },
  ...{ state: "done" as const, delivery_id: 88, message_id: null, decision_id: 31, at: AT },
};

type Show = ReturnType<typeof addressesFor>;

type Merges = Awaited<ReturnType<typeof mergesOf>>;

function sessionShape(row: SessionRow, show: Show, { leads, unread }: Merges) {
  return {
    id: row.id,
    // Only these are written.
    entrance: row.entrance as Entrance,
    address: row.entrance === "wecom_staff" ? row.address : show(row.address),
    customer_id: row.customer_id,
    state: row.state as "router" | "person",
    ticket_id: row.ticket_id,
    unread: row.unread + (unread.get(row.id) ?? 0),
    merged_into: leads.get(row.id) ?? null,
    last_at: row.last_at,
    created_at: row.created_at,
  };
}

function messageShape(row: MessageRow) {
  return {
    ...{
      id: row.id,
      session_id: row.session_id,
      sequence: row.sequence,
      author: row.author,
      kind: row.kind,
      text: row.body,
    },
    // Only these are written.
    direction: row.direction as "in" | "out",
    state: row.state as "waiting" | "done" | "failed",
    ...{ delivery_id: row.push_id, message_id: row.message_id, decision_id: row.decision_id, at: row.told_at },
  };
}

/** @throws {HttpError} 404 `wechat-session.not-found`: none, or not one that the caller sees */
async function visibleSession(inbox: Inbox, session: Session, id: number): Promise<SessionRow> {
  const access = await accessOf(inbox, session);
  const row = await inboxTables(inbox.stores)
    .selectFrom("rk_wechat_sessions")
    .selectAll()
    .where(visibleSessions(inbox.tenantId, access))
    .where("id", "=", id)
    .executeTakeFirst();
  if (!row) throw new HttpError(404, "wechat-session.not-found");
  return row;
}

async function listSessions(
  context: ServerContext,
  session: Session,
  { limit = 50, cursor, entrance, customer_id: customerId, merged }: SessionsQuery,
) {
  const inbox = await inboxOf(context, session.tenantId);
  const rows = await inboxTables(context.stores)
    .selectFrom("rk_wechat_sessions")
    .selectAll()
    .where(visibleSessions(session.tenantId, await accessOf(inbox, session)))
    .$if(cursor !== undefined, (query) => query.where("id", "<", Number(cursor)))
    .$if(entrance !== undefined, (query) => query.where("entrance", "=", entrance ?? ""))
    .$if(customerId !== undefined, (query) => query.where("customer_id", "=", customerId ?? 0))
    .$if(merged !== "true", (query) =>
      query.where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("rk_wechat_merges as m")
              .select("m.session_id")
              .where("m.tenant_id", "=", session.tenantId)
              .whereRef("m.session_id", "=", "rk_wechat_sessions.id"),
          ),
        ),
      ),
    )
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  const last = rows.length === limit ? rows.at(-1) : undefined;
  const show = addressesFor(session);
  const merges = await mergesOf(
    inbox,
    rows.map(({ id }) => id),
  );
  return { items: rows.map((row) => sessionShape(row, show, merges)), next_cursor: last ? String(last.id) : null };
}
interface SessionsQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly entrance?: Entrance | undefined;
  readonly customer_id?: number | undefined;
  readonly merged?: "true" | "false" | undefined;
}

/** A conversation as an answer shows it. */
async function shownSession(inbox: Inbox, session: Session, row: SessionRow) {
  return sessionShape(row, addressesFor(session), await mergesOf(inbox, [row.id]));
}

/** `/api/wechat/sessions*`: the one inbox of all entrances. */
export const sessionRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/wechat/sessions",
    auth: "inbox:read",
    summary: "会话列表 / List conversations",
    request: { query: sessionsQuery },
    response: sessionsPage,
    example: { response: { items: [sessionExample], next_cursor: null } },
    handler: ({ query, session, context }) => listSessions(context, session, query),
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/wechat/sessions/:id",
    auth: "inbox:read",
    summary: "会话与消息 / A conversation",
    description:
      "最新的消息在最后，含并入的会话；cursor 为上一页的 next_cursor，向前翻页。delivery_id 是客户发言前最近收到的推送。",
    request: { params: idParams, query: messagesQuery },
    response: sessionAnswer,
    errors: UNKNOWN,
    example: { response: { session: sessionExample, items: [messageExample], next_cursor: null } },
    async handler({ params, query: { limit = 50, cursor }, session, context }) {
      const inbox = await inboxOf(context, session.tenantId);
      const row = await visibleSession(inbox, session, params.id);
      const before = cursor === undefined ? undefined : Number(cursor);
      const parts = (await partsOf(inbox, row)).map(({ id }) => id);
      const rows = await messagesOf(context.stores, session.tenantId, parts, { before, limit });
      const first = rows.length === limit ? rows[0] : undefined;
      return {
        session: await shownSession(inbox, session, row),
        items: rows.map(messageShape),
        next_cursor: first ? String(first.id) : null,
      };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/wechat/sessions/:id/read",
    auth: "inbox:write",
    summary: "标为已读 / Mark as read",
    request: { params: idParams },
    response: sessionSchema,
    errors: UNKNOWN,
    example: { response: { ...sessionExample, unread: 0 } },
    async handler({ params, session, context }) {
      const inbox = await inboxOf(context, session.tenantId);
      const row = await visibleSession(inbox, session, params.id);
      const parts = (await partsOf(inbox, row)).map(({ id }) => id);
      await inboxTables(context.stores)
        .updateTable("rk_wechat_sessions")
        .set({ unread: 0 })
        .where("tenant_id", "=", session.tenantId)
        .where("id", "in", parts)
        .execute();
      return shownSession(inbox, session, { ...row, unread: 0 });
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/wechat/sessions/:id/merge",
    auth: "inbox:write",
    summary: "并入同一客户的另一个会话 / Read it as part of another one",
    description: "消息、工单与记录都留在原处，因此各项数字不变，并可随时拆分；回复发往客户最近来信的入口。",
    request: { params: idParams, body: mergeBody },
    response: sessionSchema,
    errors: { ...UNKNOWN, 409: { description: "不是同一客户 / not of one customer" } },
    example: { request: { into: 6 }, response: { ...sessionExample, merged_into: 6 } },
    async handler({ params, body, session, context }) {
      const inbox = await inboxOf(context, session.tenantId);
      const row = await visibleSession(inbox, session, params.id);
      const into = await visibleSession(inbox, session, body.into);
      await mergeSession(inbox, { id: row.id, into: into.id }, session.actor);
      return shownSession(inbox, session, row);
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/wechat/sessions/:id/split",
    auth: "inbox:write",
    summary: "拆分 / Read it by itself again",
    request: { params: idParams },
    response: sessionSchema,
    errors: UNKNOWN,
    example: { response: sessionExample },
    async handler({ params, session, context }) {
      const inbox = await inboxOf(context, session.tenantId);
      const row = await visibleSession(inbox, session, params.id);
      await splitSession(inbox, row.id);
      return shownSession(inbox, session, row);
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/wechat/sessions/:id/reply",
    auth: "inbox:write",
    effects: "outside",
    status: 201,
    summary: "回复客户 / Answer",
    description: "公众号以客服消息发出（客户 48 小时内发过消息），经由消息引擎；首次回复停止首次响应计时。",
    request: { params: idParams, body: replyBody },
    response: messageSchema,
    errors: { ...UNKNOWN, 409: { description: "该入口不能主动发消息 / nobody can be written to there" } },
    example: {
      request: { text: "师傅明早九点到" },
      response: { ...messageExample, direction: "out", author: "user:3", text: "师傅明早九点到", message_id: 9 },
    },
    async handler({ params, body, session, context, idempotencyKey, requestId }) {
      const inbox = await inboxOf(context, session.tenantId);
      const parts = await partsOf(inbox, await visibleSession(inbox, session, params.id));
      // Where the customer wrote last.
      const [{ id } = { id: params.id }] = parts.toSorted((a, b) => (b.last_in_at ?? 0) - (a.last_in_at ?? 0));
      const access = await accessOf(inbox, session);
      return context.stores.transaction(async () => {
        const row = await heldSession(context.stores, session.tenantId, id);
        if (!row) throw new HttpError(404, "wechat-session.not-found");
        const key = `reply:${session.actor}:${idempotencyKey ?? requestId}`.slice(0, 180);
        const told = { author: session.actor, via: "engine", decisionId: null } as const;
        const messageId = await sendReply(inbox, { session: row, text: body.text, key, ...told });
        if (row.ticket_id !== null) await inbox.desk.recordAnswer(access, row.ticket_id);
        const [message] = await messagesOf(context.stores, session.tenantId, [id], { limit: 1 });
        if (!message || message.id !== messageId) throw new RangeError("a reply has no row");
        return messageShape(message);
      });
    },
  }),
];
