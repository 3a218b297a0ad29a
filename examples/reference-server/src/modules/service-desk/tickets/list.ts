import type { Desk } from "../context.js";
import type { DeskAccess, Ticket, TicketEvent, TicketKind, TicketState } from "../desk.js";
import { deskTables } from "../tables.js";
import { eventOf, seenTickets, shownTickets, ticketOf } from "./store.js";

/** What a list of tickets is narrowed by. */
export interface TicketFilter {
  readonly state?: TicketState | undefined;
  readonly kind?: TicketKind | undefined;
  readonly assignee_id?: number | undefined;
  readonly customer_id?: number | undefined;
  readonly project_id?: number | undefined;
  readonly equipment_id?: number | undefined;
  readonly page?: number | undefined;
  readonly page_size?: number | undefined;
}

const COLUMNS = ["state", "kind", "assignee_id", "customer_id", "project_id", "equipment_id"] as const;

/** One page of the tickets that somebody sees, newest first. */
export async function listTickets(
  { stores, tenantId }: Pick<Desk, "stores" | "tenantId">,
  access: DeskAccess,
  { page = 1, page_size: size = 50, ...filter }: TicketFilter,
): Promise<{
  readonly items: readonly Ticket[];
  readonly total: number;
  readonly page: number;
  readonly page_size: number;
}> {
  let counted = seenTickets(stores, tenantId, access).select(({ fn }) => fn.countAll<number>().as("total"));
  let shown = shownTickets(stores, tenantId, access);
  for (const column of COLUMNS) {
    const value = filter[column];
    if (value === undefined) continue;
    counted = counted.where(`rk_tickets.${column}`, "=", value);
    shown = shown.where(`rk_tickets.${column}`, "=", value);
  }
  const { total } = await counted.executeTakeFirstOrThrow();
  const rows = await shown
    .orderBy("rk_tickets.created_at", "desc")
    .orderBy("rk_tickets.id", "desc")
    .limit(size)
    .offset((page - 1) * size)
    .execute();
  return { items: rows.map(ticketOf), total: Number(total), page, page_size: size };
}

/** What happened to a ticket, oldest first, at most 500. */
export async function eventsOf({ stores, tenantId }: Desk, id: number): Promise<readonly TicketEvent[]> {
  const rows = await deskTables(stores)
    .selectFrom("rk_ticket_events")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("ticket_id", "=", id)
    .orderBy("id")
    .limit(500)
    .execute();
  return rows.map(eventOf);
}

/** What happened and was told to nobody yet, oldest first. */
export async function unannounced({ stores, tenantId }: Desk, limit: number): Promise<readonly TicketEvent[]> {
  const rows = await deskTables(stores)
    .selectFrom("rk_ticket_events")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("announced_at", "is", null)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(eventOf);
}

/** Marks events as told. */
export async function announced({ stores, tenantId, context }: Desk, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await deskTables(stores)
    .updateTable("rk_ticket_events")
    .set({ announced_at: context.clock.now() })
    .where("tenant_id", "=", tenantId)
    .where("id", "in", [...ids])
    .where("announced_at", "is", null)
    .execute();
}
