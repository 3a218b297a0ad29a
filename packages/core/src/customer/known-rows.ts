import type { Label, LabelKind } from "./label.js";
import { labelMap } from "./label-map.js";

/** Beyond this many the rows are forgotten and looked up anew: memory does not grow with a run. */
const MOST = 200_000;

/** Buyers and labels that a run has met, so that later chunks need not look them up. */
export class KnownRows {
  #revision = -1;
  readonly #buyers = new Map<string, number>();
  readonly #labels = labelMap<Label>();

  /** Call it once the tenant is held. What others may have changed since the last chunk is forgotten. */
  confirm(revision: number): void {
    if (revision === this.#revision) return;
    this.#buyers.clear();
    this.#labels.clear();
  }

  /** Call it after the commit only: what is rolled back was never there. */
  learn(learned: {
    readonly revision: number;
    readonly buyers: readonly (readonly [key: string, id: number])[];
    readonly labels: readonly Label[];
  }): void {
    if (this.#buyers.size > MOST) this.#buyers.clear();
    if (this.#labels.size() > MOST) this.#labels.clear();
    this.#revision = learned.revision;
    for (const [key, id] of learned.buyers) this.#buyers.set(key, id);
    for (const label of learned.labels) this.#labels.set(label.kind, label.key, label);
  }

  buyer(externalKey: string): number | undefined {
    return this.#buyers.get(externalKey);
  }

  label(kind: LabelKind, key: string): Label | undefined {
    return this.#labels.get(kind, key);
  }
}
