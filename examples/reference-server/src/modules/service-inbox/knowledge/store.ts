import { ConflictError, NotFoundError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";
import { insertNumbered } from "../engine.js";
import { type InboxDatabase, inboxTables, type Row } from "../tables.js";
import { askedTerms, termsOf } from "./terms.js";

/** What an entry says. */
export interface KnowledgeInput {
  readonly question: string;
  readonly keywords: string;
  readonly answer: string;
  readonly isActive: boolean;
}

/** An entry that speaks about what was asked. */
export interface KnowledgeHit {
  readonly id: number;
  readonly question: string;
  readonly answer: string;
  /** 0 … 1: how much of what was asked stands in its question and keywords. */
  readonly score: number;
}

type Who = { readonly actor: string; readonly at: number };

const IN_QUESTION = 3;
const IN_ANSWER = 1;
const LOOKED_AT = 20;

/** Adds an entry. @returns its id */
export async function addKnowledge(stores: SqlStores, tenantId: number, input: KnowledgeInput, who: Who) {
  return stores.transaction(async () => {
    const id = await insertNumbered(stores, "rk_knowledge", {
      tenant_id: tenantId,
      ...rowOf(input),
      version: 1,
      updated_by: who.actor,
      created_at: who.at,
      updated_at: who.at,
    });
    await writeTerms(stores, tenantId, id, input);
    return id;
  });
}

/** Writes an entry anew. @throws {NotFoundError} `knowledge.not-found`. @throws {ConflictError} `state.stale-version` */
export async function editKnowledge(
  stores: SqlStores,
  tenantId: number,
  id: number,
  { version, ...input }: KnowledgeInput & { readonly version: number },
  who: Who,
): Promise<void> {
  await stores.transaction(async () => {
    await getKnowledge(stores, tenantId, id);
    const { numUpdatedRows } = await inboxTables(stores)
      .updateTable("rk_knowledge")
      .set({ ...rowOf(input), version: version + 1, updated_by: who.actor, updated_at: who.at })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .where("version", "=", version)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new ConflictError("state.stale-version", "the entry was changed meanwhile");
    await removeTerms(stores, tenantId, id);
    await writeTerms(stores, tenantId, id, input);
  });
}

/** @throws {NotFoundError} `knowledge.not-found` */
export async function removeKnowledge(stores: SqlStores, tenantId: number, id: number): Promise<void> {
  await stores.transaction(async () => {
    await getKnowledge(stores, tenantId, id);
    await removeTerms(stores, tenantId, id);
    await inboxTables(stores)
      .deleteFrom("rk_knowledge")
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .execute();
  });
}

/** @throws {NotFoundError} `knowledge.not-found` */
export async function getKnowledge(
  database: InboxDatabase,
  tenantId: number,
  id: number,
): Promise<Row<"rk_knowledge">> {
  const row = await inboxTables(database)
    .selectFrom("rk_knowledge")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  if (!row) throw new NotFoundError("knowledge.not-found", `there is no entry ${id}`);
  return row;
}

/** Entries by id. */
export async function listKnowledge(
  database: InboxDatabase,
  tenantId: number,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly Row<"rk_knowledge">[]> {
  return inboxTables(database)
    .selectFrom("rk_knowledge")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Active entries that speak about what was asked, the best first. One statement finds them, the same on each engine. */
export async function findKnowledge(
  database: InboxDatabase,
  tenantId: number,
  text: string,
): Promise<readonly KnowledgeHit[]> {
  const terms = askedTerms(text);
  if (terms.length === 0) return [];
  const rows = await inboxTables(database)
    .selectFrom("rk_knowledge_terms as t")
    .innerJoin("rk_knowledge as k", (join) =>
      join.onRef("k.id", "=", "t.knowledge_id").onRef("k.tenant_id", "=", "t.tenant_id"),
    )
    .select(["k.id", sql<number>`sum(t.weight)`.as("weight")])
    .where("t.tenant_id", "=", tenantId)
    .where("t.term", "in", [...terms])
    .where("k.is_active", "=", 1)
    .groupBy("k.id")
    .orderBy("weight", "desc")
    .orderBy("k.id")
    .limit(LOOKED_AT)
    .execute();
  if (rows.length === 0) return [];
  const entries = await inboxTables(database)
    .selectFrom("rk_knowledge")
    .select(["id", "question", "keywords", "answer"])
    .where("tenant_id", "=", tenantId)
    .where(
      "id",
      "in",
      rows.map(({ id }) => id),
    )
    .execute();
  const asked = new Set(terms);
  return entries
    .map(({ id, question, keywords, answer }) => {
      const own = termsOf(`${question}\n${keywords}`);
      const inAnswer = termsOf(answer);
      const shared = terms.filter((term) => own.has(term)).length;
      const beside = terms.filter((term) => !own.has(term) && inAnswer.has(term)).length;
      // Half of it is how much of the question is met, half how much of the entry is asked for.
      const met = (shared + beside / 3) / asked.size;
      const part = shared / Math.max(1, Math.min(own.size, asked.size));
      return { id, question, answer, score: Math.round(Math.min(1, (met + part) / 2) * 100) / 100 };
    })
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || a.id - b.id);
}

function rowOf({ question, keywords, answer, isActive }: KnowledgeInput) {
  return { question, keywords, answer, is_active: Number(isActive) };
}

async function writeTerms(stores: SqlStores, tenantId: number, id: number, input: KnowledgeInput): Promise<void> {
  const own = termsOf(`${input.question}\n${input.keywords}`);
  const beside = [...termsOf(input.answer)].filter((term) => !own.has(term));
  const row = (weight: number) => (term: string) => ({ tenant_id: tenantId, term, knowledge_id: id, weight });
  await stores.rows.write({ name: "rk_knowledge_terms", key: [] }, [
    ...[...own].map(row(IN_QUESTION)),
    ...beside.map(row(IN_ANSWER)),
  ]);
}

async function removeTerms(database: InboxDatabase, tenantId: number, id: number): Promise<void> {
  await inboxTables(database)
    .deleteFrom("rk_knowledge_terms")
    .where("tenant_id", "=", tenantId)
    .where("knowledge_id", "=", id)
    .execute();
}
