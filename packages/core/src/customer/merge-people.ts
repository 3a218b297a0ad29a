import type { Clock } from "../clock.js";
import { NotFoundError } from "../errors.js";
import type { MergedPeople, PersonData } from "../ports/person-data.js";
import type { Stores } from "../ports/stores.js";
import { mergeAttributes } from "./attributes.js";
import { IDENTITY_TYPES } from "./customer.js";
import { hashOf } from "./customer-drafts.js";
import { findCustomers } from "./find-customers.js";
import { inTurn } from "./in-turn.js";

/** What a merge brought to the customer who goes on. */
export interface PeopleMerge {
  /** The customer who goes on. */
  readonly customerId: number;
  /** Orders that are theirs now. */
  readonly orders: number;
  /** Deliveries that are theirs now. */
  readonly deliveries: number;
  /**
   * Pushes that both were in: one delivery of each stays with the row without a name that the other customer was, so that no
   * figure of the push changes, and is not sent if it has not been.
   */
  readonly apart: number;
  /** Suppressions that hold for them now. */
  readonly suppressions: number;
  /** Labels that they had not had. */
  readonly labels: number;
  /** Identities of kinds that they had none of; what both had stays as it was with them, and is nobody's else. */
  readonly identities: number;
}

/**
 * Makes one customer of two; what both know stays as the first one has it. The key of the second leads to the first from now on.
 *
 * @throws {NotFoundError} `customer.not-found`
 */
export function mergeByKeys(
  {
    stores,
    clock,
    tenantId,
    personData,
  }: {
    readonly stores: Stores;
    readonly clock: Clock;
    readonly tenantId: number;
    readonly personData: readonly PersonData[];
  },
  intoKey: string,
  fromKey: string,
): Promise<PeopleMerge> {
  return inTurn(stores, tenantId, async (tx) => {
    const found = await findCustomers(tx, tenantId, [intoKey, fromKey]);
    const [into, from] = [found.get(intoKey), found.get(fromKey)];
    if (!into || !from)
      throw new NotFoundError("customer.not-found", `no customer has the key ${into ? "from" : "into"}`);
    return mergePeople(tx, { tenantId, intoId: into.id, fromId: from.id }, clock.now(), personData);
  });
}

/** The same by ids, inside a transaction; two that are one already stay as they are. */
export async function mergePeople(
  tx: Stores,
  { tenantId, intoId, fromId }: MergedPeople,
  at: number,
  personData: readonly PersonData[],
): Promise<PeopleMerge> {
  const nothing = { customerId: intoId, orders: 0, deliveries: 0, apart: 0, suppressions: 0, labels: 0, identities: 0 };
  if (intoId === fromId) return nothing;
  const cities = await tx.labels.held(tenantId, [intoId, fromId], "city");
  const others = cities.filter(({ customerId }) => customerId === fromId);
  if (others.length < cities.length && others.length > 0) await tx.labels.unassign(tenantId, others);
  await mergeAttributes(tx, tenantId, intoId, fromId);
  const { orderIds, ...moved } = await tx.people.merge(tenantId, intoId, fromId, at);
  const people = await tx.customers.getMany(tenantId, [intoId, fromId]);
  const [into, from] = [intoId, fromId].map((id) => people.find((customer) => customer.id === id));
  if (!into || !from) return nothing;
  const brought = IDENTITY_TYPES.filter((type) => from.identities[type] && !into.identities[type]);
  const united = {
    ...into,
    name: into.name ?? from.name,
    bornOn: into.bornOn ?? from.bornOn,
    timeZone: into.timeZone ?? from.timeZone,
    identities: { ...from.identities, ...into.identities },
    createdAt: Math.min(into.createdAt, from.createdAt),
    updatedAt: at,
  };
  const nameless = {
    ...from,
    externalKey: `merged:${fromId}`,
    name: null,
    bornOn: null,
    timeZone: null,
    identities: {},
  };
  await tx.customers.updateMany([
    { ...united, rowHash: hashOf(united) },
    { ...nameless, rowHash: "", updatedAt: at },
  ]);
  for (const data of personData) await data.merge?.(tx, { tenantId, intoId, fromId });
  // What is still under way for the nameless row would be a second message of the same push.
  const nobody = { tenantId, channel: "*", address: null, customerId: fromId, reason: "merged", createdAt: at };
  await tx.suppressions.put(nobody);
  await tx.tenants.recordChanges(
    tenantId,
    [
      ...[intoId, fromId].map((id) => ({ kind: "customer" as const, id })),
      ...orderIds.map((id) => ({ kind: "order" as const, id })),
    ],
    { at },
  );
  return { ...moved, customerId: intoId, orders: orderIds.length, identities: brought.length };
}
