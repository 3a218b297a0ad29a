import type { PersonData } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { deskTables } from "./tables.js";

/** Kinds of tickets in Chinese sentences. */
const KINDS: Readonly<Record<string, string>> = {
  consult: "咨询",
  progress: "进度",
  after_sales: "售后",
  complaint: "投诉",
  invoice: "发票",
  other: "其他",
};

/**
 * Projects, tickets and equipment of somebody. An erasure takes names, words and numbers away and ends their bindings; what
 * happened stays, so that no count changes.
 */
export const deskPersonData: PersonData<SqlStores> = {
  name: "service_desk",
  async collect(stores, { tenantId, customerId }) {
    const tables = deskTables(stores);
    const theirs = tables
      .selectFrom("rk_tickets")
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .orderBy("id");
    const [projects, tickets, equipment, ratings] = await Promise.all([
      tables
        .selectFrom("rk_projects")
        .select(["id", "name", "stage", "value_minor", "expected_on", "source", "note", "created_at"])
        .where("tenant_id", "=", tenantId)
        .where("customer_id", "=", customerId)
        .orderBy("id")
        .execute(),
      theirs.select(["id", "kind", "subject", "body", "source", "state", "created_at", "solved_at"]).execute(),
      tables
        .selectFrom("rk_equipment")
        .select(["id", "serial", "model", "warranty_until"])
        .where("tenant_id", "=", tenantId)
        .where("customer_id", "=", customerId)
        .orderBy("id")
        .execute(),
      tables
        .selectFrom("rk_ticket_ratings")
        .select(["ticket_id", "round", "stars", "comment", "at"])
        .where("tenant_id", "=", tenantId)
        .where("ticket_id", "in", theirs.clearOrderBy().select("id"))
        .orderBy("ticket_id")
        .orderBy("round")
        .execute(),
    ]);
    if (projects.length + tickets.length + equipment.length === 0) return undefined;
    return { projects, tickets, equipment, ratings };
  },
  async events(stores, { tenantId, customerId }) {
    const rows = await deskTables(stores)
      .selectFrom("rk_tickets")
      .select(["id", "kind", "state", "created_at", "solved_at"])
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .execute();
    return rows.flatMap(({ id, kind, state, created_at: at, solved_at: solvedAt }) => {
      const facts = { ticket_id: id, kind, state };
      const opened = { zh: `建立工单 ${id}（${KINDS[kind] ?? kind}）`, en: `ticket ${id} was opened (${kind})` };
      const solved = { zh: `工单 ${id} 已解决`, en: `ticket ${id} was solved` };
      return [
        { kind: "ticket", id: String(id), at, sentence: opened, facts },
        ...(solvedAt === null ? [] : [{ kind: "ticket", id: `${id}-solved`, at: solvedAt, sentence: solved, facts }]),
      ];
    });
  },
  async merge(tx, { tenantId, intoId, fromId }) {
    const tables = deskTables(tx);
    for (const table of ["rk_projects", "rk_tickets", "rk_equipment", "rk_desk_staff"] as const) {
      await tables
        .updateTable(table)
        .set({ customer_id: intoId })
        .where("tenant_id", "=", tenantId)
        .where("customer_id", "=", fromId)
        .execute();
    }
    const bindings = await tables
      .selectFrom("rk_desk_bindings")
      .select(["customer_id", "staff_id", "ended_at"])
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "in", [intoId, fromId])
      .execute();
    const nameOf = ({ staff_id, ended_at }: (typeof bindings)[number]) => `${staff_id} ${ended_at}`;
    const kept = new Set(bindings.filter(({ customer_id }) => customer_id === intoId).map(nameOf));
    for (const binding of bindings.filter(({ customer_id }) => customer_id === fromId)) {
      const key = { tenant_id: tenantId, customer_id: fromId, staff_id: binding.staff_id, ended_at: binding.ended_at };
      // Of a binding that both have one stays.
      if (kept.has(nameOf(binding)))
        await tables
          .deleteFrom("rk_desk_bindings")
          .where(({ and }) => and(key))
          .execute();
      else
        await tables
          .updateTable("rk_desk_bindings")
          .set({ customer_id: intoId })
          .where(({ and }) => and(key))
          .execute();
    }
  },
  async erase(tx, { tenantId, customerId }) {
    const tables = deskTables(tx);
    const tickets = tables
      .selectFrom("rk_tickets")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId);
    const projects = tables
      .selectFrom("rk_projects")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId);
    await tables
      .updateTable("rk_ticket_ratings")
      .set({ comment: "" })
      .where("tenant_id", "=", tenantId)
      .where("ticket_id", "in", tickets)
      .execute();
    // What was rated stays a number.
    await tables
      .updateTable("rk_ticket_events")
      .set({ note: "" })
      .where("tenant_id", "=", tenantId)
      .where("ticket_id", "in", tickets)
      .where("kind", "<>", "rated")
      .execute();
    await tables
      .deleteFrom("rk_ticket_attachments")
      .where("tenant_id", "=", tenantId)
      .where("ticket_id", "in", tickets)
      .execute();
    await tables
      .updateTable("rk_project_history")
      .set({ note: "" })
      .where("tenant_id", "=", tenantId)
      .where("project_id", "in", projects)
      .execute();
    await tables
      .updateTable("rk_tickets")
      .set({ subject: "", body: "" })
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .execute();
    await tables
      .updateTable("rk_projects")
      .set({ name: "", name_search: "", note: "", request_key: null })
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .execute();
    const machines = await tables
      .selectFrom("rk_equipment")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .execute();
    for (const { id } of machines) {
      await tables
        .updateTable("rk_equipment")
        .set({ serial: `erased:${id}`, model: "" })
        .where("tenant_id", "=", tenantId)
        .where("id", "=", id)
        .execute();
    }
    await tables
      .deleteFrom("rk_desk_bindings")
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .execute();
    await tables
      .updateTable("rk_desk_staff")
      .set({ name: "", user_id: null, wecom_user_id: null, customer_id: null })
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .execute();
  },
};
