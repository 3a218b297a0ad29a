import type { KnownPerson, PersonData } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type InboxDatabase, inboxTables } from "./tables.js";

/** Conversations and decisions of somebody. An erasure takes words and addresses away; that something was said stays. */
export const inboxPersonData: PersonData<SqlStores> = {
  name: "inbox",
  async collect(stores, person) {
    const sessions = await sessionsOf(stores, person);
    const bindings = await inboxTables(stores)
      .selectFrom("rk_wechat_bindings")
      .select(["entrance", "address", "action", "state", "created_at"])
      .where("tenant_id", "=", person.tenantId)
      .where("customer_id", "=", person.customerId)
      .orderBy("id")
      .execute();
    const messages =
      sessions.length === 0
        ? []
        : await inboxTables(stores)
            .selectFrom("rk_wechat_messages")
            .select(["session_id", "direction", "kind", "body", "told_at"])
            .where("tenant_id", "=", person.tenantId)
            .where("session_id", "in", sessions)
            .orderBy("id")
            .execute();
    return messages.length + bindings.length === 0 ? undefined : { messages, bindings };
  },
  async merge(tx, { tenantId, intoId, fromId }) {
    const db = inboxTables(tx);
    for (const table of ["rk_wechat_sessions", "rk_router_decisions", "rk_wechat_bindings", "rk_bind_codes"] as const) {
      await db
        .updateTable(table)
        .set({ customer_id: intoId })
        .where("tenant_id", "=", tenantId)
        .where("customer_id", "=", fromId)
        .execute();
    }
    await db
      .updateTable("rk_wechat_bindings")
      .set({ other_customer_id: intoId })
      .where("tenant_id", "=", tenantId)
      .where("other_customer_id", "=", fromId)
      .execute();
  },
  async erase(tx, person) {
    const db = inboxTables(tx);
    const { external_userid: contact } = person.identities;
    const windows = db.deleteFrom("rk_kf_windows").where("tenant_id", "=", person.tenantId);
    if (contact !== undefined) await windows.where("external_userid", "=", contact).execute();
    for (const id of await sessionsOf(tx, person)) {
      await db
        .updateTable("rk_wechat_messages")
        .set({ body: "" })
        .where("tenant_id", "=", person.tenantId)
        .where("session_id", "=", id)
        .execute();
      await db
        .updateTable("rk_router_decisions")
        .set({ text: "", reply: "", sources: "[]" })
        .where("tenant_id", "=", person.tenantId)
        .where("session_id", "=", id)
        .execute();
      await db
        .updateTable("rk_wechat_sessions")
        .set({ address: `erased:${id}`, customer_id: null })
        .where("tenant_id", "=", person.tenantId)
        .where("id", "=", id)
        .execute();
    }
    const decisions = await db
      .selectFrom("rk_router_decisions")
      .select("id")
      .where("tenant_id", "=", person.tenantId)
      .where("customer_id", "=", person.customerId)
      .execute();
    if (decisions.length > 0) {
      const ids = decisions.map(({ id }) => id);
      await db
        .deleteFrom("rk_router_examples")
        .where("tenant_id", "=", person.tenantId)
        .where("decision_id", "in", ids)
        .execute();
      await db
        .updateTable("rk_router_decisions")
        .set({ text: "", reply: "", sources: "[]", customer_id: null })
        .where("tenant_id", "=", person.tenantId)
        .where("customer_id", "=", person.customerId)
        .execute();
    }
    await db
      .updateTable("rk_wechat_bindings")
      .set({ address: "", customer_id: null })
      .where("tenant_id", "=", person.tenantId)
      .where("customer_id", "=", person.customerId)
      .execute();
    await db
      .deleteFrom("rk_bind_codes")
      .where("tenant_id", "=", person.tenantId)
      .where("customer_id", "=", person.customerId)
      .execute();
  },
};

/** Conversations with the person, by customer or by their addresses. */
async function sessionsOf(database: InboxDatabase, { tenantId, customerId, identities }: KnownPerson) {
  const addresses = [identities.openid, identities.external_userid].flatMap((address) => address ?? []);
  const rows = await inboxTables(database)
    .selectFrom("rk_wechat_sessions")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("entrance", "!=", "wecom_staff")
    .where(({ eb, or }) =>
      or([eb("customer_id", "=", customerId), ...(addresses.length > 0 ? [eb("address", "in", addresses)] : [])]),
    )
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => id);
}
