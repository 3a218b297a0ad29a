import type { Intent } from "@recallkit/core/ports";
import { isOptOutReply } from "@recallkit/sms";
import type { Project, Ticket, TicketKind, TicketSource } from "../../service-desk/service.js";
import type { Entrance, Inbox } from "../inbox.js";
import { findKnowledge, type KnowledgeHit } from "../knowledge/store.js";
import { classifierOf } from "./classifier.js";
import { addDecision, decisionOfKey, type RouterAction, type RouterDecision, type RouterSource } from "./decisions.js";
import { latestOrders } from "./orders.js";
import { PHRASES, progressLines } from "./phrases.js";
import { refuseFurther } from "./refuse-further.js";

/** A message to be routed. */
export interface RoutedMessage {
  readonly text: string;
  readonly entrance: Entrance;
  /** Openid or external_userid; null: nobody knows. */
  readonly address: string | null;
  readonly customerId: number | null;
  readonly sessionId: number | null;
  readonly messageId: number | null;
  /** The same key is routed once. */
  readonly requestKey: string;
  /** What a person works on in this conversation; null: the router answers. */
  readonly openTicket: Pick<Ticket, "id" | "kind"> | null;
}

/** What is to be done, before anything is. */
interface Plan {
  readonly action: RouterAction;
  readonly reply: string;
  readonly sources: readonly RouterSource[];
  readonly ticket: TicketKind | undefined;
  readonly projectId: number | null;
  readonly handedOver: boolean;
}

interface Reading {
  readonly intent: Intent;
  readonly confidence: number;
  readonly engine: string;
  readonly model: string | null;
  readonly reason: string;
}

const TICKET_OF: Readonly<Record<Intent, TicketKind>> = {
  consult: "consult",
  progress: "progress",
  "after-sales": "after_sales",
  complaint: "complaint",
  invoice: "invoice",
  human: "other",
  "opt-out": "other",
  chat: "other",
};
/** How much of a question an entry has to meet before it is the answer. */
const ANSWERS_FROM = 0.5;
/** Of a message that nobody can place, more. */
const PLAIN_FROM = 0.7;
const MOST_SUBJECT = 60;

/**
 * Finds out what a message wants, and does it: an answer with its sources, the state of this person's own projects, a ticket, or
 * a person. The classifier is asked before the transaction, in which decision, ticket and suppression are written together.
 *
 * @param isDry nothing is written; the decision has id 0
 */
export async function routeMessage(
  inbox: Inbox,
  message: RoutedMessage,
  { isDry = false, read }: { readonly isDry?: boolean; readonly read?: ReadMessage | undefined } = {},
): Promise<RouterDecision> {
  const { stores, tenantId, context } = inbox;
  const before = isDry ? undefined : await decisionOfKey(stores, tenantId, message.requestKey);
  if (before) return before;
  const { reading, threshold, greeting } = read ?? (await readMessage(inbox, message.text));
  const hits = await findKnowledge(stores, tenantId, message.text);
  const work = async (): Promise<RouterDecision> => {
    const plan = await planFor(inbox, message, reading, { hits, threshold, greeting });
    const decided = {
      ...reading,
      ...plan,
      ticketId: plan.action === "forward" ? (message.openTicket?.id ?? null) : null,
    };
    if (isDry) return { id: 0, ...withoutTicket(decided) };
    const known = await decisionOfKey(stores, tenantId, message.requestKey);
    if (known) return known;
    if (plan.action === "opt_out") await refuseFurther(inbox, message);
    let { reply } = plan;
    if (plan.ticket !== undefined) {
      const opened = await inbox.desk.openTicket(
        { kind: "admin" },
        {
          customerId: message.customerId,
          kind: plan.ticket,
          subject: subjectOf(message.text),
          body: message.text.slice(0, 20_000),
          source: sourceOf(message.entrance),
          sessionId: message.sessionId,
          projectId: plan.projectId,
          requestKey: message.requestKey,
        },
      );
      if (opened.ok) {
        const { ticket, assignee, position } = opened.value;
        decided.ticketId = ticket.id;
        reply = PHRASES.ticket({ lead: plan.reply, id: ticket.id, name: assignee?.name, position });
      } else reply = opened.text.zh;
    }
    const kept = withoutTicket({ ...decided, reply });
    const id = await addDecision(stores, tenantId, {
      ...kept,
      text: message.text.slice(0, 2000),
      requestKey: message.requestKey,
      sessionId: message.sessionId,
      messageId: message.messageId,
      customerId: message.customerId,
      at: context.clock.now(),
    });
    return { id, ...kept };
  };
  return isDry ? work() : stores.transaction(work);
}

function withoutTicket<T extends { readonly ticket: unknown }>({ ticket: _, ...rest }: T): Omit<T, "ticket"> {
  return rest;
}

/** What a message wants, with what a tenant has set about such answers. */
export interface ReadMessage {
  readonly reading: Reading;
  readonly threshold: number;
  readonly greeting: string;
}

