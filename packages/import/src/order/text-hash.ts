/** 52-bit hash of a text, as an exact number. Equal texts have equal hashes; others hardly ever. */
export function textHash(text: string, seed = 0): number {
  let high = 0x9e3779b9 ^ seed;
  let low = 0x85ebca6b ^ seed;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x5bd1e995) ^ (low >>> 15);
  }
  high = mixed(high ^ (low >>> 13));
  low = mixed(low ^ (high >>> 11));
  return (high >>> 12) * 0x1_0000_0000 + (low >>> 0);
}

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
