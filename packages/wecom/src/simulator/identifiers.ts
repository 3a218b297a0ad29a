import { createHash, randomUUID } from "node:crypto";

/** Makes the provider's opaque ids. */
export interface Identifiers {
  /** A new id: `prefix` and `length` characters of the URL-safe base64 alphabet. */
  next(prefix: string, length: number): string;
  /** Check characters for a text: only this simulator can make them. */
  seal(text: string): string;
}

/**
 * Ids drawn from a seed. Without a seed every simulator differs, so that a restarted one neither repeats
 * a `msgid` that the caller has stored nor accepts an old token.
 */
export function createIdentifiers(seed: string | number = randomUUID()): Identifiers {
  let count = 0;
  const digest = (text: string): string => createHash("sha512").update(`${seed}|${text}`).digest("base64url");
  return {
    next(prefix, length) {
      count += 1;
      let characters = "";
      for (let part = 0; characters.length < length; part += 1) characters += digest(`id|${prefix}|${count}|${part}`);
      return prefix + characters.slice(0, length);
    },
    seal: (text) => digest(`seal|${text}`).slice(0, 16),
  };
}
