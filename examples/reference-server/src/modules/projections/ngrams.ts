import type { PersonFact } from "./ports.js";

/** Dimensions of a vector of hashed n-grams. */
export const DIMENSIONS = 256;

/** What is said of a person for likeness: level and tags, nothing that names them, and no note. */
export function textOf({ vipLevel, tags }: Pick<PersonFact, "vipLevel" | "tags">): string {
  return [...(vipLevel === "" ? [] : [vipLevel]), ...tags].join(" ");
}

/**
 * A text as a vector of hashed character n-grams of one to three characters, of length 1; of an empty text all zero. Two texts are
 * as alike as the cosine of their vectors says.
 */
export function gramVector(text: string): readonly number[] {
  const vector = new Array<number>(DIMENSIONS).fill(0);
  for (const word of text.normalize("NFKC").toLowerCase().split(/\s+/)) {
    const letters = [...word];
    for (let size = 1; size <= 3; size++) {
      for (let at = 0; at + size <= letters.length; at++) {
        const place = hash(letters.slice(at, at + size).join("")) % DIMENSIONS;
        vector[place] = (vector[place] ?? 0) + 1;
      }
    }
  }
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** Cosine of two vectors of length 1. */
export function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
