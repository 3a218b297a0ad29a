/** Waits for its turn, first come first served; the function it resolves to gives the turn back (once is enough). */
export type Mutex = () => Promise<() => void>;

/** Lets one holder in at a time. */
export function createMutex(): Mutex {
  let last: Promise<void> = Promise.resolve();
  return async () => {
    const before = last;
    let release = () => {};
    last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  };
}
