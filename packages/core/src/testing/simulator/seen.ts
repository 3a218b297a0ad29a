// What a run over many seeds has to meet; shared by the tests of the simulator.
import { expect } from "vitest";
import { TRANSITIONS } from "../../delivery/states.js";
import { BEHAVIOUR_NAMES } from "./provider.js";
import { type SimulationOptions, simulate } from "./simulate.js";

/** Transitions that no run can bring about, and why. */
const OUT_OF_REACH: Readonly<Record<string, string>> = {
  "batch unknown → needs_review": "the engine looks first, so that it comes from reconciling",
  "delivery queued → suppressed": "who must not be contacted leaves at the gate, from a batch",
  "delivery queued → expired": "everybody is put into a batch with the snapshot",
};

/** Runs seeds, each of which has to keep every promise. @returns how often everything happened */
export async function countsOf(
  first: number,
  seeds: number,
  options: SimulationOptions = {},
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (let seed = first; seed < first + seeds; seed++) {
    const run = await simulate(seed, options);
    for (const [name, count] of run.counts) counts.set(name, (counts.get(name) ?? 0) + count);
    if (run.faults.length > 0) expect.fail([`seed ${seed}`, ...run.faults, "", ...run.story.slice(-60)].join("\n"));
  }
  return counts;
}

/**
 * What was not met so far: seeds go on beyond `counts`, a hundred at a time, until nothing is or
 * `most` more were run. Each has to keep every promise, too.
 */
export async function unseenAfterMore(
  counts: ReadonlyMap<string, number>,
  {
    from,
    most,
    isExcused = () => false,
    ...options
  }: SimulationOptions & {
    readonly from: number;
    readonly most: number;
    readonly isExcused?: (name: string) => boolean;
  },
): Promise<readonly string[]> {
  let [all, missing] = [counts, unseen(counts).filter((name) => !isExcused(name))];
  for (let seed = from; missing.length > 0 && seed < from + most; seed += 100) {
    const more = await countsOf(seed, 100, options);
    all = new Map([...all, ...more]);
    missing = unseen(all).filter((name) => !isExcused(name));
  }
  return missing;
}

/** Transitions, faults of processes and behaviours of the provider that were not met, but for those out of reach. */
function unseen(counts: ReadonlyMap<string, number>): readonly string[] {
  const transitions = Object.entries(TRANSITIONS).flatMap(([entity, table]) =>
    Object.entries<readonly string[]>(table).flatMap(([from, to]) => to.map((state) => `${entity} ${from} → ${state}`)),
  );
  const faults = ["fault crash-before", "fault crash-after", "fault pause"];
  const behaviours = BEHAVIOUR_NAMES.map((name) => `provider ${name}`);
  return [...transitions, ...faults, ...behaviours].filter((name) => !counts.has(name) && !(name in OUT_OF_REACH));
}
