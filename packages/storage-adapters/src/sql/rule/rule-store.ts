import { ConflictError, type RuleDefinition } from "@recallkit/core";
import { type RuleFilter, type RuleStore, searchForm } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import type { SqlContext } from "../context.js";
import { isBehind } from "../is-behind.js";
import { isOfTenant } from "../is-of-tenant.js";
import { holdRow } from "../row-lock.js";
import { holdsText } from "./name-search.js";
import { parseDefinition, ruleRows, toRule } from "./rule-rows.js";

/** Rules and their versions in SQL. */
export function ruleStore(context: SqlContext): RuleStore {
  const { db, dialect } = context;

  const update = (tenantId: number, ruleId: number, tx = db) =>
    tx.updateTable("rk_rules").where(isOfTenant(tenantId)).where("id", "=", ruleId).where("deleted_at", "is", null);

  return {
    async get(tenantId, ruleId, lock) {
      await holdRow(context, "rk_rules", { tenantId, id: ruleId }, lock);
      const row = await ruleRows(db).where("r.tenant_id", "=", tenantId).where("r.id", "=", ruleId).executeTakeFirst();
      return row && toRule(row);
    },
    insert: ({ tenantId, status, definition, createdAt, nextDueAt }) =>
      context.atomic((tx) =>
        refusingTaken(context, async () => {
          const id = await dialect.insertRow(tx, "rk_rules", {
            tenant_id: tenantId,
            ...nameColumns(definition),
            status,
            version: 1,
            created_at: createdAt,
            updated_at: createdAt,
            deleted_at: null,
            planned_until: createdAt,
            next_due_at: nextDueAt,
          });
          await insertVersion(tx, { tenantId, id, version: 1, definition, updatedAt: createdAt });
          return {
            id,
            tenantId,
            name: definition.name,
            status,
            version: 1,
            definition,
            createdAt,
            updatedAt: createdAt,
            deletedAt: null,
            plannedUntil: createdAt,
            nextDueAt,
          };
        }),
      ),
    async version(tenantId, ruleId, version) {
      const row = await db
        .selectFrom("rk_rule_versions")
        .select("definition")
        .where("tenant_id", "=", tenantId)
        .where("rule_id", "=", ruleId)
        .where("version", "=", version)
        .executeTakeFirst();
      return row && parseDefinition(row.definition);
    },
    async versions(tenantId, ruleId) {
      const rows = await db
        .selectFrom("rk_rule_versions")
        .select(["version", "definition", "created_at as createdAt"])
        .where("tenant_id", "=", tenantId)
        .where("rule_id", "=", ruleId)
        .orderBy("version", "desc")
        .execute();
      return rows.map((row) => ({ ...row, definition: parseDefinition(row.definition) }));
    },
    async findByName(tenantId, name) {
      const row = await ruleRows(db)
        .where("r.tenant_id", "=", tenantId)
        .where("r.active_name", "=", name)
        .executeTakeFirst();
      return row && toRule(row);
    },
    async list(tenantId, filter, { offset, limit }) {
      const matching = matchingRules(db, tenantId, filter);
      const { total } = await matching.select((eb) => eb.fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      const page = matching
        .select("r.id")
        .orderBy("r.created_at", "desc")
        .orderBy("r.id", "desc")
        .limit(limit)
        .offset(offset);
      const rows = await ruleRows(db)
        .where("r.id", "in", sql<number>`(select id from ${page} as page)`)
        .orderBy("r.created_at", "desc")
        .orderBy("r.id", "desc")
        .execute();
      return { items: rows.map(toRule), total };
    },
    async after(tenantId, filter, after, limit) {
      let rules = matchingRules(db, tenantId, filter);
      if (after) rules = rules.where(isBehind("r.created_at", "r.id", after));
      const page = rules.select("r.id").orderBy("r.created_at", "desc").orderBy("r.id", "desc").limit(limit);
      const rows = await ruleRows(db)
        .where("r.id", "in", sql<number>`(select id from ${page} as page)`)
        .orderBy("r.created_at", "desc")
        .orderBy("r.id", "desc")
        .execute();
      return rows.map(toRule);
    },
    addVersion: ({ tenantId, id, version, definition, updatedAt }) =>
      context.atomic((tx) =>
        refusingTaken(context, async () => {
          await insertVersion(tx, { tenantId, id, version, definition, updatedAt });
          await update(tenantId, id, tx)
            .set({ ...nameColumns(definition), version, updated_at: updatedAt })
            .execute();
        }),
      ),
    async setStatus(tenantId, ruleId, status, updatedAt) {
      await update(tenantId, ruleId).set({ status, updated_at: updatedAt }).execute();
    },
    async softDelete(tenantId, ruleId, deletedAt) {
      await update(tenantId, ruleId).set({ active_name: null, deleted_at: deletedAt }).execute();
    },
    async due(now, limit) {
      const rows = await ruleRows(db)
        .where("r.next_due_at", "<=", now)
        .where("r.deleted_at", "is", null)
        .orderBy("r.next_due_at")
        .orderBy("r.id")
        .limit(limit)
        .execute();
      return rows.map(toRule);
    },
    async setPlanned(tenantId, ruleId, plannedUntil, nextDueAt) {
      await update(tenantId, ruleId).set({ planned_until: plannedUntil, next_due_at: nextDueAt }).execute();
    },
  };
}

function matchingRules(db: Kysely<Database>, tenantId: number, { search, createdFrom, createdTo }: RuleFilter) {
  let rules = db.selectFrom("rk_rules as r").where("r.tenant_id", "=", tenantId).where("r.deleted_at", "is", null);
  if (search) rules = rules.where(holdsText(sql`r.name_search`, search));
  if (createdFrom !== undefined) rules = rules.where("r.created_at", ">=", createdFrom);
  if (createdTo !== undefined) rules = rules.where("r.created_at", "<", createdTo);
  return rules;
}

function nameColumns({ name }: RuleDefinition) {
  return { name, name_search: searchForm(name), active_name: name };
}

async function insertVersion(
  db: Kysely<Database>,
  rule: { tenantId: number; id: number; version: number; definition: RuleDefinition; updatedAt: number },
): Promise<void> {
  const { tenantId, id, version, definition, updatedAt } = rule;
  await db
    .insertInto("rk_rule_versions")
    .values({
      tenant_id: tenantId,
      rule_id: id,
      version,
      definition: JSON.stringify(definition),
      created_at: updatedAt,
    })
    .execute();
}

async function refusingTaken<T>({ dialect }: Pick<SqlContext, "dialect">, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const key = dialect.brokenKey(error);
    if (!key) throw error;
    throw key.includes("active_name")
      ? new ConflictError("rule.name-taken", "another rule has this name", { cause: error })
      : new ConflictError("state.stale-version", "the rule has been edited meanwhile", { cause: error });
  }
}
