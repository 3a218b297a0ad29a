import type { Database, SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Generated, Kysely, Selectable } from "kysely";

/** What is counted of calls wherever they are counted. */
type Counted = {
  total_calls: number;
  connected_calls: number;
  interested_calls: number;
  /** Seconds. */
  total_duration: number;
};

type Kept = { created_at: number; updated_at: number; deleted_at: number | null };

// Types and not interfaces: Kysely wants an index signature, which only types imply.
export type LeadTables = {
  rk_lead_packages: Counted &
    Kept & {
      id: Generated<number>;
      tenant_id: number;
      name: string;
      name_search: string;
      source: string;
      industry: string;
      region: string;
      total_leads: number;
      valid_leads: number;
      cost_per_lead_minor: number;
      total_cost_minor: number | null;
    };
  rk_dial_tasks: Counted &
    Kept & {
      id: Generated<number>;
      tenant_id: number;
      package_id: number;
      task_name: string;
      description: string;
      start_time: number | null;
      end_time: number | null;
      status: string;
      overrides: string | null;
      recycling: string | null;
    };
  rk_calls: Kept & {
    id: Generated<number>;
    tenant_id: number;
    package_id: number;
    task_id: number;
    lead_id: number | null;
    call_key: string | null;
    phone_number: string | null;
    call_time: number;
    local_day: string;
    local_hour: number;
    duration: number;
    result: string;
    is_interested: number;
    notes: string;
    customer_name: string;
    company: string;
    agent: string;
    row_hash: string | null;
  };
  rk_call_tags: {
    id: Generated<number>;
    tenant_id: number;
    call_id: number;
    package_id: number;
    tag_name: string;
    tag_value: string;
    tag_type: string;
    created_at: number;
  };
  rk_package_tag_summary: {
    id: Generated<number>;
    tenant_id: number;
    package_id: number;
    tag_name: string;
    tag_value: string;
    tag_count: number;
    created_at: number;
    updated_at: number;
  };
  rk_call_hours: {
    tenant_id: number;
    package_id: number;
    local_day: string;
    local_hour: number;
    calls: number;
    connected: number;
    voicemail: number;
    busy: number;
    no_answer: number;
    rejected: number;
    interested: number;
    duration: number;
  };
  rk_call_weekdays: {
    tenant_id: number;
    package_id: number;
    weekday: number;
    local_hour: number;
    calls: number;
    connected: number;
    voicemail: number;
    busy: number;
    no_answer: number;
    rejected: number;
    interested: number;
    duration: number;
  };
  rk_agent_hours: {
    tenant_id: number;
    agent: string;
    local_day: string;
    local_hour: number;
    calls: number;
    connected: number;
    interested: number;
    duration: number;
  };
  rk_metrics_summary: Counted & {
    id: Generated<number>;
    tenant_id: number;
    local_day: string;
    time_zone: string;
    total_packages: number;
    new_packages: number;
    total_leads: number;
    total_cost_minor: number;
    total_revenue_minor: number;
    created_at: number;
    updated_at: number;
  };
  rk_leads: Kept & {
    id: Generated<number>;
    tenant_id: number;
    package_id: number;
    phone_number: string;
    active_phone: string | null;
    duplicate_of: number | null;
    name: string;
    company: string;
    region: string;
    time_zone: string;
    consent: string;
    customer_id: number | null;
    state: string;
    attempts: number;
    last_result: string | null;
    last_call_at: number | null;
    first_connected_at: number | null;
    next_call_at: number | null;
    lease_owner: string | null;
    lease_until: number | null;
    lease_epoch: number;
  };
  rk_dials: {
    id: Generated<number>;
    tenant_id: number;
    lead_id: number;
    task_id: number;
    lease_epoch: number;
    agent: string;
    state: string;
    provider_call_id: string | null;
    reason: string | null;
    created_at: number;
    updated_at: number;
  };
};

/** A row as it is read. */
export type Row<T extends keyof LeadTables> = Selectable<LeadTables[T]>;

/** Where leads are kept. */
export type LeadDatabase = Pick<SqlStores, "sql">;

/** The tables of leads beside RecallKit's own. */
export function leadTables({ sql }: LeadDatabase): Kysely<Database & LeadTables> {
  return sql.withTables<LeadTables>();
}
