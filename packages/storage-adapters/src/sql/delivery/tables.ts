import type { BatchState, DeliveryState, OccurrenceKind, OccurrenceState } from "@recallkit/core";
import type { Capability } from "@recallkit/core/ports";
import type { Generated } from "kysely";
import type { Flag } from "../../schema/flag.js";

export interface OccurrenceTable {
  id: Generated<number>;
  tenant_id: number;
  rule_id: number;
  rule_version: number;
  kind: OccurrenceKind;
  nominal: string;
  time_zone: string;
  customer_ids: string | null;
  due_at: number;
  expires_at: number;
  as_of: number | null;
  state: OccurrenceState;
  reason: string | null;
  blocked_on_review: Flag;
  snapshot_cursor: number;
  audience_size: number | null;
  salt: string;
  lease_owner: string | null;
  lease_until: number | null;
  lease_epoch: number;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
}

export interface BatchTable {
  id: Generated<number>;
  tenant_id: number;
  occurrence_id: number;
  rule_id: number;
  channel: string;
  number: number;
  state: BatchState;
  reason: string | null;
  size: number;
  marker: string;
  content_hash: string | null;
  capability: Capability;
  provider_message_id: string | null;
  warnings: string;
  attempts: number;
  resends: number;
  faults: number;
  look_ups: number;
  not_before: number;
  attempted_at: number | null;
  accepted_at: number | null;
  polls: number;
  hands_on: Flag | null;
  called_off_at: number | null;
  settled: Flag;
  lease_owner: string | null;
  lease_until: number | null;
  lease_epoch: number;
  created_at: number;
}

export interface AttemptTable {
  id: Generated<number>;
  tenant_id: number;
  batch_id: number;
  kind: "send" | "lookup";
  number: number;
  lease_epoch: number;
  started_at: number;
  ended_at: number | null;
  class: string | null;
  answer: string | null;
}

export interface DeliveryTable {
  id: Generated<number>;
  tenant_id: number;
  occurrence_id: number;
  rule_id: number;
  customer_id: number;
  channel: string;
  address: string | null;
  batch_id: number | null;
  provider_message_id: string | null;
  variables: string | null;
  state: DeliveryState;
  reason: string | null;
  handed_to: string | null;
  accepted_at: number | null;
  delivered_at: number | null;
  touched_at: number | null;
  /** The touch that credits of the person were last found with; null: none yet. */
  credited_touch: Generated<number | null>;
  updated_at: number;
}

export interface ListPersonTable {
  tenant_id: number;
  occurrence_id: number;
  customer_id: number;
  /** JSON. */
  variables: string;
}

/** Occurrences, batches, attempts and deliveries. */
export interface DeliveryTables {
  rk_occurrences: OccurrenceTable;
  rk_list_people: ListPersonTable;
  rk_batches: BatchTable;
  rk_attempts: AttemptTable;
  rk_deliveries: DeliveryTable;
}
