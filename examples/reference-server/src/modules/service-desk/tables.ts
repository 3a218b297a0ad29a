import type { Database, SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Generated, Kysely, Selectable } from "kysely";

// Types and not interfaces: Kysely wants an index signature, which only types imply.
export type DeskTables = {
  rk_desk_staff: {
    id: Generated<number>;
    tenant_id: number;
    user_id: number | null;
    wecom_user_id: string | null;
    customer_id: number | null;
    name: string;
    role: string;
    skills: string;
    capacity: number;
    open_tickets: number;
    last_assigned_at: number;
    presence: string;
    hours: string | null;
    version: number;
    created_at: number;
    updated_at: number;
    left_at: number | null;
  };
  rk_desk_bindings: {
    tenant_id: number;
    customer_id: number;
    staff_id: number;
    ended_at: number;
    source: string;
    created_at: number;
  };
  rk_desk_turns: {
    tenant_id: number;
    turn: number;
  };
  rk_projects: {
    id: Generated<number>;
    tenant_id: number;
    customer_id: number;
    request_key: string | null;
    name: string;
    name_search: string;
    stage: string;
    stage_at: number;
    owner_id: number | null;
    value_minor: number;
    expected_on: string | null;
    source: string;
    note: string;
    version: number;
    created_at: number;
    updated_at: number;
  };
  rk_project_history: {
    id: Generated<number>;
    tenant_id: number;
    project_id: number;
    kind: string;
    from_stage: string | null;
    to_stage: string;
    since: number;
    owner_id: number | null;
    value_minor: number;
    expected_on: string | null;
    source: string;
    actor: string;
    note: string;
    at: number;
  };
  rk_equipment: {
    id: Generated<number>;
    tenant_id: number;
    customer_id: number;
    project_id: number | null;
    serial: string;
    model: string;
    warranty_until: string | null;
    version: number;
    created_at: number;
    updated_at: number;
  };
  rk_tickets: {
    id: Generated<number>;
    tenant_id: number;
    customer_id: number | null;
    project_id: number | null;
    equipment_id: number | null;
    session_id: number | null;
    request_key: string;
    kind: string;
    priority: number;
    subject: string;
    body: string;
    source: string;
    skill: string | null;
    state: string;
    assignee_id: number | null;
    version: number;
    clock_at: number;
    queued_at: number;
    first_answer_due: number;
    solution_due: number;
    escalate_at: number | null;
    escalation: number;
    first_answered_at: number | null;
    solved_at: number | null;
    confirmed_at: number | null;
    reopened: number;
    merged_into: number | null;
    split_from: number | null;
    follows: number | null;
    created_at: number;
    updated_at: number;
  };
  rk_ticket_events: {
    id: Generated<number>;
    tenant_id: number;
    ticket_id: number;
    kind: string;
    actor: string;
    from_staff: number | null;
    to_staff: number | null;
    note: string;
    at: number;
    announced_at: number | null;
  };
  rk_ticket_ratings: {
    tenant_id: number;
    ticket_id: number;
    round: number;
    staff_id: number | null;
    stars: number;
    comment: string;
    at: number;
  };
  rk_ticket_viewers: {
    tenant_id: number;
    ticket_id: number;
    viewer: string;
    name: string;
    seen_at: number;
  };
  rk_ticket_attachments: {
    tenant_id: number;
    ticket_id: number;
    sha256: string;
    name: string;
    actor: string;
    created_at: number;
  };
};

/** A row as it is read. */
export type Row<T extends keyof DeskTables> = Selectable<DeskTables[T]>;

/** Where the desk keeps its rows. */
export type DeskDatabase = Pick<SqlStores, "sql">;

/** The tables of the desk beside RecallKit's own. */
export function deskTables({ sql }: DeskDatabase): Kysely<Database & DeskTables> {
  return sql.withTables<DeskTables>();
}
