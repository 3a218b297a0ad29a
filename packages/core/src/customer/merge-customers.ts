import type { Stores } from "../ports/stores.js";
import { rowHash } from "../text.js";
import { type Customer, IDENTITY_TYPES, type Identities, type IdentityType } from "./customer.js";
import { IDENTITY_FIELDS, type PreparedCustomer } from "./customer-schema.js";
import { ensureLabels } from "./ensure-labels.js";
import { returnOptOuts } from "./erased-opt-outs.js";

/** What became of one row of customer facts. */
export type MergeOutcome =
  | { readonly kind: "inserted" | "updated" | "unchanged"; readonly id: number }
  | { readonly kind: "rejected"; readonly path: string; readonly code: string; readonly message: string };

export interface MergeResult {
  /** One per row, in the order given. */
  readonly outcomes: readonly MergeOutcome[];
  /** City labels that people had not had before: each makes an otherwise unchanged row an updated one. */
  readonly newCityCount: number;
  readonly labelIds: readonly number[];
  readonly newLabelIds: readonly number[];
  /** Customers whose row or labels changed; may name a few too many where only some of a chunk got a new city. */
  readonly changedIds: readonly number[];
}

const NOBODY = new Set<number>();

interface Draft {
  readonly externalKey: string;
  stored: Customer | undefined;
  name: string | null;
  bornOn: string | null;
  identities: Identities;
  firstRow: number;
  changed: boolean;
}

/**
 * Merges facts into customers: given fields win, absent ones stay. At most 1 000 rows, inside a transaction.
 *
 * An identity that belongs to somebody else rejects its row and changes nothing of it. Somebody who had opted out before
 * being erased is suppressed again.
 *
 * @param broughtIn customers that this run has inserted before: a further city of theirs is no news. @default nobody
 */
export async function mergeCustomers(
  tx: Stores,
  tenantId: number,
  rows: readonly PreparedCustomer[],
  at: number,
  broughtIn: { has(id: number): boolean } = NOBODY,
): Promise<MergeResult> {
  const drafts = await loadDrafts(tx, tenantId, rows);
  const owners = await loadOwners(tx, tenantId, rows, drafts);
  const kinds = rows.map((row, index): "touched" | Extract<MergeOutcome, { kind: "rejected" }> => {
    // loadDrafts made one for every key.
    const draft = drafts.get(row.externalKey) as Draft;
    const taken = IDENTITY_TYPES.find((type) => isTaken(owners, type, row[IDENTITY_FIELDS[type]], row.externalKey));
    if (taken) {
      const path = IDENTITY_FIELDS[taken];
      return { kind: "rejected", path, code: "customer.identity-taken", message: "belongs to another customer" };
    }
    applyFacts(draft, row, owners);
    if (draft.firstRow < 0) draft.firstRow = index;
    return "touched";
  });
  const ids = await writeDrafts(tx, tenantId, drafts, at);
  const outcomes = kinds.map((kind, index): MergeOutcome => {
    if (kind !== "touched") return kind;
    const draft = drafts.get(rows[index]?.externalKey ?? "") as Draft;
    const id = ids.get(draft.externalKey) ?? 0;
    if (draft.firstRow !== index) return { kind: "unchanged", id };
    return { kind: draft.stored ? (draft.changed ? "updated" : "unchanged") : "inserted", id };
  });
  const cities = await assignCities(tx, tenantId, rows, outcomes, broughtIn);
  const changedIds = outcomes.flatMap((outcome) =>
    outcome.kind === "inserted" || outcome.kind === "updated" ? [outcome.id] : [],
  );
  return { outcomes, ...cities, changedIds: [...new Set([...changedIds, ...cities.relabelledIds])] };
}

async function loadDrafts(
  tx: Stores,
  tenantId: number,
  rows: readonly PreparedCustomer[],
): Promise<Map<string, Draft>> {
  const keys = [...new Set(rows.map((row) => row.externalKey))];
  const stored = new Map(
    (await tx.customers.findByKeys(tenantId, keys)).map((customer) => [customer.externalKey, customer]),
  );
  return new Map(
    keys.map((externalKey) => {
      const known = stored.get(externalKey);
      return [
        externalKey,
        {
          externalKey,
          stored: known,
          name: known?.name ?? null,
          bornOn: known?.bornOn ?? null,
          identities: known?.identities ?? {},
          firstRow: -1,
          changed: false,
        },
      ];
    }),
  );
}

