import { type Desk, inTurn } from "../context.js";
import type { DeskAccess, DeskOutcome, DeskRefusal, Ticket } from "../desk.js";
import { dispatchWaiting } from "../dispatch.js";
import { syncMarketingHold } from "../marketing-hold.js";
import { done, refused } from "../refusals.js";
import { addLoad, getStaff, takeLoad } from "../staff/store.js";
import { escalateAt } from "./clocks.js";
import { findTicket, getTicket, noteEvents, type TicketRow, ticketOf, WORKED_STATES, writeTicket } from "./store.js";

/** What the caller has read; another version by now: nothing is done. */
export interface SeenVersion {
  readonly version?: number | undefined;
}

/** A ticket that somebody may work on, or why not. */
export async function workedTicket(
  desk: Desk,
  access: DeskAccess,
  id: number,
  { version }: SeenVersion = {},
): Promise<{ readonly row: TicketRow } | DeskRefusal> {
  const row = await findTicket(desk, access, id);
  if (!row) return refused("ticket.not-found");
  if (access.kind === "customer") return refused("desk.forbidden");
  if (version !== undefined && version !== row.version) return refused("desk.stale-version");
  return WORKED_STATES.some((state) => state === row.state) ? { row } : refused("ticket.closed");
}

async function written(desk: Desk, id: number): Promise<DeskOutcome<Ticket>> {
  return done(ticketOf(await getTicket(desk, id)));
}

/** Somebody of the desk has answered: the first time stops the clock of the first answer. */
export function recordAnswer(desk: Desk, access: DeskAccess, id: number): Promise<DeskOutcome<Ticket>> {
  return inTurn(desk, async () => {
    const found = await workedTicket(desk, access, id);
    if ("ok" in found) return found;
    const { row } = found;
    if (row.first_answered_at !== null) return done(ticketOf(row));
    const first_answered_at = desk.context.clock.now();
    await writeTicket(desk, id, { first_answered_at, escalate_at: escalateAt(desk, { ...row, first_answered_at }) });
    await noteEvents(desk, access, [{ ticketId: id, kind: "answered" }]);
    return written(desk, id);
  });
}

/** Hands a ticket to somebody else. */
export function transferTicket(
  desk: Desk,
  access: DeskAccess,
  id: number,
  toStaffId: number,
  { note = "", version }: SeenVersion & { readonly note?: string | undefined } = {},
): Promise<DeskOutcome<Ticket>> {
  return inTurn(desk, async () => {
    const { stores, tenantId, context } = desk;
    const found = await workedTicket(desk, access, id, { version });
    if ("ok" in found) return found;
    const { assignee_id: from } = found.row;
    const to = await getStaff(stores, tenantId, toStaffId);
    if (!to || to.role === "customer") return refused("desk-staff.not-found");
    if (to.leftAt !== null) return refused("desk-staff.left");
    if (from === toStaffId) return refused("ticket.to-oneself");
    const room = { count: 1, now: context.clock.now(), mustBeOnline: false };
    if (!(await addLoad(stores, tenantId, toStaffId, room))) return refused("ticket.no-capacity");
    if (from !== null) await takeLoad(stores, tenantId, from);
    await writeTicket(desk, id, { state: "assigned", assignee_id: toStaffId });
    await noteEvents(desk, access, [{ ticketId: id, kind: "transferred", from, to: toStaffId, note }]);
    await dispatchWaiting(desk);
    return written(desk, id);
  });
}

/** Says that a ticket is solved; whoever had it has room for the next one. */
export function solveTicket(
  desk: Desk,
  access: DeskAccess,
  id: number,
  { note, version }: SeenVersion & { readonly note: string },
): Promise<DeskOutcome<Ticket>> {
  return inTurn(desk, async () => {
    const found = await workedTicket(desk, access, id, { version });
    if ("ok" in found) return found;
    const { assignee_id: from, first_answered_at } = found.row;
    const now = desk.context.clock.now();
    if (from !== null) await takeLoad(desk.stores, desk.tenantId, from);
    await writeTicket(desk, id, {
      state: "solved",
      solved_at: now,
      first_answered_at: first_answered_at ?? now,
      escalate_at: null,
    });
    await noteEvents(desk, access, [{ ticketId: id, kind: "solved", from, note }]);
    await dispatchWaiting(desk);
    return written(desk, id);
  });
}

/** A ticket that is over for the desk, or why what the customer says of it can't be taken. */
async function solvedTicket(
  desk: Desk,
  access: DeskAccess,
  id: number,
): Promise<{ readonly row: TicketRow } | DeskRefusal> {
  const row = await findTicket(desk, access, id);
  if (!row) return refused("ticket.not-found");
  if (access.kind === "staff") return refused("desk.forbidden");
  if (WORKED_STATES.some((state) => state === row.state)) return refused("ticket.not-solved");
  return row.state === "merged" ? refused("ticket.closed") : { row };
}

/** The customer says that it is solved. */
export function confirmTicket(desk: Desk, access: DeskAccess, id: number): Promise<DeskOutcome<Ticket>> {
  return inTurn(desk, async () => {
    const found = await solvedTicket(desk, access, id);
    if ("ok" in found) return found;
    if (found.row.state === "confirmed") return refused("ticket.closed");
    await confirmRow(desk, access, found.row);
    return written(desk, id);
  });
}

async function confirmRow(desk: Desk, access: DeskAccess, row: TicketRow): Promise<void> {
  await writeTicket(desk, row.id, { state: "confirmed", confirmed_at: desk.context.clock.now() });
  await noteEvents(desk, access, [{ ticketId: row.id, kind: "confirmed" }]);
  await syncMarketingHold(desk, [row.customer_id]);
}

export { confirmRow, solvedTicket };
