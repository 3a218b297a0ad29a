import type { ServerContext } from "../../frame/context.js";
import { calendarOf, deskOf } from "./context.js";
import { deskTables } from "./tables.js";
import { afterWorkingMinutes } from "./working-time.js";

/** Tickets that one look reads; what a look costs at most. */
const MOST_ROWS = 5000;
const MINUTE_MS = 60_000;

/** Tickets of a tenant for whom nobody has been free for too long. */
export interface LongWait {
  readonly tenantId: number;
  readonly tickets: number;
  /** When the oldest of them came into the queue, epoch ms. */
  readonly since: number;
}

/** Where tickets have waited for longer than so many minutes of the desk's working time; nights and holidays do not count. */
export async function longWaits(
  context: Pick<ServerContext, "kit" | "stores" | "clock" | "logger">,
  minutes: number,
): Promise<readonly LongWait[]> {
  const now = context.clock.now();
  const rows = await deskTables(context.stores)
    .selectFrom("rk_tickets")
    .select(["tenant_id", "queued_at"])
    .where("state", "=", "queued")
    .where("queued_at", "<=", now - minutes * MINUTE_MS)
    .orderBy("queued_at")
    .limit(MOST_ROWS)
    .execute();
  const waits: LongWait[] = [];
  for (const tenantId of new Set(rows.map(({ tenant_id }) => tenant_id))) {
    const calendar = calendarOf(await deskOf(context, tenantId));
    const of = rows.filter(({ tenant_id }) => tenant_id === tenantId);
    const late = of.filter(({ queued_at: at }) => afterWorkingMinutes(at, minutes, calendar) <= now);
    const [oldest] = late;
    if (oldest) waits.push({ tenantId, tickets: late.length, since: oldest.queued_at });
  }
  return waits;
}
