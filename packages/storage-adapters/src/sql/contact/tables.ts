import type { Generated } from "kysely";

export interface CapLedgerTable {
  tenant_id: number;
  delivery_id: number;
  customer_id: number;
  batch_id: number;
  at: number;
}

export interface SuppressionTable {
  id: Generated<number>;
  tenant_id: number;
  channel: string;
  address: string | null;
  customer_id: number | null;
  external_key: string | null;
  reason: string;
  created_at: number;
}

/** Who must not be contacted, and who was lately. */
export interface ContactTables {
  rk_cap_ledger: CapLedgerTable;
  rk_suppressions: SuppressionTable;
}
