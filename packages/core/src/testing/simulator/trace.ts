import { createHash } from "node:crypto";
import type { Fault } from "./fate.js";

/** What happened, in order; equal seeds give equal traces. */
export interface Trace {
  /** A call of a port by a process. */
  call(process: string, port: string, fault: Fault | undefined): void;
  /** Anything else worth telling. */
  note(text: string): void;
  /** A change of state, by the engine's own audit. */
  transition(entity: string, from: string, to: string): void;
  /** How often each fault and transition happened. */
  readonly counts: ReadonlyMap<string, number>;
  /** SHA-256 over everything. */
  hash(): string;
  /** The lines without plain calls, for reading. */
  story(): readonly string[];
}

/** Begins a trace. @param now instant of each line, epoch ms */
export function beginTrace(now: () => number, start: number): Trace {
  const hash = createHash("sha256");
  const counts = new Map<string, number>();
  const story: string[] = [];
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

  function line(text: string, isStory: boolean): void {
    const told = `${((now() - start) / 1000).toFixed(3).padStart(11)} s  ${text}`;
    hash.update(told).update("\n");
    if (isStory) story.push(told);
  }

  return {
    counts,
    call(process, port, fault) {
      if (fault) count(`fault ${fault}`);
      line(`${process} ${port}${fault ? ` ${fault}` : ""}`, fault !== undefined);
    },
    note(text) {
      count(text.split(":")[0] ?? text);
      line(text, true);
    },
    transition(entity, from, to) {
      count(`${entity} ${from} → ${to}`);
      line(`  ${entity} ${from} → ${to}`, true);
    },
    hash: () => hash.copy().digest("hex"),
    story: () => story,
  };
}
