import type { Updateable } from "kysely";
import { visibleTo } from "../access.js";
import { actorOf, type Desk } from "../context.js";
import {
  type DeskAccess,
  TICKET_EVENTS,
  TICKET_KINDS,
  TICKET_SOURCES,
  TICKET_STATES,
  type Ticket,
  type TicketEvent,
  type TicketEventKind,
  type TicketState,
} from "../desk.js";
import { insertMany } from "../engine.js";
import { priorityOf } from "../settings.js";
import { type DeskDatabase, type DeskTables, deskTables, type Row } from "../tables.js";

/** States in which somebody still has to do something for the customer. */
export const WORKED_STATES = ["queued", "assigned"] as const satisfies readonly TicketState[];
/** States in which the customer has not said yet that it is over. */
export const OPEN_STATES = [...WORKED_STATES, "solved"] as const satisfies readonly TicketState[];

/** A ticket with the rating of its present round. */
export type TicketRow = Row<"rk_tickets"> & { readonly stars: number | null; readonly comment: string | null };

/** Tickets that somebody sees. */
export function seenTickets(database: DeskDatabase, tenantId: number, access: DeskAccess) {
  return deskTables(database)
    .selectFrom("rk_tickets")
    .where(visibleTo(tenantId, access, "rk_tickets"));
}

/** The same with what answers show of them. */
export function shownTickets(database: DeskDatabase, tenantId: number, access: DeskAccess) {
  return seenTickets(database, tenantId, access)
    .leftJoin("rk_ticket_ratings as r", (join) =>
      join
        .onRef("r.tenant_id", "=", "rk_tickets.tenant_id")
        .onRef("r.ticket_id", "=", "rk_tickets.id")
        .onRef("r.round", "=", "rk_tickets.reopened"),
    )
    .selectAll("rk_tickets")
    .select(["r.stars", "r.comment"]);
}

/** A ticket that somebody sees; undefined: it is not there for them. */
export async function findTicket(
  { stores, tenantId }: Pick<Desk, "stores" | "tenantId">,
  access: DeskAccess,
  id: number,
): Promise<TicketRow | undefined> {
  return shownTickets(stores, tenantId, access).where("rk_tickets.id", "=", id).executeTakeFirst();
}

/** The same where it must be there: what was just written. */
export async function getTicket(desk: Pick<Desk, "stores" | "tenantId">, id: number): Promise<TicketRow> {
  return shownTickets(desk.stores, desk.tenantId, { kind: "admin" })
    .where("rk_tickets.id", "=", id)
    .executeTakeFirstOrThrow();
}

/** Writes into a ticket and makes it a new version. */
export async function writeTicket(
  { stores, tenantId, context }: Desk,
  id: number,
  change: Updateable<DeskTables["rk_tickets"]>,
): Promise<void> {
  await deskTables(stores)
    .updateTable("rk_tickets")
    .set(({ eb }) => ({ ...change, version: eb("version", "+", 1), updated_at: context.clock.now() }))
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .execute();
}

/** Notes what happened to tickets. */
export async function noteEvents(
  desk: Desk,
  access: DeskAccess,
  events: readonly {
    readonly ticketId: number;
    readonly kind: TicketEventKind;
    readonly from?: number | null;
    readonly to?: number | null;
    readonly note?: string;
  }[],
): Promise<void> {
  const at = desk.context.clock.now();
  await insertMany(
    desk.stores,
    "rk_ticket_events",
    events.map(({ ticketId, kind, from = null, to = null, note = "" }) => ({
      tenant_id: desk.tenantId,
      ticket_id: ticketId,
      kind,
      actor: actorOf(desk, access),
      from_staff: from,
      to_staff: to,
      note,
      at,
      announced_at: null,
    })),
  );
}

/** A ticket as others see it. */
export function ticketOf(row: TicketRow): Ticket {
  return {
    id: row.id,
    customerId: row.customer_id,
    projectId: row.project_id,
    equipmentId: row.equipment_id,
    sessionId: row.session_id,
    kind: TICKET_KINDS.find((kind) => kind === row.kind) ?? "other",
    priority: priorityOf(row.priority),
    subject: row.subject,
    body: row.body,
    source: TICKET_SOURCES.find((source) => source === row.source) ?? "api",
    skill: row.skill,
    state: TICKET_STATES.find((state) => state === row.state) ?? "queued",
    assigneeId: row.assignee_id,
    version: row.version,
    firstAnswerDue: row.first_answer_due,
    solutionDue: row.solution_due,
    firstAnsweredAt: row.first_answered_at,
    solvedAt: row.solved_at,
    confirmedAt: row.confirmed_at,
    rating: row.stars,
    ratingComment: row.comment ?? "",
    reopened: row.reopened,
    escalation: row.escalation,
    mergedInto: row.merged_into,
    splitFrom: row.split_from,
    follows: row.follows,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What happened to a ticket, as others see it. */
export function eventOf(row: Row<"rk_ticket_events">): TicketEvent {
  return {
    id: row.id,
    ticketId: row.ticket_id,
    kind: TICKET_EVENTS.find((kind) => kind === row.kind) ?? "edited",
    actor: row.actor,
    fromStaff: row.from_staff,
    toStaff: row.to_staff,
    note: row.note,
    at: row.at,
  };
}

/** Place in the queue, 1 is next; null: it does not wait. */
export async function positionOf(
  { stores, tenantId }: Pick<Desk, "stores" | "tenantId">,
  ticket: Pick<Row<"rk_tickets">, "id" | "state" | "priority" | "queued_at">,
): Promise<number | null> {
  if (ticket.state !== "queued") return null;
  const { before } = await deskTables(stores)
    .selectFrom("rk_tickets")
    .select(({ fn }) => fn.countAll<number>().as("before"))
    .where("tenant_id", "=", tenantId)
    .where("state", "=", "queued")
    .where(({ eb, and, or }) =>
      or([
        eb("priority", ">", ticket.priority),
        and([eb("priority", "=", ticket.priority), eb("queued_at", "<", ticket.queued_at)]),
        and([eb("priority", "=", ticket.priority), eb("queued_at", "=", ticket.queued_at), eb("id", "<", ticket.id)]),
      ]),
    )
    .executeTakeFirstOrThrow();
  return Number(before) + 1;
}
