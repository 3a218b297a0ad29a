/** A set of ordinals, one bit each. */
export type Bitset = Uint32Array;

export function bitset(size: number): Bitset {
  return new Uint32Array((size + 31) >>> 5);
}

/** The set of all ordinals below `size`. */
export function fullBitset(size: number): Bitset {
  const bits = bitset(size).fill(0xffffffff);
  const rest = size & 31;
  const last = bits.length - 1;
  if (rest > 0) bits[last] = (1 << rest) - 1;
  return bits;
}

export function addTo(bits: Bitset, ordinal: number): void {
  const at = ordinal >>> 5;
  bits[at] = (bits[at] ?? 0) | (1 << (ordinal & 31));
}

export function isIn(bits: Bitset, ordinal: number): boolean {
  return ((bits[ordinal >>> 5] ?? 0) & (1 << (ordinal & 31))) !== 0;
}

/** Leaves in `bits` what `others` has too. */
export function keepOnly(bits: Bitset, others: Bitset): Bitset {
  for (let at = 0; at < bits.length; at++) bits[at] = (bits[at] ?? 0) & (others[at] ?? 0);
  return bits;
}

/** Takes what `others` has out of `bits`. */
export function takeOut(bits: Bitset, others: Bitset): Bitset {
  for (let at = 0; at < bits.length; at++) bits[at] = (bits[at] ?? 0) & ~(others[at] ?? 0);
  return bits;
}

/** Adds what `others` has to `bits`. */
export function addAll(bits: Bitset, others: Bitset): Bitset {
  for (let at = 0; at < bits.length; at++) bits[at] = (bits[at] ?? 0) | (others[at] ?? 0);
  return bits;
}

export function countOf(bits: Bitset): number {
  let count = 0;
  for (let at = 0; at < bits.length; at++) {
    let word = bits[at] ?? 0;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}

/** The ordinals of a set, ascending. */
export function ordinalsOf(bits: Bitset): Uint32Array {
  const found = new Uint32Array(countOf(bits));
  let next = 0;
  for (let at = 0; at < bits.length; at++)
    for (let word = bits[at] ?? 0; word !== 0; word &= word - 1)
      found[next++] = at * 32 + (31 - Math.clz32(word & -word));
  return found;
}
