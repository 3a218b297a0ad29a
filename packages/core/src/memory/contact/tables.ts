import type { Consent, ConsentRecord } from "../../contact/consent.js";
import type { Suppression } from "../../contact/suppression.js";
import type { HeldSpend, SpendPeriod } from "../../ports/spend-store.js";
import type { Journal } from "../journal.js";
import { compositeKey, createTable } from "../table.js";
import { placeKey, wordKey } from "./consent-store.js";
import { targetKey } from "./suppression-store.js";

/** A suppression; a removed one stays as a row that nothing finds. */
export interface SuppressionRow extends Omit<Suppression, "externalKey"> {
  /** Key of somebody who is not known yet. */
  readonly waitingFor: string | null;
  readonly isRemoved: boolean;
}

/** The word that holds for a person, channel and purpose. */
export type ConsentRow = Consent & { readonly id: number };

/** A charge of a batch. */
export type SpendEntryRow = HeldSpend & { readonly id: number };

/** What a channel has cost in a period. */
export interface SpendPeriodRow extends SpendPeriod {
  readonly tenantId: number;
  readonly channel: string;
}

/** Who must not be contacted, and who agreed to be. The cap ledger is kept in the rows of deliveries. */
export function contactTables(journal: Journal) {
  const suppressions = createTable<SuppressionRow>(journal);
  const consents = createTable<ConsentRow>(journal);
  const consentRecords = createTable<ConsentRecord>(journal);
  const spendEntries = createTable<SpendEntryRow>(journal);
  const spendPeriods = createTable<SpendPeriodRow>(journal);
  return {
    spendEntries,
    spendByBatch: spendEntries.indexBy((row) => [compositeKey(row.tenantId, row.batchId)]),
    spendPeriods,
    spendPeriodsByName: spendPeriods.indexBy((row) => [compositeKey(row.tenantId, row.channel, row.period)]),
    consents,
    consentsByPlace: consents.indexBy((row) => [placeKey(row)]),
    consentsByCustomer: consents.indexBy((row) => [row.customerId]),
    consentRecords,
    consentRecordsByWord: consentRecords.indexBy((row) => [wordKey(row)]),
    consentRecordsByCustomer: consentRecords.indexBy((row) => [row.customerId]),
    suppressions,
    suppressionsByKey: suppressions.indexBy((row) =>
      row.isRemoved || row.waitingFor === null ? [] : [compositeKey(row.tenantId, row.waitingFor)],
    ),
    suppressionsByTarget: suppressions.indexBy((row) =>
      row.isRemoved ? [] : [targetKey(row.tenantId, row.channel, row)],
    ),
  };
}
