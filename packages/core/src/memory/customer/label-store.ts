import type { Label } from "../../customer/label.js";
import { ConflictError } from "../../errors.js";
import type { LabelStore } from "../../ports/label-store.js";
import { compareBytes } from "../../text.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";
import type { LabelRow } from "./tables.js";

/** {@link LabelStore} in memory. */
export function labelStore(db: Database): LabelStore {
  const { labels, labelsByKey, labelsByKind, customerLabels, customerLabelsByCustomer } = db.tables;

  function writeLabels(tenantId: number, customerId: number, labelIds: ReadonlySet<number>): void {
    const row = customerLabelsByCustomer.find(compositeKey(tenantId, customerId));
    if (row) customerLabels.replace({ ...row, labelIds });
    else customerLabels.insert((id) => ({ id, tenantId, customerId, labelIds }));
  }

  function labelsOf(tenantId: number, customerId: number): ReadonlySet<number> {
    return customerLabelsByCustomer.find(compositeKey(tenantId, customerId))?.labelIds ?? new Set();
  }

  return {
    findMany: (tenantId, refs) =>
      db.read(() => {
        const keys = new Set(refs.map(({ kind, key }) => compositeKey(tenantId, kind, key)));
        return [...keys].flatMap((key) => labelsByKey.find(key) ?? []).map(toLabel);
      }),
    insertMany: (tenantId, added) =>
      db.write(() => {
        const written = added.map(({ kind, key, name }) => labels.insert((id) => ({ id, tenantId, kind, key, name })));
        if (written.some(({ kind, key }) => labelsByKey.count(compositeKey(tenantId, kind, key)) > 1)) {
          throw new ConflictError("label.key-taken", "the tenant has a label of this kind and key");
        }
        return written.map(({ id }) => id);
      }),
    rename: (tenantId, renames) =>
      db.write(() => {
        for (const { id, name } of renames) {
          const label = ofTenant(labels.get(id), tenantId);
          if (label) labels.replace({ ...label, name });
        }
      }),
    list: (tenantId, kind, { afterKey, limit }) =>
      db.read(() =>
        labelsByKind
          .rows(compositeKey(tenantId, kind))
          .filter(({ key }) => afterKey === undefined || compareBytes(key, afterKey) > 0)
          .sort((a, b) => compareBytes(a.key, b.key))
          .slice(0, limit)
          .map(toLabel),
      ),
    held: (tenantId, customerIds, kind) =>
      db.read(() =>
        customerIds.flatMap((customerId) =>
          [...labelsOf(tenantId, customerId)].flatMap((labelId) =>
            labels.get(labelId)?.kind === kind ? [{ customerId, labelId }] : [],
          ),
        ),
      ),
    assign: (tenantId, pairs) =>
      db.write(() => {
        let added = 0;
        for (const { customerId, labelId } of pairs) {
          const present = labelsOf(tenantId, customerId);
          if (present.has(labelId)) continue;
          writeLabels(tenantId, customerId, new Set([...present, labelId]));
          added += 1;
        }
        return added;
      }),
    unassign: (tenantId, pairs) =>
      db.write(() => {
        let removed = 0;
        for (const { customerId, labelId } of pairs) {
          const present = labelsOf(tenantId, customerId);
          if (!present.has(labelId)) continue;
          writeLabels(tenantId, customerId, new Set([...present].filter((id) => id !== labelId)));
          removed += 1;
        }
        return removed;
      }),
  };
}

function toLabel({ id, kind, key, name }: LabelRow): Label {
  return { id, kind, key, name };
}
