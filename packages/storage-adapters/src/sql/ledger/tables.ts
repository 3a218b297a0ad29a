import type { Generated } from "kysely";

export interface TransitionTable {
  id: Generated<number>;
  tenant_id: number;
  entity: "occurrence" | "batch" | "delivery";
  entity_id: number;
  from_state: string;
  to_state: string;
  reason: string | null;
  row_count: number;
  lease_epoch: number | null;
  at: number;
}

export interface AlarmTable {
  id: Generated<number>;
  tenant_id: number;
  code: string;
  entity: "occurrence" | "batch" | "channel" | "rule" | "message";
  entity_id: number;
  detail: string;
  /** JSON list; null: none. */
  addresses: string | null;
  acknowledged_by: string | null;
  acknowledged_at: number | null;
  at: number;
}

export interface ConfigTable {
  tenant_id: number;
  name: string;
  value: string;
}

export interface MediaTable {
  tenant_id: number;
  sha256: string;
  content_type: string;
  bytes: Uint8Array;
  created_at: number;
}

export interface IdempotencyTable {
  tenant_id: number;
  route: string;
  request_key: string;
  fingerprint: string;
  status: number | null;
  body: string | null;
  locked_until: number;
  created_at: number;
  expires_at: number;
}

/** What is kept about the work itself, and settings. */
export interface LedgerTables {
  rk_transitions: TransitionTable;
  rk_alarms: AlarmTable;
  rk_config: ConfigTable;
  rk_media: MediaTable;
  rk_idempotency: IdempotencyTable;
}
