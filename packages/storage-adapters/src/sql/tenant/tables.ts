import type { Generated } from "kysely";

export interface TenantTable {
  id: Generated<number>;
  name: string;
  time_zone: string;
  currency: string;
  counted_statuses: string | null;
  revision: number;
  max_order_at: number | null;
  created_at: number;
}

export interface ChangeTable {
  tenant_id: number;
  revision: number;
  kind: "customer" | "order" | "label";
  row_id: number;
  at: number;
}

/** Tenants and their change feed. */
export interface TenantTables {
  rk_tenants: TenantTable;
  rk_changes: ChangeTable;
}
