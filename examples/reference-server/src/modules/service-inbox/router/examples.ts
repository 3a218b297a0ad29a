import type { IntentExample } from "@recallkit/core/intent";
import type { Intent } from "@recallkit/core/ports";
import { sha256Hex } from "@recallkit/core/ports";
import { foldWords } from "@recallkit/core/script";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { insertAbsent } from "../engine.js";
import { type InboxDatabase, inboxTables } from "../tables.js";

/** The newest ones are read; older ones have had their time. */
const MOST_EXAMPLES = 500;

/** Messages with what they want, as somebody has said, the newest first. */
export async function listExamples(database: InboxDatabase, tenantId: number): Promise<readonly IntentExample[]> {
  const rows = await inboxTables(database)
    .selectFrom("rk_router_examples")
    .select(["text", "intent"])
    .where("tenant_id", "=", tenantId)
    .orderBy("id", "desc")
    .limit(MOST_EXAMPLES)
    .execute();
  // Only intents are written.
  return rows.map(({ text, intent }) => ({ text, intent: intent as Intent }));
}

/** Keeps an example; the same message again changes what it wants. */
export async function putExample(
  stores: SqlStores,
  tenantId: number,
  { text, intent, decisionId }: IntentExample & { readonly decisionId: number | null },
  { actor, at }: { readonly actor: string; readonly at: number },
): Promise<void> {
  const textHash = sha256Hex(foldWords(text).text || text);
  await stores.transaction(async () => {
    const row = { text, intent, decision_id: decisionId, created_by: actor, created_at: at };
    if (await insertAbsent(stores, "rk_router_examples", { tenant_id: tenantId, text_hash: textHash, ...row })) return;
    await inboxTables(stores)
      .updateTable("rk_router_examples")
      .set(row)
      .where("tenant_id", "=", tenantId)
      .where("text_hash", "=", textHash)
      .execute();
  });
}
