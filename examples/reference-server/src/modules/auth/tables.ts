import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Generated } from "kysely";
import type { Role } from "../../frame/roles.js";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type AuthTables = {
  rk_users: { id: Generated<number>; username: string; password_hash: string; created_at: number; updated_at: number };
  rk_memberships: { tenant_id: number; user_id: number; role: Role; status: "active" | "disabled" };
  rk_sessions: {
    id: Generated<number>;
    token_hash: string;
    tenant_id: number;
    user_id: number;
    ip: string;
    agent: string;
    created_at: number;
    expires_at: number;
  };
  rk_login_failures: { id: Generated<number>; subject: string; at: number };
  rk_api_keys: {
    id: Generated<number>;
    tenant_id: number;
    name: string;
    token_hash: string;
    token_start: string;
    scopes: string;
    created_by: string;
    created_at: number;
    expires_at: number | null;
    used_at: number | null;
  };
};

/** The part of the stores that users live in; a transaction's stores fit too. */
export type AuthDatabase = Pick<SqlStores, "sql">;

/** The tables of this module. */
export function tables(database: AuthDatabase) {
  return database.sql.withTables<AuthTables>();
}
