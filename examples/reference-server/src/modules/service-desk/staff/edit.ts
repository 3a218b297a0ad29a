import type { Updateable } from "kysely";
import { type Desk, inTurn } from "../context.js";
import type { DeskOutcome, DeskStaff, Presence, StaffRole, WorkingHours } from "../desk.js";
import { dispatchWaiting } from "../dispatch.js";
import { insertNumbered } from "../engine.js";
import { done, refused } from "../refusals.js";
import { type DeskTables, deskTables } from "../tables.js";
import { noteEvents } from "../tickets/store.js";
import type { SeenVersion } from "../tickets/work.js";
import { getStaff } from "./store.js";

/** What is said of somebody of the desk. */
export interface StaffInput {
  readonly name: string;
  readonly userId?: number | null | undefined;
  readonly wecomUserId?: string | null | undefined;
  readonly role: StaffRole;
  readonly customerId?: number | null | undefined;
  readonly skills: readonly string[];
  readonly capacity: number;
  readonly presence: Presence;
  readonly hours?: WorkingHours | null | undefined;
}

/** What is changed of somebody; what is left out stays. */
type StaffPatch = { readonly [K in keyof StaffInput]?: StaffInput[K] | undefined } & {
  readonly hasLeft?: boolean | undefined;
};

const ADMIN = { kind: "admin" } as const;

/** Adds somebody; whoever is online is given what waits. */
export function addStaff(desk: Desk, input: StaffInput): Promise<DeskOutcome<DeskStaff>> {
  return inTurn(desk, async () => {
    const { stores, tenantId, context } = desk;
    const fault = await faultOf(desk, 0, input);
    if (fault) return fault;
    const now = context.clock.now();
    const id = await insertNumbered(stores, "rk_desk_staff", {
      tenant_id: tenantId,
      user_id: input.userId ?? null,
      wecom_user_id: input.wecomUserId ?? null,
      customer_id: input.customerId ?? null,
      name: input.name,
      role: input.role,
      skills: JSON.stringify(input.skills),
      capacity: input.capacity,
      open_tickets: 0,
      last_assigned_at: 0,
      presence: input.presence,
      hours: input.hours == null ? null : JSON.stringify(input.hours),
      version: 1,
      created_at: now,
      updated_at: now,
      left_at: null,
    });
    await dispatchWaiting(desk);
    return read(desk, id);
  });
}

async function read({ stores, tenantId }: Desk, id: number): Promise<DeskOutcome<DeskStaff>> {
  const staff = await getStaff(stores, tenantId, id);
  return staff ? done(staff) : refused("desk-staff.not-found");
}

/** Changes somebody; `hasLeft` takes their tickets back to the queue first, for the others. */
export function editStaff(
  desk: Desk,
  id: number,
  { version, hasLeft, ...patch }: SeenVersion & StaffPatch,
): Promise<DeskOutcome<DeskStaff>> {
  return inTurn(desk, async () => {
    const { stores, tenantId, context } = desk;
    const before = await getStaff(stores, tenantId, id);
    if (!before) return refused("desk-staff.not-found");
    if (version !== undefined && version !== before.version) return refused("desk.stale-version");
    const fault = await faultOf(desk, id, { ...before, ...given(patch) });
    if (fault) return fault;
    const now = context.clock.now();
    const { name, userId, wecomUserId, role, customerId, skills, capacity, presence, hours } = patch;
    const change: Updateable<DeskTables["rk_desk_staff"]> = {
      ...(name !== undefined && { name }),
      ...(userId !== undefined && { user_id: userId }),
      ...(wecomUserId !== undefined && { wecom_user_id: wecomUserId }),
      ...(role !== undefined && { role }),
      ...(customerId !== undefined && { customer_id: customerId }),
      ...(skills !== undefined && { skills: JSON.stringify(skills) }),
      ...(capacity !== undefined && { capacity }),
      ...(presence !== undefined && { presence }),
      ...(hours !== undefined && { hours: hours === null ? null : JSON.stringify(hours) }),
      ...(hasLeft !== undefined && { left_at: hasLeft ? (before.leftAt ?? now) : null }),
    };
    await deskTables(stores)
      .updateTable("rk_desk_staff")
      .set(({ eb }) => ({ ...change, version: eb("version", "+", 1), updated_at: now }))
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .execute();
    if (hasLeft || role === "customer") await giveBack(desk, id, now);
    await dispatchWaiting(desk);
    return read(desk, id);
  });
}

/** Puts everything that somebody has back into the queue, at the place that its age gives it. */
async function giveBack(desk: Desk, id: number, now: number): Promise<void> {
  const { stores, tenantId } = desk;
  const tables = deskTables(stores);
  const had = await tables
    .selectFrom("rk_tickets")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("assignee_id", "=", id)
    .where("state", "=", "assigned")
    .execute();
  if (had.length === 0) return;
  await tables
    .updateTable("rk_tickets")
    .set(({ eb }) => ({ state: "queued", assignee_id: null, version: eb("version", "+", 1), updated_at: now }))
    .where("tenant_id", "=", tenantId)
    .where("assignee_id", "=", id)
    .where("state", "=", "assigned")
    .execute();
  await tables
    .updateTable("rk_desk_staff")
    .set({ open_tickets: 0 })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .execute();
  await noteEvents(
    desk,
    ADMIN,
    had.map((ticket) => ({ ticketId: ticket.id, kind: "queued" as const, from: id })),
  );
}

function given<T extends object>(patch: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  // What is undefined is not there.
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as never;
}

async function faultOf(
  { stores, tenantId }: Desk,
  id: number,
  { userId, wecomUserId, role, customerId }: Pick<StaffInput, "userId" | "wecomUserId" | "role" | "customerId">,
) {
  const tables = deskTables(stores);
  if (userId != null) {
    const member = await tables
      .withTables<{ rk_memberships: { tenant_id: number; user_id: number } }>()
      .selectFrom("rk_memberships")
      .select("user_id")
      .where("tenant_id", "=", tenantId)
      .where("user_id", "=", userId)
      .executeTakeFirst();
    if (!member) return refused("desk-staff.no-user");
  }
  if (role === "customer" && customerId == null) return refused("desk-customer.not-found");
  if (customerId != null) {
    const customer = await tables
      .selectFrom("rk_customers")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("id", "=", customerId)
      .executeTakeFirst();
    if (!customer) return refused("desk-customer.not-found");
  }
  const taken = await tables
    .selectFrom("rk_desk_staff")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("id", "<>", id)
    .where(({ eb, or }) =>
      or([
        ...(userId == null ? [] : [eb("user_id", "=", userId)]),
        ...(wecomUserId == null ? [] : [eb("wecom_user_id", "=", wecomUserId)]),
      ]),
    )
    .executeTakeFirst();
  return taken && (userId != null || wecomUserId != null) ? refused("desk-staff.taken") : undefined;
}
