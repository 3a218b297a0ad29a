import type { Read } from "../instant.js";
import { cursorToPosition, type Page, pageBy, pageLimit } from "../page.js";
import type { Stores } from "../ports/stores.js";
import type { Rule } from "./rule.js";
import type { RuleListOptions } from "./rule-filter.js";

/** A page of the rules that are not deleted, newest first. */
export async function listRules(
  stores: Stores,
  tenantId: number,
  { cursor, limit, ...filter }: Read<RuleListOptions>,
): Promise<Page<Rule>> {
  const size = pageLimit({ limit });
  const rules = await stores.rules.after(tenantId, filter, cursorToPosition(cursor), size + 1);
  return pageBy(rules, size, ({ createdAt, id }) => `${createdAt}:${id}`);
}
