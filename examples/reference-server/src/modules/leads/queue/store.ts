import { NotFoundError } from "@recallkit/core";
import { held } from "../engine.js";
import { type LeadDatabase, leadTables, type Row } from "../tables.js";

/** A lead that is not deleted. @throws {NotFoundError} `lead.not-found` */
export async function getLead(
  database: LeadDatabase,
  tenantId: number,
  id: number,
  { hold = false }: { readonly hold?: boolean } = {},
): Promise<Row<"rk_leads">> {
  const query = leadTables(database)
    .selectFrom("rk_leads")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("deleted_at", "is", null);
  const row = await (hold ? held(database, query) : query).executeTakeFirst();
  if (!row) throw new NotFoundError("lead.not-found", `no lead ${id}`);
  return row;
}

/** The lead of a number in a package. */
export async function leadOfPhone(
  database: LeadDatabase,
  tenantId: number,
  packageId: number,
  phone: string,
): Promise<Row<"rk_leads"> | undefined> {
  const query = leadTables(database)
    .selectFrom("rk_leads")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("phone_number", "=", phone)
    .where("package_id", "=", packageId)
    .where("deleted_at", "is", null)
    .orderBy("id")
    .limit(1);
  return held(database, query).executeTakeFirst();
}

/** Changes columns of a lead. */
export async function writeLead(
  database: LeadDatabase,
  tenantId: number,
  id: number,
  change: Partial<Omit<Row<"rk_leads">, "id" | "tenant_id">>,
): Promise<void> {
  await leadTables(database)
    .updateTable("rk_leads")
    .set(change)
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .execute();
}
