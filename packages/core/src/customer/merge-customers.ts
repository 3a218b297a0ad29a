import type { PersonData } from "../ports/person-data.js";
import type { Stores } from "../ports/stores.js";
import { loadAttributes } from "./attributes.js";
import { IDENTITY_TYPES } from "./customer.js";
import { applyFacts, type Draft, loadDrafts, loadOwners, writeDrafts } from "./customer-drafts.js";
import { IDENTITY_FIELDS, type PreparedCustomer } from "./customer-schema.js";
import { returnOptOuts } from "./erased-opt-outs.js";
import { mergePeople } from "./merge-people.js";
import type { CustomerIngestOptions, RowDrop } from "./outcome.js";
import { type CityChange, placeCities } from "./place-cities.js";

/** What became of one row of customer facts. */
export type MergeOutcome =
  | { readonly kind: "inserted" | "updated" | "unchanged"; readonly id: number }
  | { readonly kind: "rejected"; readonly path: string; readonly code: string; readonly message: string };

export interface MergeResult extends CityChange {
  /** One per row, in the order given. */
  readonly outcomes: readonly MergeOutcome[];
  /** Customers whose row, labels or attributes changed. */
  readonly changedIds: readonly number[];
  /** Identities that were left out of their rows; `index` is the position among the rows given. */
  readonly dropped: readonly RowDrop[];
  /** Identities taken from another customer. */
  readonly moved: number;
  /** Whom a customer was merged into meanwhile; themselves where they were not. */
  readonly currentId: (customerId: number) => number;
}

/** How rows of facts are merged. */
export interface MergeOptions extends Pick<CustomerIngestOptions, "strict" | "onIdentityMove" | "attributeTypes"> {
  /** Rows beside the ledger, which follow who is merged. @default none */
  readonly personData?: readonly PersonData[];
  /** Customers that this run has inserted before: another city of theirs is no news. @default nobody */
  readonly broughtIn?: { has(id: number): boolean };
  /** Whether the city of a row only fills in a missing one. @default none does */
  readonly onlyFillsCity?: (index: number) => boolean;
}

const TAKEN = { code: "customer.identity-taken", message: "belongs to another customer" };
const NOBODY = new Set<number>();

/**
 * Merges facts into customers: given fields win, absent ones stay. At most 1 000 rows, inside a transaction.
 *
 * Somebody who had opted out before they were known, or before being erased, is suppressed.
 */
export async function mergeCustomers(
  tx: Stores,
  tenantId: number,
  rows: readonly PreparedCustomer[],
  at: number,
  {
    strict,
    onIdentityMove = "refuse",
    attributeTypes,
    personData = [],
    broughtIn = NOBODY,
    onlyFillsCity = () => false,
  }: MergeOptions = {},
): Promise<MergeResult> {
  const drafts = await loadDrafts(tx, tenantId, rows);
  const owners = await loadOwners(tx, tenantId, rows, drafts);
  const attributes = await loadAttributes(tx, tenantId, rows, drafts, attributeTypes);
  const dropped: RowDrop[] = [];
  const mergers: (readonly [into: Draft, from: Draft])[] = [];
  let moved = 0;
  const refusals = rows.map((row, index): Extract<MergeOutcome, { kind: "rejected" }> | undefined => {
    const draft = drafts.get(row.externalKey) as Draft;
    const facts = { ...row };
    const own = row.attributes && attributes?.judge(draft, row.attributes);
    const fault = strict ? own?.faults[0] : undefined;
    if (fault) return { kind: "rejected", ...fault };
    for (const type of IDENTITY_TYPES) {
      const path = IDENTITY_FIELDS[type];
      const value = row[path];
      const owner = value === undefined ? undefined : owners.of(type, value);
      if (!owner || owner === draft) continue;
      if (onIdentityMove === "move" || onIdentityMove === "merge") {
        const { [type]: _, ...left } = owner.identities;
        owner.identities = left;
        moved += 1;
        if (onIdentityMove === "merge") mergers.push([draft, owner]);
      } else if (strict) return { kind: "rejected", path, ...TAKEN };
      else {
        delete facts[path];
        dropped.push({ index, path, ...TAKEN });
      }
    }
    applyFacts(draft, facts, owners);
    if (own) {
      attributes?.stage(draft, own.values);
      dropped.push(...own.faults.map((one) => ({ index, ...one })));
    }
    if (draft.firstRow < 0) draft.firstRow = index;
    return undefined;
  });
  const written = await writeDrafts(tx, tenantId, drafts, at);
  const arrivals = written.filter(({ stored }) => !stored);
  if (arrivals.length > 0) await tx.suppressions.settle(tenantId, arrivals);
  await returnOptOuts(tx, tenantId, written.filter(hasNewName));
  const mergedInto = new Map<number, number>();
  const currentId = (id: number): number => {
    const next = mergedInto.get(id);
    return next === undefined ? id : currentId(next);
  };
  for (const pair of mergers) {
    const [into, from] = pair.map((draft) => currentId(draft.id)) as [number, number];
    if (into === from) continue;
    await mergePeople(tx, { tenantId, intoId: into, fromId: from }, at, personData);
    mergedInto.set(from, into);
  }
  const outcomes = rows.map(({ externalKey }, index): MergeOutcome => {
    const { id, stored, firstRow, hasChanged } = drafts.get(externalKey) as Draft;
    const kind = firstRow !== index || !hasChanged ? "unchanged" : stored ? "updated" : "inserted";
    return refusals[index] ?? { kind, id: currentId(id) };
  });
  const changed = new Set(written.map(({ id }) => id));
  const placements = rows.flatMap(({ city: key }, index) => {
    const outcome = outcomes[index];
    const isMeant = key !== undefined && outcome && outcome.kind !== "rejected";
    return isMeant ? [{ customerId: outcome.id, key, onlyFills: onlyFillsCity(index) }] : [];
  });
  const isNews = (id: number) => !changed.has(id) && !broughtIn.has(id);
  const cities = await placeCities(tx, tenantId, placements, isNews);
  const attributedIds = (await attributes?.write(currentId)) ?? [];
  const touched = new Set([...cities.relabelledIds, ...attributedIds]);
  return {
    outcomes,
    ...cities,
    newCityCount: [...touched].filter(isNews).length,
    changedIds: [...new Set([...changed, ...touched])],
    dropped,
    moved,
    currentId,
  };
}

function hasNewName({ stored, identities }: Draft): boolean {
  return !stored || IDENTITY_TYPES.some((type) => identities[type] !== stored.identities[type]);
}
