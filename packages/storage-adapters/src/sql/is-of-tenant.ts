import { type RawBuilder, type SqlBool, sql } from "kysely";

/**
 * That a row which is found by its id is the tenant's. Not by an index: on MariaDB whoever comes by another index locks that
 * one first, and meets those who came by the primary key head-on.
 */
export function isOfTenant(tenantId: number): RawBuilder<SqlBool> {
  return sql`tenant_id + 0 = ${tenantId}`;
}
