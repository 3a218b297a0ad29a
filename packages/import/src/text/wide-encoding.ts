/**
 * UTF-16 without a byte order mark, by its first bytes: its line ends are two bytes wide, one of them 0, in one of both
 * byte orders only, and so are its digits and separators.
 */
export function wideEncoding(head: Buffer): "utf-16le" | "utf-16be" | undefined {
  const units = Math.floor(Math.min(head.length, 65_536) / 2);
  if (units === 0 || !head.includes(0)) return undefined;
  const little = { ends: 0, ascii: 0 };
  const big = { ends: 0, ascii: 0 };
  let nuls = 0;
  for (let at = 0; at < units * 2; at += 2) {
    const [first, second] = [head[at] ?? 0, head[at + 1] ?? 0];
    if (second === 0) count(little, first);
    if (first === 0) count(big, second);
    nuls += Number(first === 0) + Number(second === 0);
  }
  const [most, least] = little.ends > big.ends ? [little, big] : [big, little];
  // Other NULs are those of a few characters, as U+4E00. In a narrow text a NUL is rare, and its bytes are mostly ASCII.
  const isWide = most.ends > least.ends * 10 && most.ascii >= units / 20 && most.ascii >= nuls / 2;
  if (!isWide || !(most.ascii > units / 2 || hasHighBytes(head))) return undefined;
  return most === little ? "utf-16le" : "utf-16be";
}

function count(order: { ends: number; ascii: number }, byte: number): void {
  const isEnd = byte === 0x0a || byte === 0x0d;
  if (isEnd) order.ends += 1;
  if (isEnd || byte === 0x09 || (byte >= 0x20 && byte < 0x7f)) order.ascii += 1;
}

function hasHighBytes(head: Buffer): boolean {
  return head.some((byte) => byte > 0x7f);
}
