import { ConflictError, type IdentityType } from "@recallkit/core";
import type { Customer, CustomerStore, NewCustomer } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { type BulkContext, insertNumbered, insertRows, updateRows } from "../bulk.js";
import { compiledOnce } from "../compiled-once.js";
import type { SqlContext } from "../context.js";
import { byTenant } from "../tenant/tenant-groups.js";
import { attributeCalls } from "./attribute-calls.js";

/** Customers and their identities in SQL. */
export function customerStore(context: SqlContext): CustomerStore {
  const { db, dialect } = context;
  const inside = (tx: Kysely<Database>) => ({ db: tx, dialect });
  const byId = compiledOnce(db, (tenantId: number, id: number) => customerRows(db, tenantId).where("c.id", "=", id));

  return {
    async get(tenantId, customerId) {
      return foldIdentities(await byId(tenantId, customerId))[0];
    },
    async getMany(tenantId, customerIds) {
      if (customerIds.length === 0) return [];
      const ids = sql<number>`${dialect.list(customerIds)}`;
      return foldIdentities(await customerRows(db, tenantId).where("c.id", "in", ids).execute());
    },
    async findByKeys(tenantId, externalKeys) {
      if (externalKeys.length === 0) return [];
      const isAsked = dialect.isAmong("c.external_key", externalKeys);
      return foldIdentities(await customerRows(db, tenantId).where(isAsked).execute());
    },
    async findByName(tenantId, start, limit, after) {
      // Bytewise: behind the last character that there is comes no name that begins like this.
      let names = db
        .selectFrom("rk_customers")
        .select("id")
        .where("tenant_id", "=", tenantId)
        .where("name", ">=", start)
        .where("name", "<=", `${start}\u{10ffff}`);
      if (after) {
        names = names.where((is) =>
          is.or([is("name", ">", after.name), is.and([is("name", "=", after.name), is("id", ">", after.id)])]),
        );
      }
      const rows = await names.orderBy("name").orderBy("id").limit(limit).execute();
      if (rows.length === 0) return [];
      const ids = rows.map(({ id }) => id);
      const found = await customerRows(db, tenantId)
        .where("c.id", "in", sql<number>`${dialect.list(ids)}`)
        .execute();
      const byId = new Map(foldIdentities(found).map((customer) => [customer.id, customer]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
    async findOwners(tenantId, identities) {
      if (identities.length === 0) return [];
      const wanted = dialect.rows(
        { type: "text", value: "text" },
        identities.map(({ type, value }) => [type, value]),
      );
      const found = await sql<{ type: IdentityType; value: string; customerId: number }>`
        select i.type, i.value, i.customer_id as "customerId"
        from ${wanted} as r cross join rk_customer_identities as i
        where i.tenant_id = ${tenantId} and i.type = r.type and i.value = r.value`.execute(db);
      return found.rows;
    },
    insertMany: (customers) =>
      context.atomic((tx) =>
        refusingTaken(context, async () => {
          const told = await insertNumbered(inside(tx), "rk_customers", customers.map(toRow));
          const ids = told ?? (await idsOf(inside(tx), customers));
          await insertRows(inside(tx), "rk_customer_identities", identityRows(customers, ids));
          return ids;
        }),
      ),
    ...attributeCalls(context),
    updateMany: (customers) =>
      context.atomic((tx) =>
        refusingTaken(context, async () => {
          await updateRows(
            inside(tx),
            "rk_customers",
            customers.map((customer) => ({ id: customer.id, ...toRow(customer) })),
          );
          for (const [tenantId, group] of byTenant(customers)) {
            const ids = sql<number>`${dialect.list(group.map(({ id }) => id))}`;
            await tx
              .deleteFrom("rk_customer_identities")
              .where("tenant_id", "=", tenantId)
              .where("customer_id", "in", ids)
              .execute();
          }
          await insertRows(
            inside(tx),
            "rk_customer_identities",
            identityRows(
              customers,
              customers.map(({ id }) => id),
            ),
          );
        }),
      ),
  };
}

function toRow(customer: NewCustomer) {
  return {
    tenant_id: customer.tenantId,
    external_key: customer.externalKey,
    name: customer.name,
    born_on: customer.bornOn,
    time_zone: customer.timeZone,
    row_hash: customer.rowHash,
    created_at: customer.createdAt,
    updated_at: customer.updatedAt,
  };
}

function identityRows(customers: readonly NewCustomer[], ids: readonly number[]) {
  return customers.flatMap(({ tenantId, identities }, index) =>
    // Keys of `Identities` are identity types.
    (Object.entries(identities) as [IdentityType, string | undefined][]).flatMap(([type, value]) =>
      value === undefined ? [] : [{ tenant_id: tenantId, type, value, customer_id: ids[index] ?? 0 }],
    ),
  );
}

/** Ids of rows that were just inserted, in the order given. */
async function idsOf({ db, dialect }: BulkContext, customers: readonly NewCustomer[]) {
  const ids = new Map<string, number>();
  for (const [tenantId, group] of byTenant(customers)) {
    const keys = sql<string>`${dialect.list(group.map(({ externalKey }) => externalKey))}`;
    const rows = await db
      .selectFrom("rk_customers")
      .select(["id", "external_key"])
      .where("tenant_id", "=", tenantId)
      .where("external_key", "in", keys)
      .execute();
    for (const row of rows) ids.set(`${tenantId} ${row.external_key}`, row.id);
  }
  return customers.map(({ tenantId, externalKey }) => ids.get(`${tenantId} ${externalKey}`) ?? 0);
}

function customerRows(db: Kysely<Database>, tenantId: number) {
  return db
    .selectFrom("rk_customers as c")
    .leftJoin("rk_customer_identities as i", (join) =>
      join.onRef("i.tenant_id", "=", "c.tenant_id").onRef("i.customer_id", "=", "c.id"),
    )
    .where("c.tenant_id", "=", tenantId)
    .select([
      "c.id",
      "c.tenant_id as tenantId",
      "c.external_key as externalKey",
      "c.name",
      "c.born_on as bornOn",
      "c.time_zone as timeZone",
      "c.row_hash as rowHash",
      "c.created_at as createdAt",
      "c.updated_at as updatedAt",
      "i.type",
      "i.value",
    ]);
}

type CustomerRow = Awaited<ReturnType<ReturnType<typeof customerRows>["execute"]>>[number];

/** One customer per id out of one row per identity. */
function foldIdentities(rows: readonly CustomerRow[]): Customer[] {
  type Folded = Omit<Customer, "identities"> & { identities: Partial<Record<IdentityType, string>> };
  const customers = new Map<number, Folded>();
  for (const { type, value, ...customer } of rows) {
    const folded: Folded = customers.get(customer.id) ?? { ...customer, identities: {} };
    if (type !== null && value !== null) folded.identities[type] = value;
    customers.set(customer.id, folded);
  }
  return [...customers.values()];
}

async function refusingTaken<T>({ dialect }: Pick<SqlContext, "dialect">, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const key = dialect.brokenKey(error);
    if (!key) throw error;
    throw key.includes("external_key")
      ? new ConflictError("customer.key-taken", "another customer has this import key", { cause: error })
      : new ConflictError("customer.identity-taken", "another customer has one of these identities", { cause: error });
  }
}
