import type { StoredTenant } from "../../ports/tenant-store.js";
import { BOOTSTRAP_TENANT_ID, type Change } from "../../tenant/tenant.js";
import type { Journal } from "../journal.js";
import { compositeKey, createTable, type Row } from "../table.js";

/** All changes recorded under one revision. */
export interface RevisionRow extends Row {
  readonly revision: number;
  readonly at: number;
  readonly changes: readonly Change[];
}

const BOOTSTRAP_TENANT: StoredTenant = {
  id: BOOTSTRAP_TENANT_ID,
  name: "default",
  timeZone: "Asia/Shanghai",
  currency: "CNY",
  countedStatuses: null,
  revision: 0,
  maxOrderAt: null,
  createdAt: 0,
};

/** Tenants, the bootstrap tenant among them, and their change feed. */
export function tenantTables(journal: Journal) {
  const revisions = createTable<RevisionRow>(journal);
  return {
    tenants: createTable<StoredTenant>(journal, [BOOTSTRAP_TENANT]),
    revisions,
    revisionsByNumber: revisions.indexBy((row) => [compositeKey(row.tenantId, row.revision)]),
  };
}
