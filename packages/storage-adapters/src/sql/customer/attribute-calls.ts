import type { AttributeWrite, CustomerStore } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { insertRows } from "../bulk.js";
import type { SqlContext } from "../context.js";

/** Attributes of people in SQL: texts and days in one column, numbers and booleans in another, each with an index by value. */
export function attributeCalls(
  context: SqlContext,
): Pick<CustomerStore, "attributeDefinitions" | "addAttributes" | "attributesOf" | "writeAttributes"> {
  const { db, dialect } = context;
  return {
    attributeDefinitions: (tenantId) =>
      db.selectFrom("rk_attributes").select(["id", "name", "type"]).where("tenant_id", "=", tenantId).execute(),
    addAttributes: (tenantId, attributes) =>
      context.atomic(async (tx) => {
        const ids: number[] = [];
        // One by one: a tenant has a hundred of them in all its life.
        for (const { name, type } of attributes)
          ids.push(await dialect.insertRow(tx, "rk_attributes", { tenant_id: tenantId, name, type }));
        return ids;
      }),
    async attributesOf(tenantId, customerIds) {
      if (customerIds.length === 0) return [];
      const rows = await db
        .selectFrom("rk_customer_attributes")
        .select(["customer_id as customerId", "attribute_id as attributeId", "text_value", "number_value"])
        .where("tenant_id", "=", tenantId)
        .where("customer_id", "in", sql<number>`${dialect.list(customerIds)}`)
        .execute();
      return rows.map(({ text_value, number_value, ...about }) => ({
        ...about,
        value: text_value ?? Number(number_value),
      }));
    },
    writeAttributes: (tenantId, values) =>
      context.atomic(async (tx) => {
        if (values.length === 0) return;
        const written = dialect.rows(
          { tenant_id: "integer", customer_id: "integer", attribute_id: "integer" },
          values.map(({ customerId, attributeId }) => [tenantId, customerId, attributeId]),
        );
        const key = ["tenant_id", "customer_id", "attribute_id"];
        await dialect.deleteFrom("rk_customer_attributes", key, written).execute(tx);
        const rows = values.filter(({ value }) => value !== null).map((row) => toRow(tenantId, row));
        await insertRows({ db: tx, dialect }, "rk_customer_attributes", rows);
      }),
  };
}

function toRow(tenantId: number, { customerId, attributeId, value }: AttributeWrite) {
  return {
    tenant_id: tenantId,
    customer_id: customerId,
    attribute_id: attributeId,
    text_value: typeof value === "string" ? value : null,
    number_value: typeof value === "number" ? value : null,
  };
}

/** Attributes of one person by name. */
export async function namedAttributes(
  db: Kysely<Database>,
  tenantId: number,
  customerId: number,
): Promise<Readonly<Record<string, string | number | boolean>>> {
  const rows = await db
    .selectFrom("rk_customer_attributes as v")
    .innerJoin("rk_attributes as a", (join) =>
      join.onRef("a.id", "=", "v.attribute_id").onRef("a.tenant_id", "=", "v.tenant_id"),
    )
    .where("v.tenant_id", "=", tenantId)
    .where("v.customer_id", "=", customerId)
    .select(["a.name", "a.type", "v.text_value", "v.number_value"])
    .orderBy("a.id")
    .execute();
  return Object.fromEntries(
    rows.map(({ name, type, text_value, number_value }) => {
      const number = Number(number_value);
      return [name, text_value ?? (type === "boolean" ? number === 1 : number)];
    }),
  );
}