/** identity → import key of its owner, for stored people and, later, for the rows taken so far. */
async function loadOwners(
  tx: Stores,
  tenantId: number,
  rows: readonly PreparedCustomer[],
  drafts: ReadonlyMap<string, Draft>,
): Promise<Map<string, string>> {
  const wanted = rows.flatMap((row) =>
    IDENTITY_TYPES.flatMap((type) => {
      const value = row[IDENTITY_FIELDS[type]];
      return value === undefined ? [] : [{ type, value }];
    }),
  );
  const keyOfId = new Map(
    [...drafts.values()].flatMap((draft) => (draft.stored ? [[draft.stored.id, draft.externalKey]] : [])),
  );
  const found = wanted.length > 0 ? await tx.customers.findOwners(tenantId, wanted) : [];
  return new Map(
    found.map((owner) => [
      `${owner.type}:${owner.value}`,
      keyOfId.get(owner.customerId) ?? `\u0000${owner.customerId}`,
    ]),
  );
}

function isTaken(
  owners: ReadonlyMap<string, string>,
  type: IdentityType,
  value: string | undefined,
  key: string,
): boolean {
  const owner = value === undefined ? undefined : owners.get(`${type}:${value}`);
  return owner !== undefined && owner !== key;
}

function applyFacts(draft: Draft, row: PreparedCustomer, owners: Map<string, string>): void {
  draft.name = row.name ?? draft.name;
  draft.bornOn = row.bornOn ?? draft.bornOn;
  const identities: Partial<Record<IdentityType, string>> = { ...draft.identities };
  for (const type of IDENTITY_TYPES) {
    const value = row[IDENTITY_FIELDS[type]];
    if (value === undefined || identities[type] === value) continue;
    owners.delete(`${type}:${identities[type]}`);
    owners.set(`${type}:${value}`, draft.externalKey);
    identities[type] = value;
  }
  draft.identities = identities;
}

async function writeDrafts(
  tx: Stores,
  tenantId: number,
  drafts: ReadonlyMap<string, Draft>,
  at: number,
): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  const added: Omit<Customer, "id">[] = [];
  const changed: Customer[] = [];
  for (const draft of drafts.values()) {
    if (draft.firstRow < 0) continue;
    const { externalKey, name, bornOn, identities, stored } = draft;
    const hash = rowHash([name, bornOn, ...IDENTITY_TYPES.map((type) => identities[type])]);
    const row = {
      tenantId,
      externalKey,
      name,
      bornOn,
      identities,
      rowHash: hash,
      createdAt: stored?.createdAt ?? at,
      updatedAt: at,
    };
    if (!stored) {
      added.push(row);
      continue;
    }
    ids.set(externalKey, stored.id);
    draft.changed = stored.rowHash !== hash;
    if (draft.changed) changed.push({ ...row, id: stored.id });
  }
  // Updates first: an identity may pass from a changed customer to a new one in the same chunk.
  if (changed.length > 0) await tx.customers.updateMany(changed);
  const newIds = added.length > 0 ? await tx.customers.insertMany(added) : [];
  added.forEach((row, index) => {
    ids.set(row.externalKey, newIds[index] ?? 0);
  });
  const arrivals = [...drafts.values()].flatMap((draft) => {
    const id = ids.get(draft.externalKey);
    return id !== undefined && hasNewName(draft) ? [{ ...draft, id }] : [];
  });
  await returnOptOuts(tx, tenantId, arrivals);
  return ids;
}

function hasNewName({ stored, identities }: Draft): boolean {
  return !stored || IDENTITY_TYPES.some((type) => identities[type] !== stored.identities[type]);
}

async function assignCities(
  tx: Stores,
  tenantId: number,
  rows: readonly PreparedCustomer[],
  outcomes: readonly MergeOutcome[],
  broughtIn: { has(id: number): boolean },
) {
  const cities = rows.flatMap((row, index) => {
    const outcome = outcomes[index];
    return row.city === undefined || !outcome || outcome.kind === "rejected"
      ? []
      : [{ customerId: outcome.id, city: row.city }];
  });
  const { idOf, newIds } = await ensureLabels(
    tx,
    tenantId,
    cities.map(({ city }) => ({ kind: "city", key: city })),
  );
  const pairs = new Map(
    cities.map(({ customerId, city }) => [`${customerId}/${city}`, { customerId, labelId: idOf("city", city) }]),
  );
  const changedRows = new Set(
    outcomes.flatMap((outcome) => (outcome.kind === "rejected" || outcome.kind === "unchanged" ? [] : [outcome.id])),
  );
  const isNews = ({ customerId }: { customerId: number }) => !changedRows.has(customerId) && !broughtIn.has(customerId);
  const all = [...pairs.values()];
  const groups = [all.filter((pair) => !isNews(pair)), all.filter(isNews)];
  const added: number[] = [];
  for (const group of groups) added.push(group.length > 0 ? await tx.labels.assign(tenantId, group) : 0);
  return {
    newCityCount: added[1] ?? 0,
    relabelledIds: groups.flatMap((group, n) => (added[n] ? group.map((pair) => pair.customerId) : [])),
    labelIds: [...new Set(cities.map(({ city }) => idOf("city", city)))],
    newLabelIds: newIds,
  };
}
