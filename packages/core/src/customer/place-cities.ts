import type { Stores } from "../ports/stores.js";
import { ensureLabels, type LabelMention } from "./ensure-labels.js";

/** The city of a customer as a row tells it; of several the last counts. */
export interface CityPlacement extends Omit<LabelMention, "kind"> {
  readonly customerId: number;
  /** It stands only where no other is known. */
  readonly onlyFills?: boolean;
}

export interface CityChange {
  /** People who are news by nothing but their city, or their attributes: each makes an unchanged row an updated one. */
  readonly newCityCount: number;
  readonly relabelledIds: readonly number[];
  readonly labelIds: readonly number[];
  readonly newLabelIds: readonly number[];
  readonly renamedLabelIds: readonly number[];
}

/** Gives people their city, in the place of the one before; inside a transaction. */
export async function placeCities(
  tx: Stores,
  tenantId: number,
  cities: readonly CityPlacement[],
  isNews: (customerId: number) => boolean = () => true,
): Promise<CityChange> {
  const { idOf, newIds, renamedIds } = await ensureLabels(
    tx,
    tenantId,
    cities.map(({ key, name }) => ({ kind: "city", key, name })),
  );
  const people = [...new Set(cities.map(({ customerId }) => customerId))];
  const held = new Map<number, number[]>();
  for (const { customerId, labelId } of people.length > 0 ? await tx.labels.held(tenantId, people, "city") : [])
    held.set(customerId, [...(held.get(customerId) ?? []), labelId]);
  const placed = new Map<number, number>();
  for (const { customerId, key, onlyFills } of cities)
    if (!onlyFills || !(held.has(customerId) || placed.has(customerId))) placed.set(customerId, idOf("city", key));
  const added = [...placed].flatMap(([customerId, labelId]) =>
    held.get(customerId)?.includes(labelId) ? [] : [{ customerId, labelId }],
  );
  const left = [...placed].flatMap(([customerId, labelId]) =>
    (held.get(customerId) ?? []).flatMap((id) => (id === labelId ? [] : [{ customerId, labelId: id }])),
  );
  if (left.length > 0) await tx.labels.unassign(tenantId, left);
  if (added.length > 0) await tx.labels.assign(tenantId, added);
  const relabelledIds = [...new Set([...added, ...left].map(({ customerId }) => customerId))];
  return {
    newCityCount: relabelledIds.filter(isNews).length,
    relabelledIds,
    labelIds: [...new Set(cities.map(({ key }) => idOf("city", key)))],
    newLabelIds: newIds,
    renamedLabelIds: renamedIds,
  };
}
