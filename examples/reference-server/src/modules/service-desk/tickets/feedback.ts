import { type Desk, inTurn } from "../context.js";
import type { DeskAccess, DeskOutcome, OpenedTicket, Ticket } from "../desk.js";
import { dispatchWaiting } from "../dispatch.js";
import { insertMany } from "../engine.js";
import { labelRating } from "../labels.js";
import { syncMarketingHold } from "../marketing-hold.js";
import { done, refused } from "../refusals.js";
import { dueTimes, escalateAt } from "./clocks.js";
import { noteWaiting, opened, openTicket } from "./open.js";
import { findTicket, getTicket, noteEvents, ticketOf, writeTicket } from "./store.js";
import { confirmRow, type SeenVersion, solvedTicket } from "./work.js";

const DAY_MS = 86_400_000;

/** What the customer thinks of it, once for each time that it was solved; a solved ticket is confirmed by it. */
export function rateTicket(
  desk: Desk,
  access: DeskAccess,
  id: number,
  { stars, comment = "" }: { readonly stars: number; readonly comment?: string | undefined },
): Promise<DeskOutcome<Ticket>> {
  return inTurn(desk, async () => {
    const found = await solvedTicket(desk, access, id);
    if ("ok" in found) return found;
    const { row } = found;
    if (row.stars !== null) return refused("ticket.rated");
    await insertMany(desk.stores, "rk_ticket_ratings", [
      {
        tenant_id: desk.tenantId,
        ticket_id: id,
        round: row.reopened,
        staff_id: row.assignee_id,
        stars,
        comment,
        at: desk.context.clock.now(),
      },
    ]);
    await noteEvents(desk, access, [{ ticketId: id, kind: "rated", to: row.assignee_id, note: String(stars) }]);
    if (row.state === "solved") await confirmRow(desk, access, row);
    if (row.customer_id !== null) await labelRating(desk, row.customer_id, stars);
    return done(ticketOf(await getTicket(desk, id)));
  });
}

/** Not solved after all: the ticket again within the tenant's days, later a new one that follows it. */
export function reopenTicket(
  desk: Desk,
  access: DeskAccess,
  id: number,
  { note, version }: SeenVersion & { readonly note: string },
): Promise<DeskOutcome<OpenedTicket>> {
  return inTurn(desk, async () => {
    const row = await findTicket(desk, access, id);
    if (!row) return refused("ticket.not-found");
    if (version !== undefined && version !== row.version) return refused("desk.stale-version");
    if (row.state === "merged") return refused("ticket.closed");
    if (row.state !== "solved" && row.state !== "confirmed") return refused("ticket.not-solved");
    const now = desk.context.clock.now();
    const { assignee_id: had } = row;
    if (now - (row.solved_at ?? 0) >= desk.settings.reopen_days * DAY_MS) {
      const { customerId, projectId, equipmentId, sessionId, kind, priority, subject, source, skill } = ticketOf(row);
      const origin = { follows: id, prefer: had };
      const requestKey = `follows:${id}:${row.reopened}`;
      const rest = { customerId, projectId, equipmentId, sessionId, kind, priority, subject, source, skill };
      return openTicket(desk, access, { ...rest, body: note, requestKey }, origin);
    }
    const clocks = {
      first_answer_due: row.first_answer_due,
      first_answered_at: row.first_answered_at,
      solution_due: dueTimes(desk, row.priority, now).solution_due,
      escalation: 0,
    };
    await writeTicket(desk, id, {
      ...clocks,
      state: "queued",
      assignee_id: null,
      solved_at: null,
      confirmed_at: null,
      clock_at: now,
      queued_at: now,
      reopened: row.reopened + 1,
      escalate_at: escalateAt(desk, clocks),
    });
    await noteEvents(desk, access, [{ ticketId: id, kind: "reopened", from: had, note }]);
    await dispatchWaiting(desk, had === null ? {} : { prefer: new Map([[id, had]]) });
    const after = await getTicket(desk, id);
    await noteWaiting(desk, [after]);
    await syncMarketingHold(desk, [row.customer_id]);
    return done(await opened(desk, after, false));
  });
}
