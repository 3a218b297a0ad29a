import type { TicketEvent } from "../../service-desk/service.js";
import { insertAbsent } from "../engine.js";
import type { Inbox } from "../inbox.js";
import { inboxTables } from "../tables.js";
import { isUnreachable, sendReply } from "./send-reply.js";
import { heldSession, type SessionRow } from "./store.js";
import { WORDS } from "./words.js";

const AT_ONCE = 50;

/** Tells employees of tickets that are theirs now, and customers of tickets that are solved. @returns what was told of */
export async function announceOnce(inbox: Inbox): Promise<number> {
  const events = await inbox.desk.unannounced(AT_ONCE);
  for (const event of events) {
    await inbox.stores.transaction(async () => {
      await tell(inbox, event);
      await inbox.desk.announced([event.id]);
    });
  }
  return events.length;
}

async function tell(inbox: Inbox, event: TicketEvent): Promise<void> {
  const ticket = await inbox.desk.ticket({ kind: "admin" }, event.ticketId);
  if (!ticket) return;
  switch (event.kind) {
    case "assigned":
    case "transferred":
    case "escalated":
    case "reopened": {
      const staffId = event.toStaff ?? ticket.assigneeId;
      const staff = staffId === null ? undefined : await inbox.desk.staff(staffId);
      if (staff?.wecomUserId == null || staff.leftAt !== null) return;
      const head = event.kind === "escalated" ? "工单超时提醒" : event.kind === "reopened" ? "工单重新打开" : "新工单";
      const text = `${head} #${ticket.id}：${ticket.subject}\n处理完请发送：#问题已解决 ${ticket.id}`;
      const session = await staffSession(inbox, staff.wecomUserId);
      if (session) await say(inbox, session, text, event);
      return;
    }
    case "solved": {
      if (ticket.sessionId === null) return;
      const session = await heldSession(inbox.stores, inbox.tenantId, ticket.sessionId);
      if (!session) return;
      const note = event.note === "" ? "" : `：${event.note}`;
      await inboxTables(inbox.stores)
        .updateTable("rk_wechat_sessions")
        .set({ asks: "rating", ticket_id: ticket.id, state: "router" })
        .where("tenant_id", "=", inbox.tenantId)
        .where("id", "=", session.id)
        .execute();
      await say(inbox, session, `您的工单 #${ticket.id} 已解决${note}。${WORDS.askRating}`, event);
      return;
    }
    default:
      return;
  }
}

async function say(inbox: Inbox, session: SessionRow, text: string, event: TicketEvent): Promise<void> {
  try {
    const via = { author: "desk", via: "engine", decisionId: null } as const;
    await sendReply(inbox, { session, text, key: `event:${event.id}`, ...via });
  } catch (error) {
    if (!isUnreachable(error)) throw error;
  }
}

/** The conversation with a member, begun where there is none yet. */
async function staffSession({ stores, tenantId, context }: Inbox, userId: string): Promise<SessionRow | undefined> {
  const now = context.clock.now();
  await insertAbsent(stores, "rk_wechat_sessions", {
    ...{ tenant_id: tenantId, entrance: "wecom_staff", address: userId, customer_id: null, state: "router" },
    ...{ ticket_id: null, asks: "", next_sequence: 1, unread: 0, last_in_at: null, last_at: now },
    ...{ lease_until: 0, lease_epoch: 0, created_at: now },
  });
  const row = await inboxTables(stores)
    .selectFrom("rk_wechat_sessions")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("entrance", "=", "wecom_staff")
    .where("address", "=", userId)
    .executeTakeFirst();
  return row && heldSession(stores, tenantId, row.id);
}
