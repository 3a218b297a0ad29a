import type { Clock } from "../clock.js";
import { NotFoundError } from "../errors.js";
import type { Ids } from "../ids.js";
import { addressHash } from "../message/address.js";
import type { Message } from "../message/message.js";
import type { KnownPerson, PersonData } from "../ports/person-data.js";
import type { PersonExport, PersonRecord } from "../ports/person-store.js";
import type { Stores } from "../ports/stores.js";
import type { Random } from "../random.js";
import { keepOptOuts } from "./erased-opt-outs.js";
import { findCustomers } from "./find-customers.js";
import { inTurn } from "./in-turn.js";

/** What calls about people work with. */
export interface PersonContext {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly tenantId: number;
  readonly personData: readonly PersonData[];
  /** By which hashes of addresses are made. */
  markerKey(tenantId: number): Promise<Uint8Array>;
}

/** What an erasure left. */
export interface Erasure {
  /** The id that the person had. */
  readonly customerId: number;
  /** Import key under which the nameless row goes on. */
  readonly externalKey: string;
  /** Orders and deliveries that stay in the figures, without a name. */
  readonly orders: number;
  /** Deliveries that keep their figures and lost their person. */
  readonly deliveries: number;
  /** Addresses kept until the pushes that use them have ended; they are cleared by `retain`. */
  readonly addressesPending: number;
}

/** Everything kept about a person. @throws {NotFoundError} `customer.not-found` */
export async function exportPerson(context: PersonContext, externalKey: string): Promise<PersonExport> {
  const { stores, tenantId, personData } = context;
  const record = await stores.people.collect(tenantId, await idOf(stores, tenantId, externalKey));
  if (!record) throw notFound();
  const beside: Record<string, unknown> = {};
  for (const data of personData) beside[data.name] = await data.collect(stores, known(record));
  return { ...record, messages: await messagesTo(context, record), beside };
}

/** Messages to the addresses that a person has now. */
async function messagesTo(
  { stores, tenantId, markerKey }: PersonContext,
  { customer }: PersonRecord,
): Promise<readonly Message[]> {
  const key = await markerKey(tenantId);
  const found = new Map<number, Message>();
  for (const address of new Set(Object.values(customer.identities))) {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const filter = { addressHash: addressHash(key, address), limit: PAGE, ...(cursor && { cursor }) };
      const page = await stores.messages.list(tenantId, filter);
      for (const message of page.items) found.set(message.id, message);
      cursor = page.nextCursor;
    }
  }
  return [...found.values()].sort((a, b) => b.id - a.id);
}

const PAGE = 200;

/**
 * Takes away what names a person, and keeps them from every push that is under way. Opt-outs stay in force for whoever is
 * imported under the same key or identity again.
 *
 * @throws {NotFoundError} `customer.not-found`
 */
export async function erasePerson(context: PersonContext, externalKey: string): Promise<Erasure> {
  const { stores, clock, ids, tenantId } = context;
  const key = `erased:${ids.next()}`;
  return inTurn(stores, tenantId, async (tx) => {
    const customerId = await idOf(tx, tenantId, externalKey);
    const at = clock.now();
    const before = await tx.people.collect(tenantId, customerId);
    if (before) {
      await keepOptOuts(tx, context, before);
      await tx.alarms.forgetAddresses(tenantId, Object.values(before.customer.identities));
    }
    if (before) for (const data of context.personData) await data.erase(tx, known(before));
    await tx.people.erase(tenantId, customerId, key, at);
    const hashKey = await context.markerKey(tenantId);
    const addressHashes = Object.values(before?.customer.identities ?? {}).map((one) => addressHash(hashKey, one));
    await tx.messages.forget(tenantId, { customerId, addressHashes });
    const nobody = { tenantId, channel: "*", address: null, customerId, reason: "erased", createdAt: at };
    await tx.suppressions.put(nobody);
    await tx.tenants.recordChanges(tenantId, [{ kind: "customer", id: customerId }], { at });
    const left = await tx.people.collect(tenantId, customerId);
    const addresses = left?.deliveries.filter(({ address }) => address !== null) ?? [];
    return {
      customerId,
      externalKey: key,
      orders: left?.orders.length ?? 0,
      deliveries: left?.deliveries.length ?? 0,
      addressesPending: addresses.length,
    };
  });
}

function known({ customer: { tenantId, id, identities } }: PersonRecord): KnownPerson {
  return { tenantId, customerId: id, identities };
}

async function idOf(stores: Stores, tenantId: number, externalKey: string): Promise<number> {
  const customer = (await findCustomers(stores, tenantId, [externalKey])).get(externalKey);
  if (!customer) throw notFound();
  return customer.id;
}

function notFound(): NotFoundError {
  return new NotFoundError("customer.not-found", "no customer has this key");
}
