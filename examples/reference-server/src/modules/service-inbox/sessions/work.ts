import { RecallKitError } from "@recallkit/core";
import { sha256Hex } from "@recallkit/core/ports";
import { unbindAddress } from "../binding/bind-address.js";
import { requestCode, tryCode } from "../binding/codes.js";
import type { Entrance, Inbox } from "../inbox.js";
import { addDecision, type RouterAction } from "../router/decisions.js";
import { PHRASES } from "../router/phrases.js";
import { isCommand, type ReadMessage, readMessage, routeMessage } from "../router/route-message.js";
import { runCommand } from "../staff/run-command.js";
import { inboxTables } from "../tables.js";
import { feedbackTo } from "./feedback.js";
import { isUnreachable, sendReply } from "./send-reply.js";
import {
  customerOf,
  heldSession,
  type MessageRow,
  nextWaiting,
  outHash,
  type SessionRow,
  sessionOf,
  takeLease,
} from "./store.js";
import { WORDS } from "./words.js";

const LEASE_MS = 30_000;
const FIRST_RETRY_MS = 5_000;
const MOST_ATTEMPTS = 10;

/** What is to be said, and what the conversation is about from now on. */
interface Done {
  readonly reply: string;
  readonly decisionId: number | null;
  readonly session?: Partial<Pick<SessionRow, "state" | "ticket_id" | "asks">>;
}

/**
 * Works through what waits in a conversation, in its order; whoever else comes meanwhile leaves it to us. What fails is tried
 * again later. @returns messages that were worked on
 */
export async function workSession(inbox: Inbox, sessionId: number, signal?: AbortSignal): Promise<number> {
  const { stores, tenantId, context } = inbox;
  let worked = 0;
  for (;;) {
    const lease = await takeLease(stores, tenantId, sessionId, { now: context.clock.now(), leaseMs: LEASE_MS });
    if (!lease) return worked;
    try {
      for (;;) {
        const message = signal?.aborted ? undefined : await nextWaiting(stores, tenantId, sessionId);
        if (!message || message.not_before > context.clock.now()) break;
        if (!(await workOn(inbox, sessionId, message, signal))) break;
        worked += 1;
      }
    } finally {
      await lease.release();
    }
    // What came between the last look and the release was left to us.
    const more = signal?.aborted ? undefined : await nextWaiting(stores, tenantId, sessionId);
    if (!more || more.not_before > context.clock.now()) return worked;
  }
}

async function workOn(inbox: Inbox, sessionId: number, message: MessageRow, signal: AbortSignal | undefined) {
  const { stores, tenantId, context } = inbox;
  try {
    const session = await sessionOf(stores, tenantId, sessionId);
    if (!session) return false;
    // A model may take its time; nothing is held meanwhile.
    const read = isRouted(session, message) ? await readMessage(inbox, message.body, signal) : undefined;
    await stores.transaction(() => settle(inbox, sessionId, message.id, read));
    return true;
  } catch (error) {
    const code = RecallKitError.is(error) ? error.code : "unexpected";
    context.logger.warn("inbox.postponed", { tenantId, message: message.id, code });
    await postpone(inbox, message);
    return false;
  }
}

/** Does what follows from a message and answers it: all or nothing, once. */
async function settle(inbox: Inbox, sessionId: number, messageId: number, read: ReadMessage | undefined) {
  const { stores, tenantId } = inbox;
  const before = await heldSession(stores, tenantId, sessionId);
  const message = await inboxTables(stores)
    .selectFrom("rk_wechat_messages")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", messageId)
    .executeTakeFirst();
  if (!before || message?.state !== "waiting") return;
  const entrance = before.entrance as Entrance;
  const customerId = await customerOf(stores, tenantId, { entrance, address: before.address });
  const session = { ...before, customer_id: customerId };
  const done = await followUp(inbox, session, message, read);
  await inboxTables(stores)
    .updateTable("rk_wechat_messages")
    .set({ state: "done", decision_id: done.decisionId })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", messageId)
    .execute();
  await inboxTables(stores)
    .updateTable("rk_wechat_sessions")
    .set({ customer_id: customerId ?? before.customer_id, ...done.session })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", sessionId)
    .execute();
  if (done.reply === "") return;
  try {
    await sendReply(inbox, {
      session,
      text: done.reply,
      key: outHash(messageId),
      author: entrance === "wecom_staff" ? "command" : "router",
      via: message.via === "callback" ? "callback" : "engine",
      decisionId: done.decisionId,
    });
  } catch (error) {
    // What was done about it stays done: somebody of the desk sees it.
    if (!isUnreachable(error)) throw error;
    inbox.context.logger.warn("inbox.unanswered", { tenantId, message: messageId });
  }
}

/** Whether the router reads a message: what is neither a command, nor a code, nor an answer to a question of ours. */
function isRouted({ entrance, asks }: SessionRow, { kind, body }: MessageRow): boolean {
  return (
    entrance !== "wecom_staff" && kind === "text" && asks === "" && bindingIn(body) === undefined && !isCommand(body)
  );
}

type Binding = { readonly kind: "phone" | "code"; readonly text: string } | { readonly kind: "unbind" };

