import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Generated } from "kysely";

// A type and not an interface: Kysely wants an index signature, which only types imply.
export type RevisitImportTables = {
  rk_revisit_files: {
    id: Generated<number>;
    tenant_id: number;
    kind: string;
    content_hash: string;
    name: string;
    bytes: number;
    state: string;
    run: number;
    done_rows: number;
    inserted: number;
    updated: number;
    unchanged: number;
    rejected: number;
    dropped: number;
    fault: string | null;
    created_at: number;
    updated_at: number;
  };
  rk_revisit_findings: {
    file_id: number;
    row_index: number;
    number: number;
    line: number;
    row_code: string;
    path: string;
    code: string;
    is_rejected: number;
  };
  rk_revisit_rows: {
    tenant_id: number;
    kind: string;
    code: string;
    customer_code: string;
    seen_by: string;
    row_hash: string | null;
    content: string | null;
  };
  rk_revisit_catalogue: {
    kind: string;
    code: string;
    name: string;
    details: string;
    row_hash: string;
    updated_at: number;
  };
};

/** What statements about these tables need of the stores. */
export type ImportDatabase = Pick<SqlStores, "sql">;

/** The tables of this module, in the transaction under way if there is one. */
export function importTables({ sql }: ImportDatabase) {
  return sql.withTables<RevisitImportTables>();
}
