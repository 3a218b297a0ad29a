import { mayServe, visibleTo } from "../access.js";
import { type Desk, inTurn } from "../context.js";
import type { DeskAccess, DeskOutcome, OpenedTicket, TicketInput } from "../desk.js";
import { dispatchWaiting } from "../dispatch.js";
import { insertNumbered } from "../engine.js";
import { syncMarketingHold } from "../marketing-hold.js";
import { done, refused } from "../refusals.js";
import { priorityNumber } from "../settings.js";
import { getStaff } from "../staff/store.js";
import { deskTables } from "../tables.js";
import { dueTimes, escalateAt } from "./clocks.js";
import { findTicket, getTicket, noteEvents, positionOf, type TicketRow, ticketOf } from "./store.js";

/** Where a ticket comes from when it comes from another one. */
interface Origin {
  readonly splitFrom?: number;
  readonly follows?: number;
  /** When its clocks began. @default now */
  readonly clockAt?: number;
  /** Who should have it. */
  readonly prefer?: number | null;
}

/** Opens a ticket and gives it to somebody, or to the queue. The same key opens one ticket, however often it is asked. */
export function openTicket(
  desk: Desk,
  access: DeskAccess,
  input: TicketInput,
  origin: Origin = {},
): Promise<DeskOutcome<OpenedTicket>> {
  return inTurn(desk, async () => {
    const { stores, tenantId } = desk;
    const before = await deskTables(stores)
      .selectFrom("rk_tickets")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("request_key", "=", input.requestKey)
      .executeTakeFirst();
    if (before) {
      const ticket = await findTicket(desk, access, before.id);
      return ticket ? done(await opened(desk, ticket, false)) : refused("ticket.not-found");
    }
    const fault = await faultOf(desk, access, input);
    if (fault) return fault;
    const id = await insertTicket(desk, input, origin);
    await noteEvents(desk, access, [{ ticketId: id, kind: "opened", note: input.subject }]);
    await dispatchWaiting(desk, origin.prefer == null ? {} : { prefer: new Map([[id, origin.prefer]]) });
    const ticket = await getTicket(desk, id);
    await noteWaiting(desk, [ticket]);
    await syncMarketingHold(desk, [ticket.customer_id]);
    return done(await opened(desk, ticket, true));
  });
}

/** Tells that tickets wait since nobody is free. */
export async function noteWaiting(desk: Desk, tickets: readonly TicketRow[]): Promise<void> {
  const waiting = tickets.filter(({ state }) => state === "queued");
  if (waiting.length === 0) return;
  await noteEvents(
    desk,
    { kind: "admin" },
    waiting.map(({ id }) => ({ ticketId: id, kind: "queued" })),
  );
  desk.context.logger.warn("desk.nobody_free", { tenantId: desk.tenantId, tickets: waiting.length });
}

/** What an opened ticket is answered with. */
export async function opened(desk: Desk, ticket: TicketRow, isNew: boolean): Promise<OpenedTicket> {
  const { assignee_id: assigneeId } = ticket;
  const assignee = assigneeId === null ? undefined : await getStaff(desk.stores, desk.tenantId, assigneeId);
  return { ticket: ticketOf(ticket), isNew, assignee: assignee ?? null, position: await positionOf(desk, ticket) };
}

async function faultOf(desk: Desk, access: DeskAccess, { customerId, projectId, equipmentId }: TicketInput) {
  const { stores, tenantId } = desk;
  if (customerId === null && access.kind === "customer") return refused("desk.forbidden");
  if (customerId !== null && !(await mayServe(stores, tenantId, access, customerId))) {
    return refused("desk-customer.not-found");
  }
  for (const [table, id, code] of [
    ["rk_projects", projectId, "project.not-found"],
    ["rk_equipment", equipmentId, "equipment.not-found"],
  ] as const) {
    if (id == null) continue;
    const row = await deskTables(stores)
      .selectFrom(table)
      .select("customer_id")
      .where(visibleTo(tenantId, access, table))
      .where("id", "=", id)
      .executeTakeFirst();
    if (!row || (customerId !== null && row.customer_id !== customerId)) return refused(code);
  }
  return undefined;
}

async function insertTicket(desk: Desk, input: TicketInput, { splitFrom, follows, clockAt }: Origin): Promise<number> {
  const now = desk.context.clock.now();
  const { kind } = input;
  const priority = priorityNumber(input.priority ?? (kind === "complaint" ? "high" : "normal"));
  const clock = clockAt ?? now;
  const clocks = { ...dueTimes(desk, priority, clock), first_answered_at: null, escalation: 0 };
  return insertNumbered(desk.stores, "rk_tickets", {
    tenant_id: desk.tenantId,
    customer_id: input.customerId,
    project_id: input.projectId ?? null,
    equipment_id: input.equipmentId ?? null,
    session_id: input.sessionId ?? null,
    request_key: input.requestKey,
    kind,
    priority,
    subject: input.subject,
    body: input.body,
    source: input.source,
    skill: input.skill === undefined ? (desk.settings.skills[kind] ?? null) : input.skill,
    state: "queued",
    assignee_id: null,
    version: 1,
    clock_at: clock,
    queued_at: now,
    ...clocks,
    escalate_at: escalateAt(desk, clocks),
    solved_at: null,
    confirmed_at: null,
    reopened: 0,
    merged_into: null,
    split_from: splitFrom ?? null,
    follows: follows ?? null,
    created_at: now,
    updated_at: now,
  });
}
