import { ConflictError } from "../../errors.js";
import type { RuleFilter, RuleStore } from "../../ports/rule-store.js";
import type { Rule, RuleDefinition } from "../../rule/rule.js";
import { searchForm } from "../../text.js";
import { deepFreeze } from "../freeze.js";
import { isBehind, take } from "../selection.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";

/** {@link RuleStore} in memory. Writes to a deleted rule change nothing. */
export function ruleStore(db: Database): RuleStore {
  const { rules, rulesByName, ruleVersions, ruleVersionsByNumber, ruleVersionsByRule } = db.tables;

  function addDefinition(rule: Rule): void {
    const { tenantId, id: ruleId, name, version, definition } = rule;
    if (rulesByName.count(compositeKey(tenantId, name)) > 1) {
      throw new ConflictError("rule.name-taken", "another rule of the tenant has this name");
    }
    if (ruleVersionsByNumber.find(compositeKey(tenantId, ruleId, version))) {
      throw new ConflictError("state.stale-version", `rule ${ruleId} has a version ${version}`);
    }
    ruleVersions.insert((id) => ({ id, tenantId, ruleId, version, definition, createdAt: rule.updatedAt }));
  }

  function patch(tenantId: number, ruleId: number, columns: Partial<Rule>): Rule | undefined {
    const rule = ofTenant(rules.get(ruleId), tenantId);
    return rule?.deletedAt === null ? rules.replace({ ...rule, ...columns }) : undefined;
  }

  function newestFirst(tenantId: number, filter: RuleFilter): readonly Rule[] {
    return rules
      .all()
      .filter((rule) => rule.tenantId === tenantId && rule.deletedAt === null && matches(rule, filter))
      .sort((a, b) => b.createdAt - a.createdAt || b.id - a.id);
  }

  return {
    insert: ({ tenantId, status, definition, createdAt, nextDueAt }) =>
      db.write(() => {
        const rule = rules.insert((id) => ({
          id,
          tenantId,
          name: definition.name,
          status,
          version: 1,
          definition: deepFreeze(structuredClone(definition)),
          createdAt,
          updatedAt: createdAt,
          deletedAt: null,
          plannedUntil: createdAt,
          nextDueAt,
        }));
        addDefinition(rule);
        return rule;
      }),
    get: (tenantId, ruleId) => db.read(() => ofTenant(rules.get(ruleId), tenantId)),
    version: (tenantId, ruleId, version) =>
      db.read(() => ruleVersionsByNumber.find(compositeKey(tenantId, ruleId, version))?.definition),
    versions: (tenantId, ruleId) =>
      db.read(() =>
        ruleVersionsByRule
          .rows(compositeKey(tenantId, ruleId))
          .map(({ version, definition, createdAt }) => ({ version, definition, createdAt }))
          .sort((a, b) => b.version - a.version),
      ),
    findByName: (tenantId, name) => db.read(() => rulesByName.find(compositeKey(tenantId, name))),
    list: (tenantId, filter, { offset, limit }) =>
      db.read(() => {
        const found = newestFirst(tenantId, filter);
        return { items: found.slice(offset, offset + limit), total: found.length };
      }),
    after: (tenantId, filter, after, limit) =>
      db.read(() =>
        take(
          newestFirst(tenantId, filter),
          limit,
          ({ createdAt: at, id }) => after === null || isBehind({ at, id }, after),
        ),
      ),
    addVersion: ({ tenantId, id, version, definition, updatedAt }) =>
      db.write(() => {
        const own: RuleDefinition = deepFreeze(structuredClone(definition));
        const rule = patch(tenantId, id, { name: own.name, version, definition: own, updatedAt });
        if (rule) addDefinition(rule);
      }),
    setStatus: (tenantId, ruleId, status, updatedAt) =>
      db.write(() => void patch(tenantId, ruleId, { status, updatedAt })),
    softDelete: (tenantId, ruleId, deletedAt) => db.write(() => void patch(tenantId, ruleId, { deletedAt })),
    due: (now, limit) =>
      db.read(() =>
        rules
          .all()
          .flatMap((rule) => (rule.deletedAt === null && rule.nextDueAt !== null ? { rule, at: rule.nextDueAt } : []))
          .filter(({ at }) => at <= now)
          .sort((a, b) => a.at - b.at || a.rule.id - b.rule.id)
          .slice(0, limit)
          .map(({ rule }) => rule),
      ),
    setPlanned: (tenantId, ruleId, plannedUntil, nextDueAt) =>
      db.write(() => void patch(tenantId, ruleId, { plannedUntil, nextDueAt })),
  };
}

function matches(rule: Rule, { search, createdFrom, createdTo }: RuleFilter): boolean {
  return (
    (search === undefined || searchForm(rule.name).includes(searchForm(search))) &&
    (createdFrom === undefined || rule.createdAt >= createdFrom) &&
    (createdTo === undefined || rule.createdAt < createdTo)
  );
}
