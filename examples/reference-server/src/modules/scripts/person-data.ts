import type { PersonData } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { scriptTables } from "./tables.js";

/**
 * Texts that were written for somebody, with what the model was told. An erasure takes text, prompt and person away; that a text
 * was written, and what it cost, stays. The hash of the inputs goes as well: few facts could be guessed from it.
 */
export const scriptsPersonData: PersonData<SqlStores> = {
  name: "scripts",
  async collect(stores, { tenantId, customerId }) {
    const rows = await scriptTables(stores)
      .selectFrom("rk_scripts")
      .select(["id", "purpose", "channel", "engine", "model", "is_model_written", "prompt", "text", "created_at"])
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .orderBy("id")
      .execute();
    return rows.length === 0 ? undefined : rows;
  },
  async merge(tx, { tenantId, intoId, fromId }) {
    await scriptTables(tx)
      .updateTable("rk_scripts")
      .set({ customer_id: intoId })
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", fromId)
      .execute();
  },
  async erase(tx, { tenantId, customerId }) {
    const db = scriptTables(tx);
    const rows = await db
      .selectFrom("rk_scripts")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .execute();
    for (const { id } of rows) {
      await db
        .updateTable("rk_scripts")
        .set({
          ...{ customer_id: null, input_hash: `erased:${id}`, prompt: null, text: "", findings: "[]", drafts: "[]" },
          state: "erased",
        })
        .where("tenant_id", "=", tenantId)
        .where("id", "=", id)
        .execute();
    }
  },
};
