import type { Database, SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Generated, Kysely, Selectable } from "kysely";

// A type and not an interface: Kysely wants an index signature, which only types imply.
export type InboxTables = {
  rk_wechat_sessions: {
    id: Generated<number>;
    tenant_id: number;
    entrance: string;
    address: string;
    customer_id: number | null;
    state: string;
    ticket_id: number | null;
    asks: string;
    next_sequence: number;
    unread: number;
    last_in_at: number | null;
    last_at: number;
    lease_until: number;
    lease_epoch: number;
    created_at: number;
  };
  rk_wechat_messages: {
    id: Generated<number>;
    tenant_id: number;
    session_id: number;
    sequence: number;
    direction: string;
    author: string;
    kind: string;
    body: string;
    event_hash: string;
    via: string;
    state: string;
    attempts: number;
    not_before: number;
    push_kind: string | null;
    push_id: number | null;
    message_id: number | null;
    decision_id: number | null;
    told_at: number;
    created_at: number;
  };
  rk_router_decisions: {
    id: Generated<number>;
    tenant_id: number;
    session_id: number | null;
    message_id: number | null;
    customer_id: number | null;
    request_key: string;
    text: string;
    intent: string;
    confidence: number;
    engine: string;
    model: string | null;
    reason: string;
    action: string;
    reply: string;
    sources: string;
    ticket_id: number | null;
    project_id: number | null;
    handed_over: number;
    corrected_intent: string | null;
    corrected_by: string | null;
    corrected_at: number | null;
    created_at: number;
  };
  rk_router_examples: {
    id: Generated<number>;
    tenant_id: number;
    text_hash: string;
    text: string;
    intent: string;
    decision_id: number | null;
    created_by: string;
    created_at: number;
  };
  rk_inbox_settings: {
    tenant_id: number;
    settings: string;
    group_bot: string | null;
    version: number;
    updated_by: string;
    updated_at: number;
  };
  rk_knowledge: {
    id: Generated<number>;
    tenant_id: number;
    question: string;
    keywords: string;
    answer: string;
    is_active: number;
    version: number;
    updated_by: string;
    created_at: number;
    updated_at: number;
  };
  rk_knowledge_terms: {
    tenant_id: number;
    term: string;
    knowledge_id: number;
    weight: number;
  };
  rk_bind_codes: {
    id: Generated<number>;
    tenant_id: number;
    address_hash: string;
    phone_hash: string;
    customer_id: number | null;
    code_hash: string;
    tries: number;
    state: string;
    expires_at: number;
    created_at: number;
  };
  rk_bind_limits: {
    tenant_id: number;
    subject: string;
    begun_at: number;
    used: number;
  };
  rk_wechat_bindings: {
    id: Generated<number>;
    tenant_id: number;
    entrance: string;
    address: string;
    customer_id: number | null;
    other_customer_id: number | null;
    action: string;
    source: string;
    state: string;
    actor: string;
    created_at: number;
    decided_at: number | null;
  };
  rk_group_notices: {
    id: Generated<number>;
    tenant_id: number;
    notice_key: string;
    state: string;
    content_hash: string;
    told: number;
    suppressed: number;
    told_at: number;
    updated_at: number;
  };
  rk_wechat_merges: {
    tenant_id: number;
    session_id: number;
    into_id: number;
    actor: string;
    created_at: number;
  };
  rk_kf_accounts: {
    tenant_id: number;
    open_kfid: string;
    sync_cursor: string | null;
    token: string | null;
    token_at: number;
    news: number;
    seen: number;
    attempts: number;
    not_before: number;
    lease_until: number;
    updated_at: number;
  };
  rk_kf_windows: {
    tenant_id: number;
    external_userid: string;
    open_kfid: string;
    last_in_at: number;
    sent: number;
  };
};

/** A row as it is read. */
export type Row<T extends keyof InboxTables> = Selectable<InboxTables[T]>;

/** Where the inbox keeps its rows; inside a transaction, its own. */
export type InboxDatabase = Pick<SqlStores, "sql">;

/** The tables of the inbox beside RecallKit's own. */
export function inboxTables({ sql }: InboxDatabase): Kysely<Database & InboxTables> {
  return sql.withTables<InboxTables>();
}
