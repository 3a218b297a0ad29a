import type { Rule, RuleVersion } from "../../rule/rule.js";
import type { Journal } from "../journal.js";
import { compositeKey, createTable, type Row } from "../table.js";

export interface RuleVersionRow extends Row, RuleVersion {
  readonly ruleId: number;
}

/** Rules and their versions. */
export function ruleTables(journal: Journal) {
  const rules = createTable<Rule>(journal);
  const ruleVersions = createTable<RuleVersionRow>(journal);
  return {
    rules,
    // A deleted rule frees its name.
    rulesByName: rules.indexBy((row) => (row.deletedAt === null ? [compositeKey(row.tenantId, row.name)] : [])),
    ruleVersions,
    ruleVersionsByRule: ruleVersions.indexBy((row) => [compositeKey(row.tenantId, row.ruleId)]),
    ruleVersionsByNumber: ruleVersions.indexBy((row) => [compositeKey(row.tenantId, row.ruleId, row.version)]),
  };
}
