// One ticket of two, and two of one.
import { type Desk, inTurn } from "../context.js";
import type { DeskAccess, DeskOutcome, OpenedTicket, Ticket, TicketKind, TicketPriority } from "../desk.js";
import { dispatchWaiting } from "../dispatch.js";
import { insertAbsent } from "../engine.js";
import { syncMarketingHold } from "../marketing-hold.js";
import { done, refused } from "../refusals.js";
import { takeLoad } from "../staff/store.js";
import { deskTables } from "../tables.js";
import { escalateAt } from "./clocks.js";
import { openTicket } from "./open.js";
import { getTicket, noteEvents, ticketOf, writeTicket } from "./store.js";
import { type SeenVersion, workedTicket } from "./work.js";

/**
 * Goes on with one ticket in another one of the same customer. The other one takes the earlier times, the higher priority and the
 * attachments; what happened to each stays with it, so that no count changes.
 */
export function mergeTicket(
  desk: Desk,
  access: DeskAccess,
  id: number,
  { into: intoId, version }: SeenVersion & { readonly into: number },
): Promise<DeskOutcome<Ticket>> {
  return inTurn(desk, async () => {
    const from = await workedTicket(desk, access, id, { version });
    if ("ok" in from) return from;
    const into = await workedTicket(desk, access, intoId);
    if ("ok" in into) return into;
    const [gone, kept] = [from.row, into.row];
    if (id === intoId || gone.customer_id === null || gone.customer_id !== kept.customer_id) {
      return refused("ticket.merge");
    }
    const { stores, tenantId } = desk;
    const firsts = [gone.first_answered_at, kept.first_answered_at].flatMap((at) => at ?? []);
    const clocks = {
      first_answer_due: Math.min(gone.first_answer_due, kept.first_answer_due),
      solution_due: Math.min(gone.solution_due, kept.solution_due),
      first_answered_at: firsts.length === 0 ? null : Math.min(...firsts),
      escalation: kept.escalation,
    };
    await writeTicket(desk, intoId, {
      ...clocks,
      priority: Math.max(gone.priority, kept.priority),
      escalate_at: escalateAt(desk, clocks),
      project_id: kept.project_id ?? gone.project_id,
      equipment_id: kept.equipment_id ?? gone.equipment_id,
    });
    await writeTicket(desk, id, { state: "merged", merged_into: intoId, assignee_id: null, escalate_at: null });
    if (gone.assignee_id !== null) await takeLoad(stores, tenantId, gone.assignee_id);
    const attached = await deskTables(stores)
      .selectFrom("rk_ticket_attachments")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where("ticket_id", "=", id)
      .execute();
    for (const row of attached) await insertAbsent(stores, "rk_ticket_attachments", { ...row, ticket_id: intoId });
    await noteEvents(desk, access, [
      { ticketId: id, kind: "merged", from: gone.assignee_id, note: `→ ${intoId}` },
      { ticketId: intoId, kind: "merged", note: `← ${id}` },
    ]);
    await dispatchWaiting(desk);
    await syncMarketingHold(desk, [gone.customer_id]);
    return done(ticketOf(await getTicket(desk, intoId)));
  });
}

/** Makes a second ticket of a part of one; its clocks began when those of the first did. */
export function splitTicket(
  desk: Desk,
  access: DeskAccess,
  id: number,
  part: SeenVersion & {
    readonly subject: string;
    readonly body: string;
    readonly kind?: TicketKind | undefined;
    readonly priority?: TicketPriority | undefined;
  },
): Promise<DeskOutcome<OpenedTicket>> {
  return inTurn(desk, async () => {
    const found = await workedTicket(desk, access, id, part);
    if ("ok" in found) return found;
    const whole = ticketOf(found.row);
    const { customerId, projectId, equipmentId, sessionId, source } = whole;
    const { subject, body, kind = whole.kind, priority = whole.priority } = part;
    const outcome = await openTicket(
      desk,
      // Whoever sees the first one may have a part of it, whosever customer it is.
      { kind: "admin" },
      {
        ...{ customerId, projectId, equipmentId, sessionId, source, subject, body, kind, priority },
        requestKey: `split:${id}:${whole.version}`,
      },
      { splitFrom: id, clockAt: found.row.clock_at },
    );
    if (!outcome.ok) return outcome;
    await writeTicket(desk, id, {});
    await noteEvents(desk, access, [{ ticketId: id, kind: "split", note: `→ ${outcome.value.ticket.id}` }]);
    return outcome;
  });
}
