import type { SqlStores } from "@recallkit/storage-adapters/sqlite";

// A type and not an interface: Kysely wants an index signature, which only types imply.
export type ProjectionTables = {
  rk_projections: {
    tenant_id: number;
    target: string;
    phase: string;
    after_id: number;
    revision: number;
    facts: number;
    updated_at: number;
  };
  rk_projection_targets: {
    target: string;
    failures: number;
    last_error: string | null;
    is_cleared: number;
    succeeded_at: number | null;
    updated_at: number;
  };
  rk_relations: {
    tenant_id: number;
    via: string;
    number: number;
    relation: string;
    from_key: string;
    to_key: string;
  };
  rk_similar_vectors: {
    tenant_id: number;
    customer_id: number;
    customer_key: string;
    grams: string;
  };
};

/** What statements about these tables need of the stores. */
export type ProjectionDatabase = Pick<SqlStores, "sql">;

/** The tables of this module, in the transaction under way if there is one. */
export function projectionTables({ sql }: ProjectionDatabase) {
  return sql.withTables<ProjectionTables>();
}
