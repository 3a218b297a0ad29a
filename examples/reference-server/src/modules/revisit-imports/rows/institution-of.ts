import type { Institution } from "../../institutions/service.js";
import { NOTHING_WRITTEN, type Placed, type RowFault, type Written, writtenTogether } from "./row.js";

/** Whose rows a file holds. */
export interface RowOwners {
  /** The institution that handed the file over; undefined: each row is of the institution that its code begins with. */
  readonly own: Institution | undefined;
  /** All institutions. */
  readonly all: readonly Institution[];
}

/** How rows of one kind are shared out and written. */
interface SharedWriting<T> {
  /** The code of a row, which begins with that of its institution. */
  codeOf(value: T): string;
  /** Where the code stands. */
  readonly path: string;
  /** Writes the rows of one institution. */
  write(tenantId: number, rows: readonly Placed<T>[]): Promise<Written>;
}

/** Writes rows institution by institution; those of none are rejected. */
export async function writeShares<T>(
  owners: RowOwners,
  rows: readonly Placed<T>[],
  { codeOf, path, write }: SharedWriting<T>,
): Promise<Written> {
  const { shares, rejected } = shareOut(owners, rows, codeOf, path);
  let sum: Written = { ...NOTHING_WRITTEN, rejected };
  for (const { tenantId, rows: own } of shares) sum = writtenTogether(sum, await write(tenantId, own));
  return sum;
}

/** Rows of one institution. */
interface OwnedRows<T> {
  readonly tenantId: number;
  readonly rows: readonly Placed<T>[];
}

/**
 * Shares rows out among institutions, by ascending tenant so that two processes take their turns in the same order.
 *
 * A code that begins with that of an institution belongs to it: `BJ-HA-001-C0001` to `BJ-HA-001`.
 */
function shareOut<T>(
  { own, all }: RowOwners,
  rows: readonly Placed<T>[],
  codeOf: (value: T) => string,
  path: string,
): { readonly shares: readonly OwnedRows<T>[]; readonly rejected: readonly RowFault[] } {
  const shares = new Map<number, Placed<T>[]>();
  const rejected: RowFault[] = [];
  for (const row of rows) {
    const named = institutionNamedBy(all, codeOf(row.value));
    const institution = own ?? named;
    if (!institution) rejected.push({ index: row.index, path, code: "revisit-import.unknown-institution" });
    else if (named && named.tenantId !== institution.tenantId)
      rejected.push({ index: row.index, path, code: "revisit-import.other-institution" });
    else {
      const share = shares.get(institution.tenantId) ?? [];
      share.push(row);
      shares.set(institution.tenantId, share);
    }
  }
  const byTenant = [...shares].sort(([a], [b]) => a - b);
  return { shares: byTenant.map(([tenantId, own]) => ({ tenantId, rows: own })), rejected };
}

/** The institution whose code a code begins with, the longest of them. */
function institutionNamedBy(all: readonly Institution[], code: string): Institution | undefined {
  return all
    .filter((one) => code.startsWith(`${one.code}-`))
    .reduce<Institution | undefined>(
      (best, one) => (best && best.code.length >= one.code.length ? best : one),
      undefined,
    );
}
