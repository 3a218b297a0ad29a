/**
 * UTF-16 without a byte order mark, by its first bytes: line ends, digits and separators are two bytes wide, one of
 * them 0, and only one of both byte orders makes many ASCII characters.
 */
export function wideEncoding(head: Buffer): "utf-16le" | "utf-16be" | undefined {
  const units = Math.floor(Math.min(head.length, 65_536) / 2);
  if (units === 0 || !head.includes(0)) return undefined;
  let [little, big, nuls] = [0, 0, 0];
  for (let at = 0; at < units * 2; at += 2) {
    const [first, second] = [head[at] ?? 0, head[at + 1] ?? 0];
    if (isAsciiText(first) && second === 0) little += 1;
    if (isAsciiText(second) && first === 0) big += 1;
    nuls += Number(first === 0) + Number(second === 0);
  }
  const [most, least] = little > big ? [little, big] : [big, little];
  // Beyond the NULs of ASCII characters there are those of a few others, as U+4E00. A NUL in a narrow text is rare.
  if (most < units / 20 || least > most / 5 || most < nuls / 2 || !(most > units / 2 || hasHighBytes(head)))
    return undefined;
  return little > big ? "utf-16le" : "utf-16be";
}

function isAsciiText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function hasHighBytes(head: Buffer): boolean {
  return head.some((byte) => byte > 0x7f);
}
