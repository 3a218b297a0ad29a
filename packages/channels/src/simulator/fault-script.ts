/** How many calls a fault strikes. */
interface Lasting {
  readonly times?: number | "always" | undefined;
}

/** The script of faults of a simulator; those pushed first strike first, one per call. */
export interface FaultScript<Fault> {
  /** @throws an error of zod when a fault is malformed */
  push(...faults: readonly Fault[]): void;
  clear(): void;
  /** Faults that are still to strike. */
  waiting(): readonly Fault[];
}

/** A script, and what takes the fault of a call out of it. */
export interface OpenScript<Fault> extends FaultScript<Fault> {
  take(strikes: (fault: Fault) => boolean): Fault | undefined;
}

/** An empty script. @param parse checks the form of what is pushed */
export function faultScript<Fault extends Lasting>(parse: (fault: unknown) => Fault): OpenScript<Fault> {
  let entries: { readonly fault: Fault; left: number }[] = [];
  return {
    push(...faults) {
      const checked = faults.map((fault) => parse(fault));
      entries.push(
        ...checked.map((fault) => ({
          fault,
          left: fault.times === "always" ? Number.POSITIVE_INFINITY : (fault.times ?? 1),
        })),
      );
    },
    clear() {
      entries = [];
    },
    waiting: () => entries.map(({ fault }) => fault),
    take(strikes) {
      const entry = entries.find(({ fault }) => strikes(fault));
      if (!entry) return undefined;
      entry.left -= 1;
      entries = entries.filter(({ left }) => left > 0);
      return entry.fault;
    },
  };
}
