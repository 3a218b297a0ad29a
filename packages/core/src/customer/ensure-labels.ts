import type { Stores } from "../ports/stores.js";
import type { Label, LabelKind } from "./label.js";

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
  const wanted = new Map<string, LabelMention>();
  for (const mention of mentions) {
    const id = keyOf(mention.kind, mention.key);
    if (mention.name !== undefined || !wanted.has(id)) wanted.set(id, mention);
  }
  const all = [...wanted.values()];
  const known = new Map<string, Label>();
  const strange = all.filter(({ kind, key }) => {
    const label = met?.label(kind, key);
    if (label) known.set(keyOf(kind, key), label);
    return label === undefined;
  });
  for (let at = 0; at < strange.length; at += LOOKUP) {
    for (const label of await tx.labels.findMany(tenantId, strange.slice(at, at + LOOKUP)))
      known.set(keyOf(label.kind, label.key), label);
  }
  const missing = all.filter(({ kind, key }) => !known.has(keyOf(kind, key)));
  const renames = all.flatMap(({ kind, key, name }) => {
    const label = known.get(keyOf(kind, key));
    return label && name !== undefined && name !== label.name ? [{ id: label.id, name }] : [];
  });
  const ids = new Map([...known].map(([key, label]) => [key, label.id]));
  const newIds: number[] = [];
  for (let at = 0; at < missing.length; at += LOOKUP) {
    const chunk = missing.slice(at, at + LOOKUP);
    const added = await tx.labels.insertMany(
      tenantId,
      chunk.map(({ kind, key, name }) => ({ kind, key, name: name ?? key })),
    );
    chunk.forEach(({ kind, key }, index) => {
      ids.set(keyOf(kind, key), added[index] ?? 0);
    });
    newIds.push(...added);
  }
  if (renames.length > 0) await tx.labels.rename(tenantId, renames);
  return {
    idOf: (kind, key) => ids.get(keyOf(kind, key)) ?? 0,
    newIds,
    renamedIds: renames.map(({ id }) => id),
    labels: all.map(({ kind, key, name }) => ({
      kind,
      key,
      id: ids.get(keyOf(kind, key)) ?? 0,
      name: name ?? known.get(keyOf(kind, key))?.name ?? key,
    })),
  };
}

function keyOf(kind: LabelKind, key: string): string {
  return `${kind}\u0000${key}`;
}
