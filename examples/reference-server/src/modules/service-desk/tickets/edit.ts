import type { Updateable } from "kysely";
import { visibleTo } from "../access.js";
import { actorOf, type Desk, inTurn } from "../context.js";
import type { DeskAccess, DeskOutcome, Ticket, TicketKind, TicketPriority } from "../desk.js";
import { dispatchWaiting } from "../dispatch.js";
import { insertAbsent } from "../engine.js";
import { syncMarketingHold } from "../marketing-hold.js";
import { done, refused } from "../refusals.js";
import { priorityNumber } from "../settings.js";
import { type DeskTables, deskTables } from "../tables.js";
import { dueTimes, escalateAt } from "./clocks.js";
import { findTicket, getTicket, noteEvents, ticketOf, writeTicket } from "./store.js";
import { type SeenVersion, workedTicket } from "./work.js";

/** What can be changed of a ticket that is worked on. */
export interface TicketPatch {
  readonly kind?: TicketKind | undefined;
  readonly priority?: TicketPriority | undefined;
  readonly subject?: string | undefined;
  readonly skill?: string | null | undefined;
  readonly projectId?: number | null | undefined;
  readonly equipmentId?: number | null | undefined;
}

/** Changes what is given; another priority sets the clocks that still run anew, from when they began. */
export function editTicket(
  desk: Desk,
  access: DeskAccess,
  id: number,
  patch: TicketPatch & SeenVersion,
): Promise<DeskOutcome<Ticket>> {
  return inTurn(desk, async () => {
    const found = await workedTicket(desk, access, id, patch);
    if ("ok" in found) return found;
    const { row } = found;
    const fault = await faultOf(desk, access, row.customer_id, patch);
    if (fault) return fault;
    const change: Updateable<DeskTables["rk_tickets"]> = {
      ...(patch.kind !== undefined && { kind: patch.kind }),
      ...(patch.subject !== undefined && { subject: patch.subject }),
      ...(patch.skill !== undefined && { skill: patch.skill }),
      ...(patch.projectId !== undefined && { project_id: patch.projectId }),
      ...(patch.equipmentId !== undefined && { equipment_id: patch.equipmentId }),
      ...(patch.priority !== undefined && clocksOf(desk, row, priorityNumber(patch.priority))),
    };
    await writeTicket(desk, id, change);
    await noteEvents(desk, access, [{ ticketId: id, kind: "edited", note: Object.keys(change).join(" ") }]);
    await dispatchWaiting(desk);
    await syncMarketingHold(desk, [row.customer_id]);
    return done(ticketOf(await getTicket(desk, id)));
  });
}

function clocksOf(
  desk: Desk,
  row: Parameters<typeof escalateAt>[1] & { readonly clock_at: number; readonly reopened: number },
  priority: number,
) {
  const due = dueTimes(desk, priority, row.clock_at);
  const clocks = { ...row, solution_due: due.solution_due, ...(row.reopened === 0 && due) };
  const { first_answer_due, solution_due } = clocks;
  return { priority, first_answer_due, solution_due, escalate_at: escalateAt(desk, clocks) };
}

async function faultOf(
  { stores, tenantId }: Desk,
  access: DeskAccess,
  customerId: number | null,
  { projectId, equipmentId }: TicketPatch,
) {
  for (const [table, id, code] of [
    ["rk_projects", projectId, "project.not-found"],
    ["rk_equipment", equipmentId, "equipment.not-found"],
  ] as const) {
    if (id == null) continue;
    const other = await deskTables(stores)
      .selectFrom(table)
      .select("customer_id")
      .where(visibleTo(tenantId, access, table))
      .where("id", "=", id)
      .executeTakeFirst();
    if (!other || (customerId !== null && other.customer_id !== customerId)) return refused(code);
  }
  return undefined;
}

/** A file of the media store at a ticket. */
export interface Attachment {
  readonly sha256: string;
  readonly name: string;
  readonly createdAt: number;
}

/** Files at a ticket, in the order in which they came. */
export async function attachmentsOf({ stores, tenantId }: Desk, id: number): Promise<readonly Attachment[]> {
  return deskTables(stores)
    .selectFrom("rk_ticket_attachments")
    .select(["sha256", "name", "created_at as createdAt"])
    .where("tenant_id", "=", tenantId)
    .where("ticket_id", "=", id)
    .orderBy("created_at")
    .orderBy("sha256")
    .execute();
}

/** Puts a file that the media store has at a ticket; again changes nothing. */
export async function attach(
  desk: Desk,
  access: DeskAccess,
  id: number,
  { sha256, name }: Pick<Attachment, "sha256" | "name">,
): Promise<DeskOutcome<readonly Attachment[]>> {
  const { stores, tenantId, context } = desk;
  return stores.transaction(async () => {
    const ticket = await findTicket(desk, access, id);
    if (!ticket) return refused("ticket.not-found");
    if (ticket.state === "merged") return refused("ticket.closed");
    if (!(await stores.media.get(tenantId, sha256))) return refused("ticket.no-file");
    await insertAbsent(stores, "rk_ticket_attachments", {
      tenant_id: tenantId,
      ticket_id: id,
      sha256,
      name,
      actor: actorOf(desk, access),
      created_at: context.clock.now(),
    });
    return done(await attachmentsOf(desk, id));
  });
}
