import { ConflictError, type Label } from "@recallkit/core";
import type { LabelRef, LabelStore } from "@recallkit/core/ports";
import { sql } from "kysely";
import { insertNumbered, insertRows } from "../bulk.js";
import type { SqlContext } from "../context.js";

const LABEL = ["id", "kind", "bind_key as key", "name"] as const;

/** The label library and the labels of people in SQL. */
export function labelStore(context: SqlContext): LabelStore {
  const { db, dialect } = context;

  async function findMany(tenantId: number, refs: readonly LabelRef[]): Promise<readonly Label[]> {
    if (refs.length === 0) return [];
    const wanted = dialect.rows(
      { kind: "text", bind_key: "text" },
      refs.map(({ kind, key }) => [kind, key]),
    );
    const found = await sql<Label>`
      select distinct l.id, l.kind, l.bind_key as "key", l.name
      from ${wanted} as r cross join rk_labels as l
      where l.tenant_id = ${tenantId} and l.kind = r.kind and l.bind_key = r.bind_key`.execute(db);
    return found.rows;
  }

  return {
    findMany,
    insertMany: (tenantId, labels) =>
      context.atomic(async (tx) => {
        const rows = labels.map(({ kind, key, name }) => ({ tenant_id: tenantId, kind, bind_key: key, name }));
        let told: readonly number[] | undefined;
        try {
          told = await insertNumbered({ db: tx, dialect }, "rk_labels", rows);
        } catch (error) {
          if (!dialect.brokenKey(error)) throw error;
          throw new ConflictError("label.key-taken", "the library has a label of this kind and key", { cause: error });
        }
        if (told) return told;
        const ids = new Map(
          (await labelStore({ ...context, db: tx }).findMany(tenantId, labels)).map((label) => [
            refKey(label),
            label.id,
          ]),
        );
        return labels.map((label) => ids.get(refKey(label)) ?? 0);
      }),
    async rename(tenantId, renames) {
      if (renames.length === 0) return;
      const source = dialect.rows(
        { tenant_id: "integer", id: "integer", name: "text" },
        renames.map(({ id, name }) => [tenantId, id, name]),
      );
      await dialect.updateFrom("rk_labels", ["name"], source).execute(db);
    },
    list: (tenantId, kind, { afterKey, limit }) =>
      db
        .selectFrom("rk_labels")
        .select(LABEL)
        .where("tenant_id", "=", tenantId)
        .where("kind", "=", kind)
        .$if(afterKey !== undefined, (query) => query.where("bind_key", ">", afterKey ?? ""))
        .orderBy("bind_key")
        .limit(limit)
        .execute(),
    async held(tenantId, customerIds, kind) {
      if (customerIds.length === 0) return [];
      const { rows } = await sql<{ customerId: number; labelId: number }>`
        select cl.customer_id as "customerId", cl.label_id as "labelId"
        from rk_customer_labels as cl cross join rk_labels as l
        where cl.tenant_id = ${tenantId} and cl.customer_id in ${dialect.list(customerIds)}
          and l.tenant_id = ${tenantId} and l.id = cl.label_id and l.kind = ${kind}`.execute(db);
      return rows;
    },
    assign: (tenantId, pairs) =>
      insertRows(
        context,
        "rk_customer_labels",
        pairs.map((pair) => pairRow(tenantId, pair)),
        { ignoreExisting: true },
      ),
    async unassign(tenantId, pairs) {
      if (pairs.length === 0) return 0;
      const gone = dialect.rows(
        { tenant_id: "integer", customer_id: "integer", label_id: "integer" },
        pairs.map(({ customerId, labelId }) => [tenantId, customerId, labelId]),
      );
      const key = ["tenant_id", "customer_id", "label_id"];
      const { numAffectedRows } = await dialect.deleteFrom("rk_customer_labels", key, gone).execute(db);
      return Number(numAffectedRows ?? 0);
    },
  };
}

function refKey({ kind, key }: LabelRef): string {
  return `${kind} ${key}`;
}

function pairRow(tenantId: number, { customerId, labelId }: { readonly customerId: number; readonly labelId: number }) {
  return { tenant_id: tenantId, customer_id: customerId, label_id: labelId };
}
