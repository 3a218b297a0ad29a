import type { Generated } from "kysely";
import type { Flag } from "../../schema/flag.js";

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

/** The word that holds of a person, channel and purpose; evidence has the same columns. */
export interface ConsentTable {
  id: Generated<number>;
  tenant_id: number;
  customer_id: number;
  channel: string;
  purpose: string;
  granted: Flag;
  wording: string | null;
  source: string;
  evidence: string | null;
  at: number;
  recorded_at: number;
}

/** What a batch was charged, and what of it still counts. */
export interface SpendTable {
  tenant_id: number;
  batch_id: number;
  channel: string;
  day: string;
  people: number;
  units: number;
  amount_minor: number;
  least_units: number;
  least_minor: number;
  left_units: number;
  left_minor: number;
  at: number;
}

/** Sums of a day or a month. */
export interface SpendPeriodTable {
  id: Generated<number>;
  tenant_id: number;
  channel: string;
  period: string;
  units: number;
  amount_minor: number;
}

/** Who must not be contacted, who agreed to be, and who was lately. */
export interface ContactTables {
  rk_cap_ledger: CapLedgerTable;
  rk_suppressions: SuppressionTable;
  rk_spend: SpendTable;
  rk_spend_periods: SpendPeriodTable;
  rk_consents: ConsentTable;
  rk_consent_records: ConsentTable;
}
