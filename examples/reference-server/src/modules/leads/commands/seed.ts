import { CALL_RESULTS, type CallResult } from "../calls/call.js";
import { createCallBody } from "../calls/schema.js";
import { recordCall } from "../calls/service.js";
import type { Merchant } from "../merchant.js";
import { createPackageBody } from "../packages/schema.js";
import { createPackage } from "../packages/service.js";
import { loadLeads } from "../queue/load-leads.js";
import { leadTables } from "../tables.js";
import { createTaskBody } from "../tasks/schema.js";
import { createTask } from "../tasks/service.js";

const PACKAGES = [
  {
    name: "华东科技企业",
    source: "线上渠道",
    industry: "科技",
    region: "江苏",
    total_leads: 30,
    valid_leads: 27,
    cost_per_lead: 2.5,
  },
  {
    name: "华南教育机构",
    source: "展会",
    industry: "教育",
    region: "广东",
    total_leads: 20,
    valid_leads: 20,
    cost_per_lead: 1.8,
  },
];
const HOUR_MS = 3_600_000;

/** What was made; all zero where there were packages already. */
export interface Seeded {
  readonly packages: number;
  readonly tasks: number;
  readonly leads: number;
  readonly calls: number;
}

/** Fills a tenant without packages with two of them, their leads and a few days of calls; numbers that nobody has. */
export async function seedLeads(merchant: Merchant): Promise<Seeded> {
  const { stores, tenantId, context } = merchant;
  const counts = { packages: 0, tasks: 0, leads: 0, calls: 0 };
  const some = await leadTables(stores)
    .selectFrom("rk_lead_packages")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .limit(1)
    .executeTakeFirst();
  if (some) return counts;
  for (const [at, told] of PACKAGES.entries()) {
    await stores.transaction(async () => {
      const { id: packageId } = await createPackage(merchant, createPackageBody.parse(told));
      const { id: taskId } = await createTask(merchant, packageId, createTaskBody.parse({ task_name: "首轮外呼" }));
      const phones = Array.from(
        { length: told.valid_leads },
        (_, n) => `+86199${String(at * 1000 + n).padStart(8, "0")}`,
      );
      const leads = phones.map((phone) => {
        return { phone, name: "", company: "", region: told.region, timeZone: undefined, consent: "unknown" as const };
      });
      const { inserted } = await loadLeads(merchant, packageId, leads);
      const called = phones.slice(0, Math.floor(phones.length / 2));
      for (const [n, phone] of called.entries()) {
        // Every second call is answered; every fourth answer is of interest.
        const result: CallResult = n % 2 === 0 ? "connected" : (CALL_RESULTS[1 + (n % 4)] ?? "busy");
        const isTalk = result === "connected";
        const call = {
          phone_number: phone,
          call_time: context.clock.now() - (called.length - n) * 3 * HOUR_MS,
          duration: isTalk ? 40 + n * 7 : 0,
          result,
          agent: n % 2 === 0 ? "坐席一" : "坐席二",
          tags: isTalk ? [{ tag_name: "interest_level", tag_value: n % 8 === 0 ? "high" : "low" }] : [],
        };
        await recordCall(merchant, taskId, createCallBody.parse(call));
      }
      counts.packages += 1;
      counts.tasks += 1;
      counts.leads += inserted;
      counts.calls += called.length;
    });
  }
  return counts;
}
