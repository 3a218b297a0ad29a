import { type Consent, type ConsentRecord, replacesConsent } from "../../contact/consent.js";
import type { ConsentStore } from "../../ports/consent-store.js";
import { compareBytes } from "../../text.js";
import { pageOfRows } from "../selection.js";
import { compositeKey } from "../table.js";
import type { Database, Tables } from "../tables.js";

/** {@link ConsentStore} in memory. */
export function consentStore(db: Database): ConsentStore {
  const { consentRecords, consentRecordsByWord, consentRecordsByCustomer, consentsByCustomer } = db.tables;
  return {
    record: (_, rows) =>
      db.write(() => {
        let added = 0;
        for (const row of rows) {
          if (consentRecordsByWord.find(wordKey(row))) continue;
          consentRecords.insert((id) => ({ ...row, id }));
          keepConsent(db.tables, row);
          added += 1;
        }
        return added;
      }),
    current: (tenantId, customerIds) =>
      db.read(() =>
        [...new Set(customerIds)]
          .sort((a, b) => a - b)
          .flatMap((customerId) =>
            consentsByCustomer
              .rows(customerId)
              .filter((row) => row.tenantId === tenantId)
              .toSorted((a, b) => compareBytes(a.purpose, b.purpose) || compareBytes(a.channel, b.channel))
              .map(({ id: __, ...consent }) => consent),
          ),
      ),
    list: (tenantId, filter) =>
      db.read(() => {
        const { customerId, channel, purpose, status } = filter;
        const rows = customerId === undefined ? consentRecords.all() : consentRecordsByCustomer.rows(customerId);
        return pageOfRows(
          rows,
          filter,
          (row) =>
            row.tenantId === tenantId &&
            (channel === undefined || row.channel === channel) &&
            (purpose === undefined || row.purpose === purpose) &&
            (status === undefined || row.status === status),
        );
      }),
  };
}

/** Puts a word into its place unless a later one holds. */
function keepConsent({ consents, consentsByPlace }: Tables, row: Consent): void {
  const held = consentsByPlace.find(placeKey(row));
  if (!replacesConsent(row, held)) return;
  if (held) consents.replace({ ...row, id: held.id });
  else consents.insert((id) => ({ ...row, id }));
}

/** Key of the person, channel and purpose that a word is about. */
export function placeKey({ tenantId, customerId, channel, purpose }: Consent): string {
  return compositeKey(tenantId, customerId, channel, purpose);
}

/** Key of a piece of evidence, which is there once. */
export function wordKey(row: Consent): string {
  return compositeKey(placeKey(row), row.status, row.at);
}

/** What a person said about messages of a purpose on a channel or on all. */
export function consentWords(
  { consentsByCustomer }: Tables,
  { tenantId, customerId, channel }: Pick<Consent, "tenantId" | "customerId" | "channel">,
  purpose: string,
): readonly Consent[] {
  return consentsByCustomer
    .rows(customerId)
    .filter((row) => row.tenantId === tenantId && row.purpose === purpose)
    .filter((row) => row.channel === channel || row.channel === "*");
}

/** Gives what one person said to another. Evidence that both have stays with the row that it came to. */
export function mergeConsents(tables: Tables, into: number, from: number): void {
  const { consents, consentsByCustomer, consentRecords, consentRecordsByCustomer, consentRecordsByWord } = tables;
  for (const { id, ...row } of consentsByCustomer.rows(from)) {
    keepConsent(tables, { ...row, customerId: into });
    consents.remove(id);
  }
  for (const row of consentRecordsByCustomer.rows(from)) {
    const moved: ConsentRecord = { ...row, customerId: into };
    if (!consentRecordsByWord.find(wordKey(moved))) consentRecords.replace(moved);
  }
}
