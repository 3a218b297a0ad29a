import type { Rule, RuleDefinition } from "@recallkit/core";
import { LATER_RULE_PARTS } from "@recallkit/core/ports";
import type { Kysely } from "kysely";
import type { Database } from "../../schema/database.js";

/** Rules as `r`, with the definition of their newest version and the names that the domain uses. */
export function ruleRows(db: Kysely<Database>) {
  return db
    .selectFrom("rk_rules as r")
    .innerJoin("rk_rule_versions as v", (join) =>
      join
        .onRef("v.tenant_id", "=", "r.tenant_id")
        .onRef("v.rule_id", "=", "r.id")
        .onRef("v.version", "=", "r.version"),
    )
    .select([
      "r.id",
      "r.tenant_id as tenantId",
      "r.name",
      "r.status",
      "r.version",
      "v.definition",
      "r.created_at as createdAt",
      "r.updated_at as updatedAt",
      "r.deleted_at as deletedAt",
      "r.planned_until as plannedUntil",
      "r.next_due_at as nextDueAt",
    ]);
}

/** A row as the domain sees it. */
export function toRule(row: Omit<Rule, "definition"> & { readonly definition: string }): Rule {
  return { ...row, definition: parseDefinition(row.definition) };
}

/** A stored definition; parts that its version of RecallKit did not know get their defaults. */
export function parseDefinition(json: string): RuleDefinition {
  // Written by insertVersion(), from the same type.
  const definition = JSON.parse(json) as RuleDefinition;
  return { ...LATER_RULE_PARTS, ...definition };
}
