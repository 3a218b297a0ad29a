import { type Customer, IDENTITY_TYPES, type IdentityType } from "../customer/customer.js";
import { findCustomers } from "../customer/find-customers.js";
import { NotFoundError } from "../errors.js";
import { readAddress } from "../message/address.js";
import { MAX_PAGE_SIZE, type Page } from "../page.js";
import type { Stores } from "../ports/stores.js";

/** Who is meant: an import key or an id, also of somebody who was merged into another. */
export type PersonRef = string | number;

/** A person as a search finds them. */
export interface FoundPerson extends Omit<Customer, "rowHash"> {
  /** The name was taken away with an erasure. */
  readonly isErased: boolean;
  /** The key that leads here by a merge, when it, or the id of its row, was asked for; null: it was the person's own. */
  readonly mergedFrom: string | null;
}

/** What a search for people takes. */
export interface PeopleSearch {
  /** An import key, a mobile number, an external_userid or another identity as a whole, or the beginning of a name; 1 … 255 characters. */
  readonly query: string;
  /** Opaque value of an earlier page's `nextCursor`. @default the first page */
  readonly cursor?: string | null | undefined;
  /** Rows of a page, 1 … 200. @default 50 */
  readonly limit?: number | null | undefined;
}

interface Scope {
  readonly stores: Stores;
  readonly tenantId: number;
}

/** Keys that erasures and merges leave behind. */
const ERASED = /^erased:/;
const MERGED = /^merged:\d+$/;

/** One person. @throws {NotFoundError} `customer.not-found` */
export async function findPerson({ stores, tenantId }: Scope, who: PersonRef): Promise<FoundPerson> {
  if (typeof who === "string") {
    const found = (await findCustomers(stores, tenantId, [who])).get(who);
    if (!found || MERGED.test(found.externalKey)) throw nobody();
    return shown(found, found.externalKey === who ? null : who);
  }
  const found = await stores.customers.get(tenantId, who);
  if (!found) throw nobody();
  if (!MERGED.test(found.externalKey)) return shown(found, null);
  const former = await stores.people.findFormer(tenantId, who);
  const into = former && (await stores.customers.get(tenantId, former.customerId));
  if (!into) throw nobody();
  // Of somebody who was erased afterwards the former key is nobody's any more.
  return shown(into, ERASED.test(into.externalKey) ? null : former.externalKey);
}

function nobody(): NotFoundError {
  return new NotFoundError("customer.not-found", "no customer is meant by this");
}

/**
 * People by something that names them. On the first page stand those whom the whole text names, then people whose names begin
 * with it, by name.
 */
export async function searchPeople(
  scope: Scope,
  { query, cursor, limit = 50 }: { readonly query: string; readonly cursor?: string; readonly limit?: number },
): Promise<Page<FoundPerson>> {
  const { stores, tenantId } = scope;
  const text = query.normalize("NFC").trim();
  const size = Math.min(limit, MAX_PAGE_SIZE);
  const named = cursor === undefined ? await peopleNamed(scope, text) : [];
  const known = new Set(named.map(({ id }) => id));
  const last = cursor === undefined ? undefined : await stores.customers.get(tenantId, Number(cursor));
  const after = last?.name == null ? undefined : { name: last.name, id: last.id };
  // Of a cursor whose person lost the name meanwhile nothing tells where to go on.
  const more = cursor !== undefined && !after ? [] : await stores.customers.findByName(tenantId, text, size + 1, after);
  const page = more.slice(0, size);
  const next = more.length > size ? page.at(-1) : undefined;
  return {
    items: [...named, ...page.filter(({ id }) => !known.has(id)).map((row) => shown(row, null))],
    nextCursor: next ? String(next.id) : null,
  };
}

/** Those whom a whole text names: a key, or an identity of any kind. */
async function peopleNamed({ stores, tenantId }: Scope, text: string): Promise<readonly FoundPerson[]> {
  const byKey = (await findCustomers(stores, tenantId, [text])).get(text);
  const identities = IDENTITY_TYPES.flatMap((type) =>
    [...new Set([text, written(type, text)])].map((value) => ({ type, value })),
  );
  const owners = await stores.customers.findOwners(tenantId, identities);
  const ids = [...new Set(owners.map(({ customerId }) => customerId))].filter((id) => id !== byKey?.id);
  const others = ids.length === 0 ? [] : await stores.customers.getMany(tenantId, ids);
  return [
    ...(byKey ? [shown(byKey, byKey.externalKey === text ? null : text)] : []),
    ...others.toSorted((a, b) => a.id - b.id).map((row) => shown(row, null)),
  ];
}

/** An identity as it is kept: a mainland number may be asked for without its country. */
function written(type: IdentityType, text: string): string {
  const read = readAddress(type, text);
  return "address" in read ? read.address : text;
}

function shown({ rowHash: _, ...customer }: Customer, mergedFrom: string | null): FoundPerson {
  return { ...customer, isErased: ERASED.test(customer.externalKey), mergedFrom };
}
