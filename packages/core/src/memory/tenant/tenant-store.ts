import { NotFoundError } from "../../errors.js";
import type { TenantStore } from "../../ports/tenant-store.js";
import type { Change } from "../../tenant/tenant.js";
import { compareBytes } from "../../text.js";
import { compositeKey } from "../table.js";
import type { Database } from "../tables.js";

/** {@link TenantStore} in memory. */
export function tenantStore(db: Database): TenantStore {
  const { tenants, revisions, revisionsByNumber } = db.tables;
  return {
    get: (tenantId) => db.read(() => tenants.get(tenantId)),
    list: () => db.read(() => tenants.all()),
    insert: (tenant) =>
      db.write(() => tenants.insert((id) => ({ countedStatuses: null, ...tenant, id, revision: 0, maxOrderAt: null }))),
    update: (tenantId, patch) =>
      db.write(() => {
        const tenant = tenants.get(tenantId);
        if (tenant) tenants.replace({ ...tenant, ...patch });
      }),
    recordChanges: (tenantId, changes, { at, maxOrderAt }) =>
      db.write(() => {
        const tenant = tenants.get(tenantId);
        if (!tenant) throw new NotFoundError("tenant.not-found", `there is no tenant ${tenantId}`);
        const revision = tenant.revision + 1;
        tenants.replace({ ...tenant, revision, maxOrderAt: latest(tenant.maxOrderAt, maxOrderAt) });
        revisions.insert((id) => ({ id, tenantId, revision, at, changes: inOrder(changes, revision) }));
        return revision;
      }),
    changesSince: (tenantId, revision, limit) =>
      db.read(() => {
        const found: Change[] = [];
        const newest = tenants.get(tenantId)?.revision ?? 0;
        for (let number = revision + 1; number <= newest && found.length < limit; number += 1) {
          const recorded = revisionsByNumber.find(compositeKey(tenantId, number))?.changes ?? [];
          found.push(...recorded);
        }
        return found;
      }),
  };
}

function latest(known: number | null, seen: number | undefined): number | null {
  if (seen === undefined) return known;
  return known === null ? seen : Math.max(known, seen);
}

function inOrder(changes: readonly Omit<Change, "revision">[], revision: number): readonly Change[] {
  const distinct = new Map(
    changes.map(({ kind, id }) => [compositeKey(kind, id), Object.freeze({ revision, kind, id })]),
  );
  return [...distinct.values()].sort((a, b) => compareBytes(a.kind, b.kind) || a.id - b.id);
}
