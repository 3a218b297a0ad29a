import { ConflictError } from "@recallkit/core";
import { type ExpressionBuilder, sql } from "kysely";
import { heldIfFree } from "../engine.js";
import type { Merchant } from "../merchant.js";
import { type LeadDatabase, type LeadTables, leadTables, type Row } from "../tables.js";
import { getTask, writeTask } from "../tasks/store.js";
import { hasEnded, stateOf } from "../tasks/task.js";
import { type CallingHours, DEFAULT_CALLING_HOURS, mayCall } from "./calling-hours.js";
import { getLead, writeLead } from "./store.js";

/** How long a lead stays with an agent who says nothing more, ms. */
const LEASE_MS = 120_000;

/** A lead for an agent; or why there is none, and from when on there may be one. */
export type NextLead =
  | { readonly lead: Row<"rk_leads"> }
  | { readonly lead: null; readonly reason: "empty" | "later" | "calling-hours"; readonly nextAt: number | null };

/**
 * Hands the next lead of a task to an agent: call-backs that are due first, then who has waited longest. Nobody else gets it
 * until it was called or the lease ends; a lease that ends puts it back. People who want no contact are passed over, and those
 * where it is not the time of day.
 *
 * @throws {ConflictError} `dial-task.ended`
 */
export async function nextLead(
  { stores, tenantId, context, actor }: Merchant,
  taskId: number,
  {
    hours = DEFAULT_CALLING_HOURS,
    leaseMs = LEASE_MS,
  }: { readonly hours?: CallingHours; readonly leaseMs?: number } = {},
): Promise<NextLead> {
  return stores.transaction(async () => {
    const now = context.clock.now();
    const task = await getTask(stores, tenantId, taskId);
    if (hasEnded(task)) throw new ConflictError("dial-task.ended", `dial task ${taskId} has ended`);
    const packageId = task.package_id;
    const closed = new Set<string>();
    const due = { packageId, now, isOpen: (zone: string) => mayCall(hours, zone, now), closed };
    const found =
      (await firstDue(stores, tenantId, "callback", due)) ?? (await firstDue(stores, tenantId, "ready", due));
    if (!found) return noLead(stores, tenantId, packageId, now);
    const leaseUntil = now + leaseMs;
    await writeLead(stores, tenantId, found.id, {
      lease_owner: actor,
      lease_until: leaseUntil,
      lease_epoch: found.lease_epoch + 1,
      // The end of the lease is when the next one may have it, unless it is called before.
      next_call_at: leaseUntil,
      updated_at: now,
    });
    if (stateOf(task) === "pending")
      await writeTask(stores, tenantId, taskId, { status: "in_progress", updated_at: now });
    return { lead: await getLead(stores, tenantId, found.id) };
  });
}

/** The first lead of a state that is due where people may be called now; each statement walks an index up to it. */
async function firstDue(
  database: LeadDatabase,
  tenantId: number,
  state: "callback" | "ready",
  {
    packageId,
    now,
    isOpen,
    closed,
  }: {
    readonly packageId: number;
    readonly now: number;
    readonly isOpen: (zone: string) => boolean;
    /** Zones that were seen to be closed. */
    readonly closed: Set<string>;
  },
): Promise<Row<"rk_leads"> | undefined> {
  for (;;) {
    let query = leadTables(database)
      .selectFrom("rk_leads")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where("package_id", "=", packageId)
      .where("state", "=", state)
      .where("next_call_at", "<=", now)
      .where(mayBeContacted)
      .orderBy("next_call_at")
      .orderBy("id")
      .limit(1);
    if (closed.size > 0) query = query.where("time_zone", "not in", [...closed]);
    const found = await heldIfFree(database, query).executeTakeFirst();
    if (!found || isOpen(found.time_zone)) return found;
    closed.add(found.time_zone);
  }
}

/** Not those who are suppressed for calls or for every channel, by number or as customers. */
function mayBeContacted(eb: ExpressionBuilder<LeadTables, "rk_leads">) {
  const suppressed = sql`select 1 from ${sql.table("rk_suppressions")} as s
    where s.tenant_id = rk_leads.tenant_id and s.channel in ('*', 'call') and s.address = rk_leads.phone_number`;
  const asCustomer = sql`select 1 from ${sql.table("rk_suppressions")} as s
    join ${sql.table("rk_customer_identities")} as i on i.tenant_id = s.tenant_id and i.customer_id = s.customer_id
    where i.tenant_id = rk_leads.tenant_id and i.type = 'mobile' and i.value = rk_leads.phone_number
      and s.channel in ('*', 'call')`;
  return eb.and([sql<boolean>`not exists (${suppressed})`, sql<boolean>`not exists (${asCustomer})`]);
}

async function noLead(database: LeadDatabase, tenantId: number, packageId: number, now: number): Promise<NextLead> {
  const { next } = await leadTables(database)
    .selectFrom("rk_leads")
    .select(({ fn }) => fn.min("next_call_at").as("next"))
    .where("tenant_id", "=", tenantId)
    .where("package_id", "=", packageId)
    .where("next_call_at", "is not", null)
    .executeTakeFirstOrThrow();
  if (next === null) return { lead: null, reason: "empty", nextAt: null };
  if (Number(next) > now) return { lead: null, reason: "later", nextAt: Number(next) };
  return { lead: null, reason: "calling-hours", nextAt: null };
}

/** Keeps a lead for longer. @throws {ConflictError} `lead.lease-lost` */
export async function keepLead(
  { stores, tenantId, context, actor }: Merchant,
  id: number,
  lease: number,
  leaseMs = LEASE_MS,
): Promise<Row<"rk_leads">> {
  const until = context.clock.now() + leaseMs;
  return moved({ stores, tenantId, actor }, id, lease, { lease_until: until, next_call_at: until });
}

/** Puts a lead back for the next one at once. @throws {ConflictError} `lead.lease-lost` */
export async function releaseLead(
  { stores, tenantId, context, actor }: Merchant,
  id: number,
  lease: number,
): Promise<Row<"rk_leads">> {
  return moved({ stores, tenantId, actor }, id, lease, {
    lease_owner: null,
    lease_until: null,
    next_call_at: context.clock.now(),
  });
}

async function moved(
  { stores, tenantId, actor }: Pick<Merchant, "stores" | "tenantId" | "actor">,
  id: number,
  lease: number,
  change: Partial<Row<"rk_leads">>,
): Promise<Row<"rk_leads">> {
  await getLead(stores, tenantId, id);
  const { numUpdatedRows } = await leadTables(stores)
    .updateTable("rk_leads")
    .set(change)
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("lease_epoch", "=", lease)
    .where("lease_owner", "=", actor)
    .where("next_call_at", "is not", null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new ConflictError("lead.lease-lost", `lead ${id} is not with you any more`);
  return getLead(stores, tenantId, id);
}
