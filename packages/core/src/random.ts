import { randomBytes } from "node:crypto";

/** Chance, injected so that a run can be repeated. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** `length` unpredictable bytes. */
  bytes(length: number): Uint8Array;
}

/** Cryptographically strong randomness of this machine. */
export const systemRandom: Random = {
  next: () => Math.random(),
  bytes: (length) => new Uint8Array(randomBytes(length)),
};
