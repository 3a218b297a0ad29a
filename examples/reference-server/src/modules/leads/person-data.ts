import type { KnownPerson, PersonData } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type LeadDatabase, leadTables } from "./tables.js";

/**
 * Leads and calls of somebody's mobile number. An erasure takes number, name and words away and hands the lead out no more; the
 * call itself stays, so that no count changes.
 */
export const leadsPersonData: PersonData<SqlStores> = {
  name: "leads",
  async collect(stores, person) {
    const ids = await leadIds(stores, person);
    const phone = person.identities.mobile;
    if (phone === undefined && ids.length === 0) return undefined;
    const db = leadTables(stores);
    const leads = ids.length === 0 ? [] : await db.selectFrom("rk_leads").selectAll().where("id", "in", ids).execute();
    const calls = await callsOf(stores, person).orderBy("id").execute();
    if (leads.length === 0 && calls.length === 0) return undefined;
    const tags =
      calls.length === 0
        ? []
        : await db
            .selectFrom("rk_call_tags")
            .select(["call_id", "tag_name", "tag_value"])
            .where("tenant_id", "=", person.tenantId)
            .where(
              "call_id",
              "in",
              calls.map(({ id }) => id),
            )
            .orderBy("id")
            .execute();
    return { leads, calls, tags };
  },
  async events(stores, person) {
    const ids = await leadIds(stores, person);
    const leads =
      ids.length === 0
        ? []
        : await leadTables(stores)
            .selectFrom("rk_leads")
            .select(["id", "package_id", "state", "created_at"])
            .where("tenant_id", "=", person.tenantId)
            .where("id", "in", ids)
            .execute();
    const calls = person.identities.mobile === undefined ? [] : await callsOf(stores, person).execute();
    return [
      ...leads.map(({ id, package_id: packageId, state, created_at: at }) => ({
        kind: "lead",
        id: String(id),
        at,
        sentence: { zh: `线索 ${id} 进入数据包 ${packageId}`, en: `lead ${id} came into package ${packageId}` },
        facts: { lead_id: id, package_id: packageId, state },
      })),
      ...calls.map(({ id, result, call_time: at }) => ({
        kind: "call",
        id: String(id),
        at,
        sentence: { zh: `外呼通话 ${id}：${result}`, en: `call ${id}: ${result}` },
        facts: { call_id: id, result },
      })),
    ];
  },
  async merge(tx, { tenantId, intoId, fromId }) {
    await leadTables(tx)
      .updateTable("rk_leads")
      .set({ customer_id: intoId })
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", fromId)
      .execute();
  },
  async erase(tx, person) {
    const ids = await leadIds(tx, person);
    const db = leadTables(tx);
    for (const id of ids) {
      await db
        .updateTable("rk_leads")
        .set({
          phone_number: `erased:${id}`,
          active_phone: null,
          customer_id: null,
          name: "",
          company: "",
          region: "",
          state: "suppressed",
          next_call_at: null,
        })
        .where("tenant_id", "=", person.tenantId)
        .where("id", "=", id)
        .execute();
    }
    if (person.identities.mobile === undefined) return;
    await db
      .updateTable("rk_calls")
      .set({ phone_number: null, customer_name: "", company: "", notes: "" })
      .where("tenant_id", "=", person.tenantId)
      .where("phone_number", "=", person.identities.mobile)
      .execute();
  },
};

/** Leads of the person's number, and those that were made of the customer. */
async function leadIds(database: LeadDatabase, { tenantId, customerId, identities }: KnownPerson) {
  const rows = await leadTables(database)
    .selectFrom("rk_leads")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where(({ eb, or }) =>
      or([
        eb("customer_id", "=", customerId),
        ...(identities.mobile === undefined ? [] : [eb("phone_number", "=", identities.mobile)]),
      ]),
    )
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => id);
}

function callsOf(database: LeadDatabase, { tenantId, identities }: KnownPerson) {
  return leadTables(database)
    .selectFrom("rk_calls")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("phone_number", "=", identities.mobile ?? "");
}
