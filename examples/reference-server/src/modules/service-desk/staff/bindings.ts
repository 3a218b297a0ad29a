import type { Desk } from "../context.js";
import type { DeskOutcome, DeskStaff } from "../desk.js";
import { insertAbsent } from "../engine.js";
import { done, refused } from "../refusals.js";
import { deskTables } from "../tables.js";
import { getStaff, staffOf } from "./store.js";

/** Makes a customer one of an employee's; again changes nothing. */
export async function bindCustomer(
  { stores, tenantId, context }: Desk,
  customerId: number,
  staffId: number,
  source: string,
): Promise<DeskOutcome<void>> {
  const who = await getStaff(stores, tenantId, staffId);
  if (!who || who.role === "customer") return refused("desk-staff.not-found");
  if (who.leftAt !== null) return refused("desk-staff.left");
  const customer = await deskTables(stores)
    .selectFrom("rk_customers")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", customerId)
    .executeTakeFirst();
  if (!customer) return refused("desk-customer.not-found");
  await insertAbsent(stores, "rk_desk_bindings", {
    tenant_id: tenantId,
    customer_id: customerId,
    staff_id: staffId,
    ended_at: 0,
    source,
    created_at: context.clock.now(),
  });
  return done(undefined);
}

/** Ends a binding; the row stays as history. */
export async function unbindCustomer(
  { stores, tenantId, context }: Desk,
  customerId: number,
  staffId: number,
): Promise<void> {
  const tables = deskTables(stores);
  const now = context.clock.now();
  const pair = { tenant_id: tenantId, customer_id: customerId, staff_id: staffId };
  await stores.transaction(async () => {
    // A binding that begins and ends at one instant more than once leaves one row.
    await tables
      .deleteFrom("rk_desk_bindings")
      .where((eb) => eb.and({ ...pair, ended_at: now }))
      .execute();
    await tables
      .updateTable("rk_desk_bindings")
      .set({ ended_at: now })
      .where((eb) => eb.and({ ...pair, ended_at: 0 }))
      .execute();
  });
}

/** Employees whose customer it is, by the time of the binding. */
export async function staffOfCustomer({ stores, tenantId }: Desk, customerId: number): Promise<readonly DeskStaff[]> {
  const rows = await deskTables(stores)
    .selectFrom("rk_desk_bindings as b")
    .innerJoin("rk_desk_staff as s", "s.id", "b.staff_id")
    .selectAll("s")
    .where("b.tenant_id", "=", tenantId)
    .where("s.tenant_id", "=", tenantId)
    .where("b.customer_id", "=", customerId)
    .where("b.ended_at", "=", 0)
    .orderBy("b.created_at")
    .orderBy("s.id")
    .execute();
  return rows.map(staffOf);
}
