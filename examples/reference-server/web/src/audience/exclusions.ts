/** What the summary of an audience needs of a preview. */
interface Counted {
  readonly count: number;
  readonly asked: number;
  readonly contacted: number;
  readonly steps: readonly { readonly name: string; readonly count: number }[];
  readonly reasons: Readonly<Record<string, number | undefined>>;
}

/** Rows of a summary: steps in their order, reasons by how many they leave out. */
export function exclusionsOf({ count, asked, steps, reasons }: Counted) {
  return {
    // Who can be reached is told by the reasons, one by one.
    steps: steps.filter(({ name }) => name !== "reachable"),
    reasons: Object.entries(reasons)
      .map(([reason, people]) => ({ reason, count: people ?? 0 }))
      .filter((one) => one.count > 0)
      .sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason)),
    /** True when everybody was asked about, so that the rows add up to the audience. */
    isWhole: asked >= count,
  };
}