/** Asks what a message wants; outside of transactions, since a model may be asked. That somebody refuses is never left to it. */
export async function readMessage(inbox: Inbox, text: string, signal?: AbortSignal): Promise<ReadMessage> {
  const { classifier, settings } = await classifierOf(inbox);
  const { threshold, greeting } = settings;
  if (isOptOutReply(text)) {
    const reading: Reading = { intent: "opt-out", confidence: 1, engine: "rules", model: null, reason: "opt-out word" };
    return { reading, threshold, greeting };
  }
  const answer = await classifier.classify({ text }, signal ? { signal } : {});
  const reading: Reading =
    answer.kind === "classified"
      ? answer
      : { intent: "chat", confidence: 0, engine: classifier.name, model: null, reason: answer.reason };
  const { intent, confidence, engine, model, reason } = reading;
  return { reading: { intent, confidence, engine, model, reason }, threshold, greeting };
}

async function planFor(
  inbox: Inbox,
  message: RoutedMessage,
  { intent, confidence }: Reading,
  facts: { readonly hits: readonly KnowledgeHit[]; readonly threshold: number; readonly greeting: string },
): Promise<Plan> {
  const { hits, threshold, greeting } = facts;
  if (isCommand(message.text)) return refusedPlan();
  const nothing = { sources: [], ticket: undefined, projectId: null, handedOver: false } as const;
  const isSure = confidence >= threshold;
  if (isSure && intent === "opt-out") return { ...nothing, action: "opt_out", reply: PHRASES.optedOut };
  // A person works on it already: they get the message, and no second ticket is opened.
  const isNewComplaint = isSure && intent === "complaint" && message.openTicket?.kind !== "complaint";
  if (message.openTicket !== null && !isNewComplaint) {
    return { ...nothing, action: "forward", reply: "", handedOver: true };
  }
  const ticket = (reply: string, handedOver = true): Plan => {
    return { ...nothing, action: handedOver ? "handover" : "ticket", reply, ticket: TICKET_OF[intent], handedOver };
  };
  if (isSure && intent === "complaint") return ticket(PHRASES.complaint);
  if (isSure && intent === "human") return ticket(PHRASES.human);
  if (isSure && intent === "progress") return progressPlan(inbox, message);
  const [hit] = hits;
  if (hit && hit.score >= (isSure && intent !== "chat" ? ANSWERS_FROM : PLAIN_FROM)) {
    const sources = [{ kind: "knowledge" as const, id: hit.id, title: hit.question }];
    return { ...nothing, action: "answer", reply: hit.answer, sources };
  }
  if (!isSure) return { ...nothing, action: "handover", reply: PHRASES.unsure, ticket: "other", handedOver: true };
  if (intent === "chat") return { ...nothing, action: "chat", reply: greeting };
  return ticket(intent === "consult" ? PHRASES.consult : PHRASES.taken, intent === "consult");
}

/** A customer gives no commands, wherever they write. */
export function isCommand(text: string): boolean {
  return /^\s*[#＃]\s*\S/u.test(text);
}

function refusedPlan(): Plan {
  const nothing = { sources: [], ticket: undefined, projectId: null, handedOver: false } as const;
  return { ...nothing, action: "refuse", reply: PHRASES.staffOnly };
}

/** How far this person's own things are; of nobody else, and of nobody who is not known. */
async function progressPlan({ desk, stores, tenantId, context }: Inbox, message: RoutedMessage): Promise<Plan> {
  const nothing = { sources: [], ticket: undefined, projectId: null, handedOver: false } as const;
  const { customerId } = message;
  if (customerId === null) return { ...nothing, action: "bind", reply: PHRASES.bindFirst };
  const access = { kind: "customer", customerId } as const;
  const [projects, tickets, orders, { timeZone }] = await Promise.all([
    desk.projectsOf(access, customerId),
    desk.ticketsOf(access, customerId),
    latestOrders(stores, tenantId, customerId, 3),
    context.kit.forTenant(tenantId).tenant(),
  ]);
  const going = tickets.filter(({ state }) => state !== "merged" && state !== "confirmed").slice(0, 3);
  if (projects.length + going.length + orders.length === 0) {
    return { ...nothing, action: "ticket", reply: PHRASES.nothingGoing, ticket: "progress" };
  }
  const shown = { projects: projects.slice(0, 3), tickets: going, orders };
  return {
    ...nothing,
    action: "progress",
    reply: progressLines(shown, timeZone).join("\n"),
    sources: [
      ...shown.projects.map(({ id, name: title }: Project) => ({ kind: "project" as const, id, title })),
      ...shown.tickets.map(({ id, subject: title }: Ticket) => ({ kind: "ticket" as const, id, title })),
      ...shown.orders.map(({ id, orderNo: title }) => ({ kind: "order" as const, id, title })),
    ],
    projectId: shown.projects[0]?.id ?? null,
  };
}

function subjectOf(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return [...line].slice(0, MOST_SUBJECT).join("") || "（无文字）";
}

function sourceOf(entrance: Entrance): TicketSource {
  if (entrance === "official_account" || entrance === "api") return entrance;
  return "wecom";
}
