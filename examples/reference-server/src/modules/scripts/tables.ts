import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Generated } from "kysely";

// Types and not interfaces: Kysely wants an index signature, which only types imply.
export type ScriptTables = {
  rk_scripts: {
    id: Generated<number>;
    tenant_id: number;
    purpose: string;
    channel: string;
    customer_id: number | null;
    input_hash: string;
    state: string;
    lease_until: number;
    lease_epoch: number;
    engine: string;
    model: string | null;
    template_id: number | null;
    prompt: string | null;
    text: string;
    verdict: string;
    findings: string;
    drafts: string;
    prompt_tokens: number;
    completion_tokens: number;
    cost_micros: number;
    is_model_written: number;
    created_at: number;
    written_at: number | null;
  };
  rk_script_templates: {
    id: Generated<number>;
    tenant_id: number;
    purpose: string;
    name: string;
    text: string;
    review_certificate_no: string | null;
    is_active: number;
    created_by: string;
    created_at: number;
    updated_at: number;
  };
  rk_script_words: {
    id: Generated<number>;
    tenant_id: number;
    kind: string;
    word: string;
    word_form: string;
    severity: string;
    reason: string;
    created_by: string;
    created_at: number;
  };
  rk_script_settings: { tenant_id: number; settings: string; updated_by: string; updated_at: number };
  rk_script_spend: { tenant_id: number; day: string; calls: number; tokens: number; cost_micros: number };
};

/** Where texts are kept. */
export type ScriptDatabase = Pick<SqlStores, "sql">;

/** The tables of texts beside RecallKit's own. */
export function scriptTables({ sql }: ScriptDatabase) {
  return sql.withTables<ScriptTables>();
}
