import type { Occurrence } from "../delivery/occurrence.js";
import { RecallKitError } from "../errors.js";
import type { Stores } from "../ports/stores.js";
import type { RuleDefinition } from "./rule.js";

/** The rule version that an occurrence was planned from. */
export async function definitionOf(
  stores: Stores,
  occurrence: Pick<Occurrence, "tenantId" | "ruleId" | "ruleVersion">,
): Promise<RuleDefinition> {
  const definition = await stores.rules.version(occurrence.tenantId, occurrence.ruleId, occurrence.ruleVersion);
  if (!definition)
    throw new RecallKitError(
      "rule.version-missing",
      `rule ${occurrence.ruleId} has no version ${occurrence.ruleVersion}`,
    );
  return definition;
}
