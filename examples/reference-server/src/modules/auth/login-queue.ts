import { HttpError } from "@recallkit/http";

/** Password checks at once; each takes 128 MB for some tenths of a second. */
const MOST_AT_ONCE = 2;
/** Logins that wait for their turn; more are turned away. */
const MOST_WAITING = 50;

/**
 * Lets a few calls run at once and the next ones wait.
 *
 * @throws {HttpError} 503 `auth.busy` when too many wait already
 */
export function loginQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= MOST_AT_ONCE) {
      if (waiting.length >= MOST_WAITING) throw new HttpError(503, "auth.busy", { headers: { "retry-after": "2" } });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      // The place is handed on to the next in line, so that nobody can slip in between.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
