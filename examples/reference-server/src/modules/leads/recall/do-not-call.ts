import type { Merchant } from "../merchant.js";
import { type LeadDatabase, leadTables } from "../tables.js";

/** The import key of the customer who has a mobile number; undefined: it is nobody's. */
export async function customerOfPhone(
  database: LeadDatabase,
  tenantId: number,
  phone: string,
): Promise<{ readonly id: number; readonly externalKey: string } | undefined> {
  return leadTables(database)
    .selectFrom("rk_customer_identities as i")
    .innerJoin("rk_customers as c", "c.id", "i.customer_id")
    .select(["c.id", "c.external_key as externalKey"])
    .where("i.tenant_id", "=", tenantId)
    .where("i.type", "=", "mobile")
    .where("i.value", "=", phone)
    .where("c.tenant_id", "=", tenantId)
    .executeTakeFirst();
}

/**
 * Keeps somebody from being contacted, by calls and by pushes: their number on every channel, and the customer who has it.
 * The leads of the number are handed out no more.
 */
export async function suppressPhone({ context, stores, tenantId }: Merchant, phone: string): Promise<void> {
  const { suppressions } = context.kit.forTenant(tenantId);
  await suppressions.add({ address: phone, reason: "opt_out" });
  const customer = await customerOfPhone(stores, tenantId, phone);
  if (customer) await suppressions.add({ externalKey: customer.externalKey, reason: "opt_out" });
  await leadTables(stores)
    .updateTable("rk_leads")
    .set({ state: "suppressed", next_call_at: null, consent: "refused" })
    .where("tenant_id", "=", tenantId)
    .where("phone_number", "=", phone)
    .where("deleted_at", "is", null)
    .execute();
}
