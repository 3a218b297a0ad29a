import type * as z from "zod";
import { type LeadDatabase, leadTables, type Row } from "../tables.js";
import type { leadsExportQuery, leadsQuery } from "./schema.js";

type Filter = z.output<typeof leadsExportQuery>;

function leadsOf(database: LeadDatabase, tenantId: number, packageId: number, { state, region }: Filter) {
  let query = leadTables(database)
    .selectFrom("rk_leads")
    .where("tenant_id", "=", tenantId)
    .where("package_id", "=", packageId)
    .where("deleted_at", "is", null);
  if (state !== undefined) query = query.where("state", "=", state);
  if (region !== undefined) query = query.where("region", "=", region);
  return query;
}

/** One page of a package's leads, the first ones first. */
export async function listLeads(
  database: LeadDatabase,
  tenantId: number,
  packageId: number,
  { page = 1, page_size: size = 50, ...filter }: z.output<typeof leadsQuery>,
) {
  const found = leadsOf(database, tenantId, packageId, filter);
  const { total } = await found.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
  const rows = await found
    .selectAll()
    .orderBy("id")
    .limit(size)
    .offset((page - 1) * size)
    .execute();
  return { rows, total: Number(total), page, size };
}

/** A page of an export: in the order of ids. */
export async function leadsAfter(
  database: LeadDatabase,
  tenantId: number,
  packageId: number,
  { filter, after, limit }: { readonly filter: Filter; readonly after: number; readonly limit: number },
): Promise<readonly Row<"rk_leads">[]> {
  return leadsOf(database, tenantId, packageId, filter)
    .selectAll()
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
}
