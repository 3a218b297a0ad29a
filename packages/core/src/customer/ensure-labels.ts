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
}

const LOOKUP = 1000;

/** Finds the labels that are mentioned, adds the missing ones and takes over better names; inside a transaction. */
export async function ensureLabels(
  tx: Stores,
  tenantId: number,
  mentions: readonly LabelMention[],
): Promise<EnsuredLabels> {
  const wanted = new Map<string, LabelMention>();
  for (const mention of mentions) {
    const id = keyOf(mention.kind, mention.key);
    if (mention.name !== undefined || !wanted.has(id)) wanted.set(id, mention);
  }
  const all = [...wanted.values()];
  const known = new Map<string, Label>();
  for (let at = 0; at < all.length; at += LOOKUP) {
    for (const label of await tx.labels.findMany(tenantId, all.slice(at, at + LOOKUP)))
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
  return { idOf: (kind, key) => ids.get(keyOf(kind, key)) ?? 0, newIds, renamedIds: renames.map(({ id }) => id) };
}

function keyOf(kind: LabelKind, key: string): string {
  return `${kind}\u0000${key}`;
}