/** What somebody says about binding. */
function bindingIn(body: string): Binding | undefined {
  const plain = body.normalize("NFKC").trim();
  if (/^(解绑|解除绑定|取消绑定)$/u.test(plain)) return { kind: "unbind" };
  const [, phone] = /^(?:绑定|綁定|bind)\s*[:：]?\s*(?:手机号?)?\s*([+\d][\d\s-]{5,20})$/iu.exec(plain) ?? [];
  if (phone !== undefined) return { kind: "phone", text: phone };
  const [code] = /^\d{6}$/.exec(plain) ?? [];
  return code === undefined ? undefined : { kind: "code", text: code };
}

async function followUp(
  inbox: Inbox,
  session: SessionRow,
  message: MessageRow,
  read: ReadMessage | undefined,
): Promise<Done> {
  const entrance = session.entrance as Entrance;
  const requestKey = `inbox:${sha256Hex(message.event_hash).slice(0, 40)}`;
  if (entrance === "wecom_staff") {
    if (message.kind !== "text") return { reply: WORDS.staffTextOnly, decisionId: null };
    const staff = await inbox.desk.staffByWecomUser(session.address);
    const { reply } = await runCommand(inbox, staff, message.body, { requestKey });
    return { reply, decisionId: null };
  }
  const ticket = session.ticket_id === null ? undefined : await inbox.desk.ticket({ kind: "admin" }, session.ticket_id);
  const isOpen = ticket !== undefined && (ticket.state === "queued" || ticket.state === "assigned");
  if (message.kind !== "text") {
    const text = isOpen ? WORDS.forwarded : WORDS.textOnly;
    return plain(inbox, session, message, { action: isOpen ? "forward" : "refuse", reply: text, requestKey });
  }
  if (isCommand(message.body)) {
    return plain(inbox, session, message, { action: "refuse", reply: PHRASES.staffOnly, requestKey });
  }
  const binding = entrance === "api" ? undefined : bindingIn(message.body);
  if (binding) {
    const reply = await bind(inbox, { entrance, address: session.address }, binding);
    if (reply !== undefined) return plain(inbox, session, message, { action: "bind", reply, requestKey });
  }
  if (session.asks !== "" && ticket !== undefined) {
    const answered = await feedbackTo(inbox, session, ticket, message.body);
    if (answered) {
      const { reply, action, asks, state } = answered;
      const done = await plain(inbox, session, message, { action, reply, requestKey, ticketId: ticket.id });
      return { ...done, session: { asks, state } };
    }
  }
  const routed = await routeMessage(
    inbox,
    {
      ...{ text: message.body, entrance, address: session.address, customerId: session.customer_id },
      ...{ sessionId: session.id, messageId: message.id, requestKey },
      openTicket: isOpen ? { id: ticket.id, kind: ticket.kind } : null,
    },
    { read },
  );
  const hasTicket = routed.ticketId !== null;
  return {
    reply: routed.reply,
    decisionId: routed.id,
    session: {
      asks: "",
      ...(hasTicket ? { ticket_id: routed.ticketId, state: "person" } : !isOpen && { state: "router" }),
    },
  };
}

/** What needed no classifier is noted like everything else. */
async function plain(
  { stores, tenantId, context }: Inbox,
  session: SessionRow,
  message: MessageRow,
  told: {
    readonly action: RouterAction;
    readonly reply: string;
    readonly requestKey: string;
    readonly ticketId?: number;
  },
): Promise<Done> {
  const isCode = told.action === "bind";
  const decisionId = await addDecision(stores, tenantId, {
    ...{ intent: "chat", confidence: 1, engine: "fixed", model: null, reason: told.action, sources: [] },
    ...{ action: told.action, reply: told.reply, projectId: null, handedOver: told.action === "forward" },
    ticketId: told.ticketId ?? null,
    // Codes and numbers are no examples of anything.
    text: isCode || message.kind !== "text" ? "" : message.body.slice(0, 2000),
    ...{ requestKey: told.requestKey, sessionId: session.id, messageId: message.id, customerId: session.customer_id },
    at: context.clock.now(),
  });
  return { reply: told.reply, decisionId };
}

/** @returns undefined: six digits that are no code */
async function bind(
  inbox: Inbox,
  place: { readonly entrance: Entrance; readonly address: string },
  binding: Binding,
): Promise<string | undefined> {
  if (binding.kind === "unbind") {
    const isEnded = await unbindAddress(inbox, place, { source: "customer", actor: "customer" });
    return isEnded ? WORDS.unbound : WORDS.notBound;
  }
  if (binding.kind === "phone") return WORDS.codeRequests[await requestCode(inbox, place, binding.text)];
  const tried = await tryCode(inbox, place, binding.text);
  return tried === "none" ? undefined : WORDS.codeTries[tried];
}

async function postpone({ stores, tenantId, context }: Inbox, message: MessageRow): Promise<void> {
  const attempts = message.attempts + 1;
  const isOver = attempts >= MOST_ATTEMPTS;
  if (isOver) context.logger.error("inbox.given-up", { tenantId, message: message.id });
  await inboxTables(stores)
    .updateTable("rk_wechat_messages")
    .set({
      ...{ attempts, via: "engine", state: isOver ? "failed" : "waiting" },
      not_before: context.clock.now() + FIRST_RETRY_MS * 2 ** Math.min(attempts, 8),
    })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", message.id)
    .where("state", "=", "waiting")
    .execute();
}
