import type { PersonData } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { projectionTables } from "./tables.js";

/**
 * Projections hold nothing that the ledger does not say, so that an export shows nothing of them. An erasure removes a person's
 * own rows at once; stores of their own follow by the feed.
 */
export const relationsPersonData: PersonData<SqlStores> = {
  name: "projections",
  collect: async () => undefined,
  async erase(tx, { tenantId, customerId }) {
    const tables = projectionTables(tx);
    await tables
      .deleteFrom("rk_relations")
      .where("tenant_id", "=", tenantId)
      .where("via", "=", `person:${customerId}`)
      .execute();
    const person = await tx.customers.get(tenantId, customerId);
    if (person)
      await tables
        .deleteFrom("rk_relations")
        .where("tenant_id", "=", tenantId)
        .where("relation", "in", ["bought", "treated-by", "referred-by"])
        .where(({ eb, or }) => or([eb("from_key", "=", person.externalKey), eb("to_key", "=", person.externalKey)]))
        .execute();
    await tables
      .deleteFrom("rk_similar_vectors")
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .execute();
  },
};
