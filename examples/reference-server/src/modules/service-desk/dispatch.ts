import { sql } from "kysely";
import { type Desk, isAtWork } from "./context.js";
import type { DeskStaff } from "./desk.js";
import { addLoad, dispatchable } from "./staff/store.js";
import { deskTables, type Row } from "./tables.js";
import { noteEvents } from "./tickets/store.js";

/** Tickets that one turn looks at. */
const AT_ONCE = 50;
/** Plans that one turn makes: a second one only where somebody's room was gone before the first was written. */
const MOST_PLANS = 3;

type Waiting = Pick<Row<"rk_tickets">, "id" | "customer_id" | "project_id" | "skill">;

/** What a turn knows beyond the rows. */
interface Wishes {
  /** Who should not get a ticket again, by ticket. */
  readonly avoid?: ReadonlyMap<number, number>;
  /** Who had it before, by ticket. */
  readonly prefer?: ReadonlyMap<number, number>;
}

/**
 * Gives waiting tickets to people: the most urgent first, then who has waited longest. Of those who are at work, have the skill
 * and have room, the owner of the project or of the customer comes first, then who has the least to do for what they can take. Who
 * has to be in the desk's turn.
 *
 * @returns who got what, by ticket
 */
export async function dispatchWaiting(desk: Desk, wishes: Wishes = {}): Promise<ReadonlyMap<number, number>> {
  const { stores, tenantId, context } = desk;
  const given = new Map<number, number>();
  for (let plan = 0; plan < MOST_PLANS; plan += 1) {
    const now = context.clock.now();
    const people = (await dispatchable(stores, tenantId)).filter((who) => isAtWork(desk, who, now));
    if (people.length === 0) break;
    const waiting = await waitingTickets(desk, people);
    if (waiting.length === 0) break;
    const wanted = planned(waiting, people, await owners(desk, waiting), wishes);
    const written = await claimed(desk, wanted, now);
    for (const [ticketId, staffId] of written) given.set(ticketId, staffId);
    if (written.size === wanted.size && waiting.length < AT_ONCE) break;
  }
  await noteEvents(
    desk,
    { kind: "admin" },
    [...given].map(([ticketId, to]) => ({ ticketId, kind: "assigned", to })),
  );
  return given;
}

/** The queue as far as somebody of these could take what is in it. */
function waitingTickets({ stores, tenantId }: Desk, people: readonly DeskStaff[]): Promise<readonly Waiting[]> {
  const skills = [...new Set(people.flatMap((who) => who.skills))];
  return deskTables(stores)
    .selectFrom("rk_tickets")
    .select(["id", "customer_id", "project_id", "skill"])
    .where("tenant_id", "=", tenantId)
    .where("state", "=", "queued")
    .where(({ eb, or }) => or([eb("skill", "is", null), ...(skills.length > 0 ? [eb("skill", "in", skills)] : [])]))
    .orderBy("priority", "desc")
    .orderBy("queued_at")
    .orderBy("id")
    .limit(AT_ONCE)
    .execute();
}

/** Whose a ticket is already: the owner of its project, and employees whose customer it is. */
async function owners({ stores, tenantId }: Desk, tickets: readonly Waiting[]) {
  const tables = deskTables(stores);
  const projectIds = tickets.flatMap(({ project_id }) => project_id ?? []);
  const customerIds = tickets.flatMap(({ customer_id }) => customer_id ?? []);
  const projects =
    projectIds.length === 0
      ? []
      : await tables
          .selectFrom("rk_projects")
          .select(["id", "owner_id"])
          .where("tenant_id", "=", tenantId)
          .where("id", "in", projectIds)
          .execute();
  const bindings =
    customerIds.length === 0
      ? []
      : await tables
          .selectFrom("rk_desk_bindings")
          .select(["customer_id", "staff_id"])
          .where("tenant_id", "=", tenantId)
          .where("customer_id", "in", customerIds)
          .where("ended_at", "=", 0)
          .execute();
  const ownerOf = new Map(projects.map(({ id, owner_id }) => [id, owner_id]));
  return (ticket: Waiting): readonly number[] => {
    const owner = ownerOf.get(ticket.project_id ?? 0);
    const bound = bindings.filter((row) => row.customer_id === ticket.customer_id).map((row) => row.staff_id);
    return owner == null ? bound : [owner, ...bound];
  };
}

/** Who gets what, if everybody has the room that was read. */
function planned(
  tickets: readonly Waiting[],
  people: readonly (DeskStaff & { readonly lastAssignedAt: number })[],
  ownersOf: (ticket: Waiting) => readonly number[],
  { avoid, prefer }: Wishes,
): ReadonlyMap<number, number> {
  const load = new Map(people.map((who) => [who.id, who.load]));
  const loadOf = (who: DeskStaff) => load.get(who.id) ?? 0;
  const plan = new Map<number, number>();
  for (const ticket of tickets) {
    const own = [...(prefer?.has(ticket.id) ? [prefer.get(ticket.id)] : []), ...ownersOf(ticket)];
    const rank = (who: DeskStaff) => {
      const at = own.indexOf(who.id);
      return at < 0 ? own.length : at;
    };
    const [best] = people
      .filter((who) => loadOf(who) < who.capacity && avoid?.get(ticket.id) !== who.id)
      .filter((who) => ticket.skill === null || who.skills.includes(ticket.skill))
      .sort(
        (a, b) =>
          rank(a) - rank(b) ||
          loadOf(a) * b.capacity - loadOf(b) * a.capacity ||
          a.lastAssignedAt - b.lastAssignedAt ||
          a.id - b.id,
      );
    if (!best) continue;
    load.set(best.id, loadOf(best) + 1);
    plan.set(ticket.id, best.id);
  }
  return plan;
}

/** Writes a plan as far as it can be: one statement for each person claims their room, one gives the tickets out. */
async function claimed(
  desk: Desk,
  plan: ReadonlyMap<number, number>,
  now: number,
): Promise<ReadonlyMap<number, number>> {
  const { stores, tenantId } = desk;
  const byStaff = new Map<number, number>();
  for (const staffId of plan.values()) byStaff.set(staffId, (byStaff.get(staffId) ?? 0) + 1);
  const granted = new Set<number>();
  for (const [staffId, count] of [...byStaff].sort(([a], [b]) => a - b)) {
    if (await addLoad(stores, tenantId, staffId, { count, now, mustBeOnline: true })) granted.add(staffId);
  }
  const written = new Map([...plan].filter(([, staffId]) => granted.has(staffId)));
  if (written.size === 0) return written;
  const cases = sql.join(
    [...written].map(([id, staffId]) => sql`when ${id} then cast(${staffId} as ${integer(desk)})`),
    sql` `,
  );
  await deskTables(stores)
    .updateTable("rk_tickets")
    .set(({ eb }) => ({
      state: "assigned",
      assignee_id: sql<number>`case id ${cases} end`,
      version: eb("version", "+", 1),
      updated_at: now,
    }))
    .where("tenant_id", "=", tenantId)
    .where("id", "in", [...written.keys()])
    .where("state", "=", "queued")
    .execute();
  return written;
}

/** What a number is cast to: parameters of a CASE have no type of their own everywhere. */
function integer({ stores }: Desk) {
  return stores.sql.getExecutor().adapter.supportsReturning ? sql`bigint` : sql`signed`;
}
