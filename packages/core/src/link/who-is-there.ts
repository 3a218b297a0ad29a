import { type Customer, IDENTITY_TYPES } from "../customer/customer.js";
import { findCustomers } from "../customer/find-customers.js";
import type { Stores } from "../ports/stores.js";
import { normaliseText } from "../text.js";
import type { Link } from "./link.js";

/** A mobile number of mainland China as people write it. */
const CHINESE_MOBILE = /^1\d{10}$/;

/**
 * Who is at a link: its person, if what they call themselves is their import key, their name or one of their addresses; at a
 * shared link the one person of its batch who is called so.
 *
 * @returns the customer's id, or undefined when nobody is meant, or more than one
 */
export async function whoIsThere(
  stores: Stores,
  tenantId: number,
  link: Link,
  username: string | undefined,
): Promise<number | undefined> {
  const called = username === undefined ? undefined : normaliseText(username);
  if (link.kind === "personal") {
    const customer = link.customerId === null ? undefined : await stores.customers.get(tenantId, link.customerId);
    if (!customer || called === undefined) return customer?.id;
    return isCalled(customer, called) || (await byKey(stores, tenantId, called)) === customer.id
      ? customer.id
      : undefined;
  }
  return called === undefined || called === "" ? undefined : inBatch(stores, tenantId, link, called);
}

function isCalled({ externalKey, name, identities }: Customer, called: string): boolean {
  return [externalKey, name, ...Object.values(identities)].some((text) => spellings(called).includes(text ?? ""));
}

/** What people write, and what is kept of it. */
function spellings(called: string): readonly string[] {
  const number = called.replace(/[\s-]/g, "");
  return CHINESE_MOBILE.test(number) ? [called, number, `+86${number}`] : [called];
}

async function byKey(stores: Stores, tenantId: number, key: string): Promise<number | undefined> {
  return (await findCustomers(stores, tenantId, [key])).get(key)?.id;
}

async function inBatch(
  stores: Stores,
  tenantId: number,
  { occurrenceId, channel, batchNumber }: Link,
  called: string,
): Promise<number | undefined> {
  if (occurrenceId === null || batchNumber === null) return undefined;
  const place = { occurrenceId, channel, batchNumber };
  const identities = IDENTITY_TYPES.flatMap((type) => spellings(called).map((value) => ({ type, value })));
  const owners = await stores.customers.findOwners(tenantId, identities);
  const ids = [await byKey(stores, tenantId, called), ...owners.map(({ customerId }) => customerId)];
  const customerIds = [...new Set(ids.filter((id) => id !== undefined))];
  const known = customerIds.length > 0 ? await stores.links.peopleOf(tenantId, place, { customerIds }) : [];
  const found = known.length > 0 ? known : await stores.links.peopleOf(tenantId, place, { name: called });
  return found.length === 1 ? found[0] : undefined;
}
