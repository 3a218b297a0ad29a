import type { RuleStatus } from "@recallkit/core";
import type { Generated } from "kysely";

export interface RuleTable {
  id: Generated<number>;
  tenant_id: number;
  name: string;
  name_search: string;
  active_name: string | null;
  status: RuleStatus;
  version: number;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
  planned_until: number;
  next_due_at: number | null;
}

export interface RuleVersionTable {
  tenant_id: number;
  rule_id: number;
  version: number;
  definition: string;
  created_at: number;
}

/** Rules and their versions. */
export interface RuleTables {
  rk_rules: RuleTable;
  rk_rule_versions: RuleVersionTable;
}
