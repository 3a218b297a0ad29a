import type { SqlStores } from "@recallkit/storage-adapters/sqlite";

/** Who did what; kept beside the change itself, in one transaction. */
export interface AuditEntry {
  readonly tenantId: number;
  /** `user:3`, `api-key:5`, `cli`, `server`, or `anonymous` for a login that failed. */
  readonly actor: string;
  readonly actorName: string | null;
  /** `POST /wechatpush/create`, `auth.login`, `auth.locked` … */
  readonly action: string;
  /** What it was done to: `push:12`, `user:3`; null when nothing single. */
  readonly target: string | null;
  readonly requestId: string | null;
  readonly ip: string | null;
  readonly at: number;
}

/** Adds one entry. */
export async function recordAudit(_database: Pick<SqlStores, "sql">, _entry: AuditEntry): Promise<void> {
  throw new Error("not built");
}
