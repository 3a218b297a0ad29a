import type { PersonData } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { revisitTables } from "./tables.js";

/** Birthdays that were said, and greetings. An erasure takes texts and codes away; that somebody was greeted still counts. */
export const revisitPersonData: PersonData<SqlStores> = {
  name: "revisits",
  async collect(stores, { tenantId, customerId }) {
    const tables = revisitTables(stores);
    const [birthdays, revisits] = await Promise.all([
      tables
        .selectFrom("rk_birthdays")
        .select(["day_key", "born_year", "source"])
        .where("tenant_id", "=", tenantId)
        .where("customer_id", "=", customerId)
        .execute(),
      tables
        .selectFrom("rk_revisits")
        .select(["id", "birthday_on", "state", "channel", "text", "text_source", "reason", "created_at"])
        .where("tenant_id", "=", tenantId)
        .where("customer_id", "=", customerId)
        .orderBy("id")
        .execute(),
    ]);
    return birthdays.length + revisits.length === 0 ? undefined : { birthdays, revisits };
  },
  async erase(tx, { tenantId, customerId }) {
    const tables = revisitTables(tx);
    await tables
      .deleteFrom("rk_birthdays")
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .execute();
    await tables
      .updateTable("rk_revisits")
      .set({ text: null, text_hash: null, customer_code: "" })
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .execute();
    await tables
      .updateTable("rk_revisit_skips")
      .set({ customer_code: "" })
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .execute();
  },
};
