import { EventEmitter } from "node:events";

/** A method that code of the host calls as well, and what becomes of such a call. */
export interface SharedMethod {
  readonly name: string;
  /** `wait`: until the call under way has ended; otherwise the error that is thrown at once. */
  readonly meanwhile: "wait" | (() => Error);
}

/**
 * Keeps the host's own statements out of a call of ours, so that none of them is undone with it and no COMMIT comes in its
 * middle. The object has a method of its own for as long, which lets pass whatever belongs to the call.
 *
 * @param opened resolves when the call has ended
 * @returns how to take the method away again
 */
export function shut(
  target: object,
  { name, meanwhile }: SharedMethod,
  passes: () => boolean,
  opened: Promise<void>,
): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  const method: unknown = Reflect.get(target, name);
  if (typeof method !== "function") return () => {};

  function turnstile(this: unknown, ...given: unknown[]): unknown {
    if (passes()) return Reflect.apply(method as () => unknown, this, given);
    if (meanwhile !== "wait") throw meanwhile();
    // Asked anew: by then another call may be under way.
    const later = opened.then(() => {
      const result: unknown = Reflect.apply(Reflect.get(target, name), this, given);
      // A command of mysql2 looks like a promise and fails when it is taken for one.
      return result instanceof EventEmitter ? undefined : result;
    });
    if (typeof given.at(-1) === "function") return undefined;
    return isSubmittable(given[0]) ? given[0] : later;
  }

  Object.defineProperty(target, name, { value: turnstile, configurable: true, writable: true, enumerable: false });
  return () => {
    if (Reflect.get(target, name) !== turnstile) return;
    if (before) Object.defineProperty(target, name, before);
    else Reflect.deleteProperty(target, name);
  };
}

/** A cursor or stream, which the driver gives back as it is. */
function isSubmittable(given: unknown): boolean {
  return typeof given === "object" && given !== null && "submit" in given;
}
