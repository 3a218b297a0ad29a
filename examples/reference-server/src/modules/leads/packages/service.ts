import { ConflictError, InputError } from "@recallkit/core";
import { searchForm } from "@recallkit/core/ports";
import type * as z from "zod";
import { deleteCalls } from "../calls/delete-calls.js";
import { insertNumbered } from "../engine.js";
import { minorIn } from "../fields.js";
import type { Merchant } from "../merchant.js";
import { promoteDuplicates } from "../queue/load-leads.js";
import { leadTables, type Row } from "../tables.js";
import type { createPackageBody, editPackageBody } from "./schema.js";
import { getPackage } from "./store.js";

/** Adds a package. */
export async function createPackage(
  { stores, tenantId, currency, context }: Merchant,
  body: z.output<typeof createPackageBody>,
): Promise<Row<"rk_lead_packages">> {
  const now = context.clock.now();
  const { name, source, industry, region, total_leads, valid_leads = total_leads, cost_per_lead, total_cost } = body;
  const id = await insertNumbered(stores, "rk_lead_packages", {
    tenant_id: tenantId,
    name,
    name_search: searchForm(name),
    source,
    industry,
    region,
    total_leads,
    valid_leads,
    cost_per_lead_minor: minorIn(cost_per_lead, currency, "cost_per_lead"),
    total_cost_minor: total_cost == null ? null : minorIn(total_cost, currency, "total_cost"),
    total_calls: 0,
    connected_calls: 0,
    interested_calls: 0,
    total_duration: 0,
    created_at: now,
    updated_at: now,
    deleted_at: null,
  });
  return getPackage(stores, tenantId, id);
}

/** Changes what is given of a package. @throws {InputError} more valid leads than there are */
export async function editPackage(
  { stores, tenantId, currency, context }: Merchant,
  id: number,
  body: z.output<typeof editPackageBody>,
): Promise<Row<"rk_lead_packages">> {
  return stores.transaction(async () => {
    const before = await getPackage(stores, tenantId, id, { hold: true });
    const { name, source, industry, region, total_leads, valid_leads, cost_per_lead, total_cost } = body;
    const change = {
      ...(name !== undefined && { name, name_search: searchForm(name) }),
      ...(source !== undefined && { source }),
      ...(industry !== undefined && { industry }),
      ...(region !== undefined && { region }),
      ...(total_leads !== undefined && { total_leads }),
      ...(valid_leads !== undefined && { valid_leads }),
      ...(cost_per_lead !== undefined && { cost_per_lead_minor: minorIn(cost_per_lead, currency, "cost_per_lead") }),
      ...(total_cost !== undefined && { total_cost_minor: costIn(before, body, total_cost, currency) }),
    };
    const after = { ...before, ...change };
    if (after.valid_leads > after.total_leads) {
      const path = valid_leads === undefined ? "total_leads" : "valid_leads";
      throw new InputError([
        { path, code: "lead-package.valid-leads", message: "valid_leads must not be more than total_leads" },
      ]);
    }
    await leadTables(stores)
      .updateTable("rk_lead_packages")
      .set({ ...change, updated_at: context.clock.now() })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .execute();
    return getPackage(stores, tenantId, id);
  });
}

/** A total that was computed stays computed when it is sent back as it was read. */
function costIn(
  before: Row<"rk_lead_packages">,
  { total_leads, cost_per_lead }: z.output<typeof editPackageBody>,
  total: number | null,
  currency: string,
): number | null {
  if (total === null) return null;
  const minor = minorIn(total, currency, "total_cost");
  if (before.total_cost_minor !== null) return minor;
  const each =
    cost_per_lead === undefined ? before.cost_per_lead_minor : minorIn(cost_per_lead, currency, "cost_per_lead");
  const isComputed = [
    before.total_leads * before.cost_per_lead_minor,
    (total_leads ?? before.total_leads) * each,
  ].includes(minor);
  return isComputed ? null : minor;
}

/** Deletes a package: what it holds goes only when that was asked for. @throws {ConflictError} `lead-package.has-children` */
export async function deletePackage(
  { stores, tenantId, context }: Merchant,
  id: number,
  isCascade: boolean,
): Promise<void> {
  await stores.transaction(async () => {
    await getPackage(stores, tenantId, id, { hold: true });
    const db = leadTables(stores);
    const children = async (table: "rk_dial_tasks" | "rk_leads") =>
      db
        .selectFrom(table)
        .select("id")
        .where("tenant_id", "=", tenantId)
        .where("package_id", "=", id)
        .where("deleted_at", "is", null)
        .limit(1)
        .executeTakeFirst();
    if (!isCascade && ((await children("rk_dial_tasks")) || (await children("rk_leads")))) {
      throw new ConflictError("lead-package.has-children", `lead package ${id} has tasks or leads`);
    }
    const at = context.clock.now();
    await deleteCalls(stores, tenantId, { packageId: id }, at);
    const gone = { deleted_at: at, updated_at: at };
    await db
      .updateTable("rk_leads")
      .set({ ...gone, active_phone: null, next_call_at: null, lease_owner: null, lease_until: null })
      .where("tenant_id", "=", tenantId)
      .where("package_id", "=", id)
      .where("deleted_at", "is", null)
      .execute();
    await promoteDuplicates(stores, tenantId, id, at);
    await db
      .updateTable("rk_dial_tasks")
      .set(gone)
      .where("tenant_id", "=", tenantId)
      .where("package_id", "=", id)
      .where("deleted_at", "is", null)
      .execute();
    await db.updateTable("rk_lead_packages").set(gone).where("tenant_id", "=", tenantId).where("id", "=", id).execute();
  });
}
