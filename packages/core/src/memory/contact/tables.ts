import type { Suppression } from "../../contact/suppression.js";
import type { Journal } from "../journal.js";
import { compositeKey, createTable } from "../table.js";
import { targetKey } from "./suppression-store.js";

/** A suppression; a removed one stays as a row that nothing finds. */
export interface SuppressionRow extends Omit<Suppression, "externalKey"> {
  /** Key of somebody who is not known yet. */
  readonly waitingFor: string | null;
  readonly isRemoved: boolean;
}

/** Who must not be contacted. The cap ledger is kept in the rows of deliveries. */
export function contactTables(journal: Journal) {
  const suppressions = createTable<SuppressionRow>(journal);
  return {
    suppressions,
    suppressionsByKey: suppressions.indexBy((row) =>
      row.isRemoved || row.waitingFor === null ? [] : [compositeKey(row.tenantId, row.waitingFor)],
    ),
    suppressionsByTarget: suppressions.indexBy((row) =>
      row.isRemoved ? [] : [targetKey(row.tenantId, row.channel, row)],
    ),
  };
}
