// Counts of calls, which are added to every figure that counts them.
import { weekdayOf } from "@recallkit/core/ports";
import { CALL_RESULTS, type CallResult } from "../calls/call.js";

/** A call, or many that are alike, as the figures see it. */
export interface Countable {
  readonly packageId: number;
  readonly taskId: number;
  readonly day: string;
  readonly hour: number;
  readonly agent: string;
  readonly result: CallResult;
  readonly isInterested: boolean;
  /** Seconds, of all of them. */
  readonly duration: number;
  /** @default 1 */
  readonly count?: number;
}

/** A tag on calls of a package. */
export interface CountableTag {
  readonly packageId: number;
  readonly name: string;
  readonly value: string;
  /** @default 1 */
  readonly count?: number;
}

/** Counts by result, and those that are interested. */
export type Sums = { calls: number; interested: number; duration: number } & Record<CallResult, number>;

type Hour = { readonly day: string; readonly hour: number; readonly sums: Sums };

type WeekdayHour = {
  readonly packageId: number;
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly sums: Sums;
};

/** What a change of calls changes of the figures. */
export interface Tally {
  readonly tasks: Map<number, Sums>;
  readonly packages: Map<number, Sums>;
  readonly hours: Map<string, Hour & { readonly packageId: number }>;
  /** The same hours, by weekday. */
  readonly weekdays: Map<string, WeekdayHour>;
  readonly agents: Map<string, Hour & { readonly agent: string }>;
  readonly tags: Map<
    string,
    { readonly packageId: number; readonly name: string; readonly value: string; count: number }
  >;
}

/** Begins to count. */
export function emptyTally(): Tally {
  return {
    tasks: new Map(),
    packages: new Map(),
    hours: new Map(),
    weekdays: new Map(),
    agents: new Map(),
    tags: new Map(),
  };
}

/** Adds calls, or takes them away. */
export function count(tally: Tally, call: Countable, sign: 1 | -1): void {
  const { packageId, taskId, day, hour, agent } = call;
  const weekday = weekdayOf(day);
  const sumsOf = [
    inMap(tally.tasks, taskId, emptySums),
    inMap(tally.packages, packageId, emptySums),
    inMap(tally.hours, `${packageId}/${day}/${hour}`, () => ({ packageId, day, hour, sums: emptySums() })).sums,
    inMap(tally.weekdays, `${packageId}/${weekday}/${hour}`, () => ({ packageId, weekday, hour, sums: emptySums() }))
      .sums,
  ];
  if (agent !== "") {
    sumsOf.push(
      inMap(tally.agents, JSON.stringify([agent, day, hour]), () => ({ agent, day, hour, sums: emptySums() })).sums,
    );
  }
  const by = sign * (call.count ?? 1);
  for (const sums of sumsOf) {
    sums.calls += by;
    sums[call.result] += by;
    if (call.isInterested) sums.interested += by;
    sums.duration += sign * call.duration;
  }
}

/** Adds tags, or takes them away. */
export function countTag(tally: Tally, { packageId, name, value, count: times = 1 }: CountableTag, sign: 1 | -1): void {
  const entry = inMap(tally.tags, JSON.stringify([packageId, name, value]), () => ({
    packageId,
    name,
    value,
    count: 0,
  }));
  entry.count += sign * times;
}

function emptySums(): Sums {
  const byResult = Object.fromEntries(CALL_RESULTS.map((result) => [result, 0]));
  // The results are the keys.
  return { calls: 0, interested: 0, duration: 0, ...byResult } as Sums;
}

function inMap<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
