import type { MessageState, TemplateStatus } from "@recallkit/core/ports";
import type { Generated } from "kysely";

export interface MessageTemplateTable {
  id: Generated<number>;
  tenant_id: number;
  channel: string;
  name_search: string;
  status: TemplateStatus;
  version: number;
  created_at: number;
  updated_at: number;
}

export interface MessageTemplateVersionTable {
  tenant_id: number;
  template_id: number;
  version: number;
  definition: string;
  created_at: number;
}

export interface MessageTable {
  id: Generated<number>;
  tenant_id: number;
  batch_id: number | null;
  template_id: number;
  template_version: number;
  channel: string;
  customer_id: number | null;
  address: string | null;
  address_hash: string;
  time_zone: string | null;
  variables: string;
  message_class: "marketing" | "transactional";
  priority: number;
  lane: number;
  state: MessageState;
  reason: string | null;
  not_before: number | null;
  expires_at: number;
  attempts: number;
  resends: number;
  checks: number;
  attempted_at: number | null;
  accepted_at: number | null;
  reported_at: number | null;
  provider_message_id: string | null;
  lease_owner: string | null;
  lease_until: number | null;
  lease_epoch: number;
  request_key: string;
  created_at: number;
  updated_at: number;
}

export interface MessageBatchTable {
  id: Generated<number>;
  tenant_id: number;
  template_id: number;
  priority: number;
  total: number;
  accepted: number;
  duplicates: number;
  rejected: string;
  request_key: string;
  created_at: number;
  cancelled_at: number | null;
}

export interface MessageEventTable {
  id: Generated<number>;
  tenant_id: number;
  message_id: number;
  node: "queue" | "process" | "send" | "callback";
  outcome: string;
  error_class: string | null;
  detail: string | null;
  attempt: number;
  at: number;
}

/** Templates, and messages of them. */
export interface MessageTables {
  rk_message_templates: MessageTemplateTable;
  rk_message_template_versions: MessageTemplateVersionTable;
  rk_messages: MessageTable;
  rk_message_batches: MessageBatchTable;
  rk_message_events: MessageEventTable;
}
