import type { ServerContext } from "../../frame/context.js";
import type { DeskAccess, DeskStaff } from "./desk.js";
import { insertAbsent } from "./engine.js";
import { type DeskSettings, settingsOf } from "./settings.js";
import { deskTables } from "./tables.js";
import { isWorkingTime, type WorkCalendar } from "./working-time.js";

/** What the desk works with, for one tenant. */
export interface Desk {
  readonly context: Pick<ServerContext, "kit" | "stores" | "clock" | "logger">;
  /** Inside a transaction, its own. */
  readonly stores: ServerContext["stores"];
  readonly tenantId: number;
  readonly timeZone: string;
  readonly currency: string;
  readonly settings: DeskSettings;
  /** Who acts where everything is visible: `user:3`, `job`. */
  readonly actor: string;
}

/** The desk of a tenant as its settings stand. */
export async function deskOf(context: Desk["context"], tenantId: number, actor = "admin"): Promise<Desk> {
  const { timeZone, currency } = await context.kit.forTenant(tenantId).tenant();
  const { stores } = context;
  return { context, stores, tenantId, timeZone, currency, settings: await settingsOf(stores, tenantId), actor };
}

/** Who did it, for histories. */
export function actorOf({ actor }: Pick<Desk, "actor">, access: DeskAccess): string {
  if (access.kind === "customer") return `customer:${access.customerId}`;
  return access.kind === "staff" ? `staff:${access.staffId}` : actor;
}

/** When the desk works. */
export function calendarOf({ timeZone, settings: { hours, holidays, workdays } }: Desk): WorkCalendar {
  return { timeZone, hours, holidays: new Set(holidays), workdays: new Set(workdays) };
}

/** Whether somebody works now, by their own hours where they have some. */
export function isAtWork(desk: Desk, { hours }: Pick<DeskStaff, "hours">, now: number): boolean {
  const calendar = calendarOf(desk);
  return isWorkingTime(now, hours ? { ...calendar, hours } : calendar);
}

/**
 * Runs work that changes who has which ticket: one at a time for a tenant, whatever the processes, so that nobody gets more than
 * they can take and no two of them wait for each other.
 */
export async function inTurn<T>(desk: Desk, work: () => Promise<T>): Promise<T> {
  const { stores, tenantId } = desk;
  return stores.transaction(async () => {
    if (!(await tookTurn(desk))) {
      await insertAbsent(stores, "rk_desk_turns", { tenant_id: tenantId, turn: 0 });
      await tookTurn(desk);
    }
    return work();
  });
}

async function tookTurn({ stores, tenantId }: Desk): Promise<boolean> {
  const { numUpdatedRows } = await deskTables(stores)
    .updateTable("rk_desk_turns")
    .set(({ eb }) => ({ turn: eb("turn", "+", 1) }))
    .where("tenant_id", "=", tenantId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
