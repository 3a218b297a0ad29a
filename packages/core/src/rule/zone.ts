import { DEFAULT_TIME_ZONE } from "../local-time.js";
import type { Stores } from "../ports/stores.js";
import type { Rule } from "./rule.js";

/** Zone of a rule: its own, else its tenant's. */
export async function zoneOf(stores: Stores, rule: Pick<Rule, "tenantId" | "definition">): Promise<string> {
  if (rule.definition.timeZone) return rule.definition.timeZone;
  return (await stores.tenants.get(rule.tenantId))?.timeZone ?? DEFAULT_TIME_ZONE;
}
