import { actorOf, type Desk } from "../context.js";
import type { DeskAccess, DeskOutcome } from "../desk.js";
import { insertAbsent } from "../engine.js";
import { done, refused } from "../refusals.js";
import { deskTables } from "../tables.js";
import { findTicket } from "./store.js";

/** How long somebody counts as looking after they said so, ms. */
const LOOKING_MS = 60_000;

/** Somebody who has the same ticket open. */
export interface Viewer {
  readonly viewer: string;
  readonly name: string;
  readonly seenAt: number;
}

/** Says that somebody looks at a ticket, and tells who else does. */
export async function viewTicket(
  desk: Desk,
  access: DeskAccess,
  id: number,
  name: string,
): Promise<DeskOutcome<readonly Viewer[]>> {
  const { stores, tenantId, context } = desk;
  return stores.transaction(async () => {
    if (!(await findTicket(desk, access, id))) return refused("ticket.not-found");
    if (access.kind === "customer") return refused("desk.forbidden");
    const now = context.clock.now();
    const viewer = actorOf(desk, access);
    const tables = deskTables(stores);
    const key = { tenant_id: tenantId, ticket_id: id, viewer };
    const { numUpdatedRows } = await tables
      .updateTable("rk_ticket_viewers")
      .set({ seen_at: now, name })
      .where((eb) => eb.and(key))
      .executeTakeFirst();
    if (numUpdatedRows === 0n) await insertAbsent(stores, "rk_ticket_viewers", { ...key, name, seen_at: now });
    await tables
      .deleteFrom("rk_ticket_viewers")
      .where("tenant_id", "=", tenantId)
      .where("ticket_id", "=", id)
      .where("seen_at", "<=", now - LOOKING_MS)
      .execute();
    const others = await tables
      .selectFrom("rk_ticket_viewers")
      .select(["viewer", "name", "seen_at as seenAt"])
      .where("tenant_id", "=", tenantId)
      .where("ticket_id", "=", id)
      .where("viewer", "<>", viewer)
      .orderBy("viewer")
      .execute();
    return done(others);
  });
}
