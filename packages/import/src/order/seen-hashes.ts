/** Bits per hash; with five probes one new hash in a thousand passes for a known one. */
const BITS_PER_HASH = 16;
const PROBES = 5;
const FIRST_CAPACITY = 1 << 16;

/** A set of hashes that may take a new one for known (once in a thousand times), never a known one for new. */
export interface SeenHashes {
  /** Adds a hash. @returns whether it was there before */
  add(hash: number): boolean;
}

/** Makes an empty set: a Bloom filter that grows by layers of twice the size, so that memory is two bytes per hash. */
export function seenHashes(): SeenHashes {
  const layers: Uint32Array[] = [];
  let capacity = FIRST_CAPACITY / 2;
  let room = 0;
  return {
    add(hash) {
      for (const layer of layers) if (has(layer, hash)) return true;
      if (room === 0) {
        capacity *= 2;
        room = capacity;
        layers.push(new Uint32Array((capacity * BITS_PER_HASH) / 32));
      }
      room -= 1;
      const newest = layers[layers.length - 1];
      if (newest) put(newest, hash);
      return false;
    },
  };
}

function has(layer: Uint32Array, hash: number): boolean {
  const [from, step] = halves(hash);
  for (let probe = 0; probe < PROBES; probe += 1) {
    const bit = bitOf(layer, from, step, probe);
    if (((layer[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
  }
  return true;
}

function put(layer: Uint32Array, hash: number): void {
  const [from, step] = halves(hash);
  for (let probe = 0; probe < PROBES; probe += 1) {
    const bit = bitOf(layer, from, step, probe);
    layer[bit >>> 5] = (layer[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }
}

function halves(hash: number): readonly [number, number] {
  const low = hash % 0x1_0000_0000;
  return [low, ((hash - low) / 0x1_0000_0000) * 2 + 1];
}

/** Sizes of layers are powers of two. */
function bitOf(layer: Uint32Array, from: number, step: number, probe: number): number {
  return (from + probe * step) % (layer.length * 32);
}
