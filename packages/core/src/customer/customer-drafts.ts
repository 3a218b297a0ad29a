import type { Stores } from "../ports/stores.js";
import { rowHash } from "../text.js";
import { type Customer, IDENTITY_TYPES, type Identities } from "./customer.js";
import { IDENTITY_FIELDS, type PreparedCustomer } from "./customer-schema.js";
import { findCustomers } from "./find-customers.js";

/** A customer while rows change them. */
export interface Draft {
  readonly externalKey: string;
  readonly stored: Customer | undefined;
  name: string | null;
  bornOn: string | null;
  timeZone: string | null;
  identities: Identities;
  /** Position of the first row that was taken; -1: none, which is so of somebody who only lost an identity. */
  firstRow: number;
  /** Set by `writeDrafts`. */
  id: number;
  hasChanged: boolean;
}

/** Customers by the keys of rows, as they are stored or about to be. */
export type Drafts = Map<string, Draft>;

/** Identities with those who have them, as they stand between two rows. */
export class Owners {
  readonly #drafts = new Map<string, Draft>();

  of(type: string, value: string): Draft | undefined {
    return this.#drafts.get(`${type}:${value}`);
  }

  set(type: string, value: string, draft: Draft): void {
    this.#drafts.set(`${type}:${value}`, draft);
  }

  free(type: string, value: string | undefined): void {
    this.#drafts.delete(`${type}:${value}`);
  }
}

function newDraft(externalKey: string, stored?: Customer): Draft {
  const { name = null, bornOn = null, timeZone = null, identities = {}, id = 0 } = stored ?? {};
  return { externalKey, stored, name, bornOn, timeZone, identities, firstRow: -1, id, hasChanged: false };
}

/** Drafts of everybody whom rows name. */
export async function loadDrafts(tx: Stores, tenantId: number, rows: readonly PreparedCustomer[]): Promise<Drafts> {
  const keys = [...new Set(rows.map((row) => row.externalKey))];
  const stored = await findCustomers(tx, tenantId, keys);
  const drafts: Drafts = new Map();
  for (const customer of stored.values()) drafts.set(customer.externalKey, newDraft(customer.externalKey, customer));
  // A key of somebody who was merged shares the draft of whom they were merged into.
  for (const key of keys) drafts.set(key, drafts.get(stored.get(key)?.externalKey ?? key) ?? newDraft(key));
  return drafts;
}

/** Who has the identities that rows give. People whom no row names are drafted too. */
export async function loadOwners(
  tx: Stores,
  tenantId: number,
  rows: readonly PreparedCustomer[],
  drafts: Drafts,
): Promise<Owners> {
  const wanted = rows.flatMap((row) =>
    IDENTITY_TYPES.flatMap((type) => {
      const value = row[IDENTITY_FIELDS[type]];
      return value === undefined ? [] : [{ type, value }];
    }),
  );
  const owners = new Owners();
  const found = wanted.length > 0 ? await tx.customers.findOwners(tenantId, wanted) : [];
  const known = new Map([...drafts.values()].map((draft) => [draft.id, draft]));
  const others = [...new Set(found.map(({ customerId }) => customerId))].filter((id) => !known.has(id));
  for (let at = 0; at < others.length; at += 1000) {
    for (const customer of await tx.customers.getMany(tenantId, others.slice(at, at + 1000)))
      known.set(customer.id, newDraft(customer.externalKey, customer));
  }
  for (const { type, value, customerId } of found) {
    const draft = known.get(customerId);
    if (!draft) continue;
    owners.set(type, value, draft);
    drafts.set(draft.externalKey, draft);
  }
  return owners;
}

/** Lets the facts of a row win. */
export function applyFacts(draft: Draft, row: Omit<PreparedCustomer, "externalKey">, owners: Owners): void {
  draft.name = row.name ?? draft.name;
  draft.bornOn = row.bornOn ?? draft.bornOn;
  draft.timeZone = row.timeZone ?? draft.timeZone;
  const identities: { -readonly [K in keyof Identities]: Identities[K] } = { ...draft.identities };
  for (const type of IDENTITY_TYPES) {
    const value = row[IDENTITY_FIELDS[type]];
    if (value === undefined || identities[type] === value) continue;
    owners.free(type, identities[type]);
    owners.set(type, value, draft);
    identities[type] = value;
  }
  draft.identities = identities;
}

/** Hash by which an unchanged row is known. */
export function hashOf({
  name,
  bornOn,
  timeZone,
  identities,
}: Pick<Customer, "name" | "bornOn" | "timeZone" | "identities">): string {
  const facts = [name, bornOn, ...IDENTITY_TYPES.map((type) => identities[type])];
  // Rows without a zone keep the hash that they had before there were zones.
  return rowHash(timeZone === null ? facts : [...facts, timeZone]);
}

/** Writes those who changed, and tells the drafts their ids. @returns those who are new or changed */
export async function writeDrafts(tx: Stores, tenantId: number, drafts: Drafts, at: number): Promise<readonly Draft[]> {
  const rowOf = ({ externalKey, name, bornOn, timeZone, identities, stored }: Draft) => ({
    tenantId,
    externalKey,
    name,
    bornOn,
    timeZone,
    identities,
    rowHash: hashOf({ name, bornOn, timeZone, identities }),
    createdAt: stored?.createdAt ?? at,
    updatedAt: at,
  });
  const added: Draft[] = [];
  const changed: Customer[] = [];
  const written: Draft[] = [];
  for (const draft of new Set(drafts.values())) {
    const { stored, id } = draft;
    // Else the row was refused, or the draft is there for its identities only.
    if (draft.firstRow < 0 && draft.identities === (stored?.identities ?? draft.identities)) continue;
    const row = rowOf(draft);
    draft.hasChanged = stored?.rowHash !== row.rowHash;
    if (!draft.hasChanged) continue;
    if (stored) changed.push({ ...row, id });
    else added.push(draft);
    written.push(draft);
  }
  // Updates first: an identity may pass from a changed customer to a new one in the same chunk.
  if (changed.length > 0) await tx.customers.updateMany(changed);
  const newIds = added.length > 0 ? await tx.customers.insertMany(added.map(rowOf)) : [];
  added.forEach((draft, index) => {
    draft.id = newIds[index] ?? 0;
  });
  return written;
}
