import { ConflictError, NotFoundError } from "@recallkit/core";
import { foldWords, type LexiconEntry } from "@recallkit/core/script";
import { type ScriptDatabase, scriptTables } from "./tables.js";

/** What an institution has changed in the list of words: `add` forbids one, `allow` permits a phrase. */
export const WORD_KINDS = ["add", "allow"] as const;

/** A change to the list of words. */
export interface WordEdit {
  readonly id: number;
  readonly kind: (typeof WORD_KINDS)[number];
  readonly word: string;
  /** Of an added word. */
  readonly severity: "repair" | "refuse";
  /** Why. */
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: number;
}

/** Most changes of an institution. */
const MOST_WORDS = 2000;

/** All changes of an institution, by id. */
export async function listWords(database: ScriptDatabase, tenantId: number): Promise<readonly WordEdit[]> {
  const rows = await scriptTables(database)
    .selectFrom("rk_script_words")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .orderBy("id")
    .limit(MOST_WORDS)
    .execute();
  return rows.map((row) => ({
    ...{ id: row.id, word: row.word, reason: row.reason, createdBy: row.created_by, createdAt: row.created_at },
    kind: row.kind === "allow" ? "allow" : "add",
    severity: row.severity === "repair" ? "repair" : "refuse",
  }));
}

/** The words that an institution has added, as the gate takes them. */
export function addedEntries(edits: readonly WordEdit[]): readonly LexiconEntry[] {
  return edits
    .filter(({ kind }) => kind === "add")
    .map(({ word, severity, reason }) => ({ word, severity, code: "added", source: `机构词库：${reason}` }));
}

/** Adds a change in the transaction around it. @throws {ConflictError} `script-word.taken`, `.too-many` */
export async function addWord(
  database: ScriptDatabase,
  tenantId: number,
  edit: Omit<WordEdit, "id">,
): Promise<WordEdit> {
  await refuseFull(database, tenantId);
  const db = scriptTables(database);
  const form = foldWords(edit.word).text;
  const mine = db.selectFrom("rk_script_words").select("id").where("tenant_id", "=", tenantId);
  const rival = await mine.where("word_form", "=", form).executeTakeFirst();
  if (rival) throw new ConflictError("script-word.taken", "the word stands in the list already");
  const { kind, word, severity, reason, createdBy, createdAt } = edit;
  await db
    .insertInto("rk_script_words")
    .values({
      ...{ tenant_id: tenantId, kind, word, word_form: form, severity, reason },
      ...{ created_by: createdBy, created_at: createdAt },
    })
    .execute();
  const { id } = await mine.where("word_form", "=", form).executeTakeFirstOrThrow();
  return { id, ...edit };
}

/** Takes a change back. @throws {NotFoundError} `script-word.not-found` */
export async function removeWord(database: ScriptDatabase, tenantId: number, id: number): Promise<void> {
  const { numDeletedRows } = await scriptTables(database)
    .deleteFrom("rk_script_words")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new NotFoundError("script-word.not-found", "no such word");
}

async function refuseFull(database: ScriptDatabase, tenantId: number): Promise<void> {
  const { count } = await scriptTables(database)
    .selectFrom("rk_script_words")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("tenant_id", "=", tenantId)
    .executeTakeFirstOrThrow();
  if (Number(count) >= MOST_WORDS)
    throw new ConflictError("script-word.too-many", "the institution has changed as many words as there may be");
}
