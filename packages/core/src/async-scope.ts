import { AsyncLocalStorage } from "node:async_hooks";

interface Entry {
  readonly owner: object;
  readonly value: unknown;
  /** What the code that began this one ran in. */
  readonly outer: Entry | undefined;
}

/** One for all scopes of the process: every one that is in use makes every promise of the process dearer. */
const entries = new AsyncLocalStorage<Entry>();

/** A value that goes along with the asynchronous calls of some work. */
export interface AsyncScope<T> {
  /** Runs work with the value. */
  run<R>(value: T, work: () => R): R;
  /** The value that the calling code runs with; undefined outside of `run`. */
  get(): T | undefined;
}

/** Makes a scope of its own. It needs no end, however many there are. */
export function asyncScope<T>(): AsyncScope<T> {
  const owner = {};
  return {
    run: (value, work) => entries.run({ owner, value, outer: entries.getStore() }, work),
    get() {
      let entry = entries.getStore();
      while (entry && entry.owner !== owner) entry = entry.outer;
      // Whoever has this owner has put a value of this scope there.
      return entry?.value as T | undefined;
    },
  };
}
