import type { Suppression } from "../../contact/suppression.js";
import type { Journal } from "../journal.js";
import { createTable } from "../table.js";
import { targetKey } from "./suppression-store.js";

/** A suppression; a removed one stays as a row that nothing finds. */
export interface SuppressionRow extends Omit<Suppression, "externalKey"> {
  readonly isRemoved: boolean;
}

/** Who must not be contacted. The cap ledger is kept in the rows of deliveries. */
export function contactTables(journal: Journal) {
  const suppressions = createTable<SuppressionRow>(journal);
  return {
    suppressions,
    suppressionsByTarget: suppressions.indexBy((row) =>
      row.isRemoved ? [] : [targetKey(row.tenantId, row.channel, row)],
    ),
  };
}
