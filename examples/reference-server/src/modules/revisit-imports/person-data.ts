import type { KnownPerson, PersonData } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type ImportDatabase, importTables } from "./tables.js";

/** What files said of a person's purchases, which an erasure removes; the orders made of them stay without a name. */
export const importedPersonData: PersonData<SqlStores> = {
  name: "revisit-imports",
  async collect(stores, person) {
    const codes = await codesOf(stores, person);
    if (codes.length === 0) return undefined;
    const rows = await importTables(stores)
      .selectFrom("rk_revisit_rows")
      .select("content")
      .where("tenant_id", "=", person.tenantId)
      .where("customer_code", "in", codes)
      .where("kind", "=", "record")
      .orderBy("code")
      .execute();
    return rows.length === 0 ? undefined : { records: rows.map(({ content }) => JSON.parse(content ?? "null")) };
  },
  async erase(tx, person) {
    const codes = await codesOf(tx, person);
    if (codes.length === 0) return;
    await importTables(tx)
      .deleteFrom("rk_revisit_rows")
      .where("tenant_id", "=", person.tenantId)
      .where("customer_code", "in", codes)
      .execute();
  },
};

/** Codes of a person: their own, and those of whoever was merged into them. */
async function codesOf({ sql }: ImportDatabase, { tenantId, customerId }: KnownPerson): Promise<readonly string[]> {
  const own = await sql
    .selectFrom("rk_customers")
    .select("external_key as code")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", customerId)
    .execute();
  const merged = await sql
    .selectFrom("rk_merged_customers")
    .select("external_key as code")
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "=", customerId)
    .execute();
  return [...own, ...merged].map(({ code }) => code);
}
