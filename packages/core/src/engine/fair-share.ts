import type { Clock } from "../clock.js";

/** Who may take out of something that all tenants share. */
export interface FairShare {
  /**
   * Notes that a tenant asks, and tells whether one more would leave the others what they ask for, up to an equal part each.
   * What nobody asks for is anybody's.
   *
   * @param max what there is in a second, for all
   */
  mayTake(tenantId: number, max: number): boolean;
  /** Notes that it got one. */
  took(tenantId: number): void;
}

const SLICES = 10;
const SLICE_MS = 100;

interface Counts {
  asked: number;
  used: number;
}

/** Fair by what each tenant asked for and got in the last second. */
export function createFairShare({ clock }: { readonly clock: Pick<Clock, "monotonic"> }): FairShare {
  const totals = new Map<number, Counts>();
  const slices: { readonly number: number; readonly counts: Map<number, Counts> }[] = [];
  let used = 0;

  function add(into: Map<number, Counts>, tenantId: number, asked: number, took: number): void {
    const counts = into.get(tenantId) ?? { asked: 0, used: 0 };
    counts.asked += asked;
    counts.used += took;
    if (counts.asked === 0 && counts.used === 0) into.delete(tenantId);
    else into.set(tenantId, counts);
  }

  /** The slice of now; those that are over a second old are taken out of the sums. */
  function present(): Map<number, Counts> {
    const number = Math.floor(clock.monotonic() / SLICE_MS);
    for (let first = slices[0]; first && first.number <= number - SLICES; first = slices[0]) {
      slices.shift();
      for (const [tenantId, counts] of first.counts) {
        add(totals, tenantId, -counts.asked, -counts.used);
        used -= counts.used;
      }
    }
    const last = slices.at(-1);
    if (last?.number === number) return last.counts;
    const counts = new Map<number, Counts>();
    slices.push({ number, counts });
    return counts;
  }

  return {
    mayTake(tenantId, max) {
      add(present(), tenantId, 1, 0);
      add(totals, tenantId, 1, 0);
      if (totals.size === 1) return true;
      const part = max / totals.size;
      if ((totals.get(tenantId)?.used ?? 0) < part) return true;
      let reserved = 0;
      for (const [other, counts] of totals) {
        if (other !== tenantId) reserved += Math.max(0, Math.min(part, counts.asked) - counts.used);
      }
      return used + reserved < max;
    },
    took(tenantId) {
      add(present(), tenantId, 0, 1);
      add(totals, tenantId, 0, 1);
      used += 1;
    },
  };
}
