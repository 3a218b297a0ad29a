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
  async merge(tx, { tenantId, intoId, fromId }) {
    const tables = revisitTables(tx);
    const own = tables
      .selectFrom("rk_revisits")
      .select("birthday_year")
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", intoId);
    const years = (await own.execute()).map(({ birthday_year }) => birthday_year);
    // A year in which both were congratulated stays with both, so that no figure changes.
    const move = tables
      .updateTable("rk_revisits")
      .set({ customer_id: intoId })
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", fromId);
    await (years.length > 0 ? move.where("birthday_year", "not in", years) : move).execute();
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
