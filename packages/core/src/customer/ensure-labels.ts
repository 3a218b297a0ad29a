import type { Stores } from "../ports/stores.js";
import type { Label, LabelKind } from "./label.js";
import { labelMap } from "./label-map.js";

/** A label that rows mention; `name` only when the source gives one. */
export interface LabelMention {
  readonly kind: LabelKind;
  readonly key: string;
  readonly name?: string | undefined;
}

export interface EnsuredLabels {
  /** Id of a label that was mentioned. */
  readonly idOf: (kind: LabelKind, key: string) => number;
  readonly newIds: readonly number[];
  /** Labels whose display name changed. */
  readonly renamedIds: readonly number[];
  /** All that were mentioned, each once. */
  readonly labels: readonly Label[];
}

const LOOKUP = 1000;

/**
 * Finds the labels that are mentioned, adds the missing ones and takes over better names; inside a transaction.
 *
 * @param met labels that need not be looked up. @default none
 */
export async function ensureLabels(
  tx: Stores,
  tenantId: number,
  mentions: readonly LabelMention[],
  met?: { label(kind: LabelKind, key: string): Label | undefined },
): Promise<EnsuredLabels> {
  const places = labelMap<number>();
  const all: LabelMention[] = [];
  for (const mention of mentions) {
    const at = places.get(mention.kind, mention.key);
    if (at === undefined) places.set(mention.kind, mention.key, all.push(mention) - 1);
    else if (mention.name !== undefined) all[at] = mention;
  }
  const known = all.map(({ kind, key }) => met?.label(kind, key));
  const strange = all.filter((_, at) => known[at] === undefined);
  for (let from = 0; from < strange.length; from += LOOKUP) {
    for (const label of await tx.labels.findMany(tenantId, strange.slice(from, from + LOOKUP))) {
      const at = places.get(label.kind, label.key);
      if (at !== undefined) known[at] = label;
    }
  }
  const missing = all.filter((_, at) => known[at] === undefined);
  const newIds: number[] = [];
  for (let from = 0; from < missing.length; from += LOOKUP) {
    const chunk = missing.slice(from, from + LOOKUP).map(({ kind, key, name }) => ({ kind, key, name: name ?? key }));
    newIds.push(...(await tx.labels.insertMany(tenantId, chunk)));
  }
  const renames: { readonly id: number; readonly name: string }[] = [];
  let added = 0;
  const labels = all.map(({ kind, key, name }, at): Label => {
    const label = known[at];
    // New ids stand in the order of the labels that were missing.
    if (label === undefined) return { kind, key, id: newIds[added++] ?? 0, name: name ?? key };
    if (name === undefined || name === label.name) return label;
    renames.push({ id: label.id, name });
    return { ...label, name };
  });
  if (renames.length > 0) await tx.labels.rename(tenantId, renames);
  return {
    idOf: (kind, key) => labels[places.get(kind, key) ?? -1]?.id ?? 0,
    newIds,
    renamedIds: renames.map(({ id }) => id),
    labels,
  };
}
