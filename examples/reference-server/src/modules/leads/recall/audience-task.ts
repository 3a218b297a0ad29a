import type { AudienceSource } from "@recallkit/core";
import type { Merchant } from "../merchant.js";
import { createPackage } from "../packages/service.js";
import { loadLeads, type NewLead } from "../queue/load-leads.js";
import { leadTables, type Row } from "../tables.js";
import { createTask } from "../tasks/service.js";

/** What an audience became. */
export interface AudienceTask {
  readonly task: Row<"rk_dial_tasks">;
  readonly members: number;
  /** Members without a mobile number. */
  readonly unreachable: number;
  readonly inserted: number;
  readonly duplicates: number;
  readonly suppressed: number;
}

const AT_ONCE = 500;

/** Makes a package of the people whom a rule or a segment means now, with a task that calls them. */
export async function taskOfAudience(
  merchant: Merchant,
  source: AudienceSource,
  { name }: { readonly name: string },
): Promise<AudienceTask> {
  const { stores, tenantId, context } = merchant;
  return stores.transaction(async () => {
    const { id: packageId } = await createPackage(merchant, {
      name,
      source: "recall",
      industry: "",
      region: "",
      total_leads: 0,
      cost_per_lead: 0,
    });
    const counts = { members: 0, unreachable: 0, inserted: 0, duplicates: 0, suppressed: 0 };
    const load = async (ids: readonly number[]) => {
      if (ids.length === 0) return;
      const leads = await leadsOf(merchant, ids);
      const loaded = await loadLeads(merchant, packageId, leads);
      counts.members += ids.length;
      counts.unreachable += ids.length - leads.length;
      counts.inserted += loaded.inserted;
      counts.duplicates += loaded.duplicates;
      counts.suppressed += loaded.suppressed;
    };
    let ids: number[] = [];
    for await (const { customerId } of context.kit.forTenant(tenantId).audience.resolve(source)) {
      ids.push(customerId);
      if (ids.length < AT_ONCE) continue;
      await load(ids);
      ids = [];
    }
    await load(ids);
    const size = { total_leads: counts.inserted, valid_leads: counts.inserted - counts.duplicates - counts.suppressed };
    await leadTables(stores)
      .updateTable("rk_lead_packages")
      .set(size)
      .where("tenant_id", "=", tenantId)
      .where("id", "=", packageId)
      .execute();
    const task = await createTask(merchant, packageId, { task_name: name, description: "", status: "pending" });
    return { task, ...counts };
  });
}

/** People as leads: those who have a mobile number. */
async function leadsOf({ stores, tenantId }: Merchant, ids: readonly number[]): Promise<readonly NewLead[]> {
  const rows = await leadTables(stores)
    .selectFrom("rk_customer_identities as i")
    .innerJoin("rk_customers as c", "c.id", "i.customer_id")
    .select(["i.value as phone", "c.name"])
    .where("i.tenant_id", "=", tenantId)
    .where("c.tenant_id", "=", tenantId)
    .where("i.type", "=", "mobile")
    .where("i.customer_id", "in", [...ids])
    .execute();
  return rows.map(({ phone, name }) => {
    return { phone, name: name ?? "", company: "", region: "", timeZone: undefined, consent: "unknown" as const };
  });
}
