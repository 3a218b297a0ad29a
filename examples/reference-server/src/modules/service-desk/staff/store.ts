import { type DeskAccess, type DeskStaff, PRESENCES, STAFF_ROLES, type WorkingHours } from "../desk.js";
import { type DeskDatabase, deskTables, type Row } from "../tables.js";

/** Somebody of the desk as others see them. */
export function staffOf(row: Row<"rk_desk_staff">): DeskStaff {
  return {
    id: row.id,
    name: row.name,
    userId: row.user_id,
    wecomUserId: row.wecom_user_id,
    role: STAFF_ROLES.find((role) => role === row.role) ?? "customer",
    customerId: row.customer_id,
    // Only this module writes it.
    skills: JSON.parse(row.skills) as string[],
    capacity: row.capacity,
    load: row.open_tickets,
    presence: PRESENCES.find((presence) => presence === row.presence) ?? "offline",
    hours: row.hours === null ? null : (JSON.parse(row.hours) as WorkingHours),
    leftAt: row.left_at,
    version: row.version,
  };
}

function staffRows(database: DeskDatabase, tenantId: number) {
  return deskTables(database).selectFrom("rk_desk_staff").selectAll().where("tenant_id", "=", tenantId);
}

/** Somebody by their id, also when they have left. */
export async function getStaff(database: DeskDatabase, tenantId: number, id: number): Promise<DeskStaff | undefined> {
  const row = await staffRows(database, tenantId).where("id", "=", id).executeTakeFirst();
  return row && staffOf(row);
}

/** The employee who is a member of the corp. */
export async function staffByWecomUser(
  database: DeskDatabase,
  tenantId: number,
  userId: string,
): Promise<DeskStaff | undefined> {
  const row = await staffRows(database, tenantId)
    .where("wecom_user_id", "=", userId)
    .where("left_at", "is", null)
    .where("role", "<>", "customer")
    .executeTakeFirst();
  return row && staffOf(row);
}

/** What a user of the server sees as somebody of the desk. */
export async function accessOfUser(
  database: DeskDatabase,
  tenantId: number,
  userId: number,
): Promise<DeskAccess | undefined> {
  const row = await staffRows(database, tenantId)
    .where("user_id", "=", userId)
    .where("left_at", "is", null)
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.role === "admin") return { kind: "admin" };
  if (row.role === "staff") return { kind: "staff", staffId: row.id };
  return row.customer_id === null ? undefined : { kind: "customer", customerId: row.customer_id };
}

/** Everybody of the desk by ascending id. */
export async function listStaff(
  database: DeskDatabase,
  tenantId: number,
  { page = 1, page_size: size = 50 }: { readonly page?: number | undefined; readonly page_size?: number | undefined },
): Promise<{
  readonly items: readonly DeskStaff[];
  readonly total: number;
  readonly page: number;
  readonly page_size: number;
}> {
  const { total } = await deskTables(database)
    .selectFrom("rk_desk_staff")
    .select(({ fn }) => fn.countAll<number>().as("total"))
    .where("tenant_id", "=", tenantId)
    .executeTakeFirstOrThrow();
  const rows = await staffRows(database, tenantId)
    .orderBy("id")
    .limit(size)
    .offset((page - 1) * size)
    .execute();
  return { items: rows.map(staffOf), total: Number(total), page, page_size: size };
}

/** Everybody who could be given a ticket: here, online, with room, by ascending id. Hours are still to be looked at. */
export async function dispatchable(
  database: DeskDatabase,
  tenantId: number,
): Promise<readonly (DeskStaff & { readonly lastAssignedAt: number })[]> {
  const rows = await staffRows(database, tenantId)
    .where("left_at", "is", null)
    .where("role", "<>", "customer")
    .where("presence", "=", "online")
    .whereRef("open_tickets", "<", "capacity")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({ ...staffOf(row), lastAssignedAt: row.last_assigned_at }));
}

/**
 * Gives somebody so many tickets more. One statement decides: who has no room, is away or has left gets none.
 *
 * @returns false: they got none
 */
export async function addLoad(
  database: DeskDatabase,
  tenantId: number,
  staffId: number,
  { count, now, mustBeOnline }: { readonly count: number; readonly now: number; readonly mustBeOnline: boolean },
): Promise<boolean> {
  let claim = deskTables(database)
    .updateTable("rk_desk_staff")
    .set(({ eb }) => ({ open_tickets: eb("open_tickets", "+", count), last_assigned_at: now }))
    .where("tenant_id", "=", tenantId)
    .where("id", "=", staffId)
    .where("left_at", "is", null)
    .where(({ eb }) => eb(eb("open_tickets", "+", count), "<=", eb.ref("capacity")));
  if (mustBeOnline) claim = claim.where("presence", "=", "online");
  const { numUpdatedRows } = await claim.executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Takes a ticket off somebody. */
export async function takeLoad(database: DeskDatabase, tenantId: number, staffId: number): Promise<void> {
  await deskTables(database)
    .updateTable("rk_desk_staff")
    .set(({ eb }) => ({ open_tickets: eb("open_tickets", "-", 1) }))
    .where("tenant_id", "=", tenantId)
    .where("id", "=", staffId)
    .where("open_tickets", ">", 0)
    .execute();
}
