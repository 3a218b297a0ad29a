import iconv from "iconv-lite";

/** Encodings that are told apart by evidence, and may be named. */
export const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "gb18030", "big5", "windows-1252", "euc-kr"] as const;
export type EncodingName = (typeof ENCODINGS)[number];

// Each is read as the larger encoding that contains it.
const OTHER_NAMES: Readonly<Record<string, EncodingName>> = {
  utf8: "utf-8",
  utf16: "utf-16le",
  utf16le: "utf-16le",
  utf16be: "utf-16be",
  gbk: "gb18030",
  gb2312: "gb18030",
  cp936: "gb18030",
  ansi936: "gb18030",
  cp950: "big5",
  big5hkscs: "big5",
  latin1: "windows-1252",
  iso88591: "windows-1252",
  cp1252: "windows-1252",
  ansi: "windows-1252",
  windows1252: "windows-1252",
  euckr: "euc-kr",
  cp949: "euc-kr",
};

/** The encoding meant by a name in any of its spellings, as `GBK` or `ISO_8859-1`. */
export function encodingNamed(name: string): EncodingName | undefined {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  return ENCODINGS.find((encoding) => encoding === name.toLowerCase()) ?? OTHER_NAMES[plain];
}

/** Text of some bytes; what isn't of the encoding reads U+FFFD. */
export function textOf(bytes: Uint8Array, encoding: EncodingName): string {
  return iconv.decode(Buffer.from(bytes), encoding, { stripBOM: false });
}

/** The same text in UTF-8, piece by piece, without a byte order mark. What isn't of the encoding becomes U+FFFD. */
export async function* inUtf8(pieces: AsyncIterable<Buffer>, encoding: EncodingName): AsyncGenerator<Buffer> {
  const texts = encoding === "utf-8" ? pieces : recoded(pieces, encoding);
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of texts) {
    if (!head) {
      yield piece;
      continue;
    }
    head = Buffer.concat([head, piece]);
    if (head.length < 3) continue;
    yield withoutMark(head);
    head = undefined;
  }
  if (head) yield withoutMark(head);
}

async function* recoded(pieces: AsyncIterable<Buffer>, encoding: EncodingName): AsyncGenerator<Buffer> {
  const decoder = iconv.getDecoder(encoding, { stripBOM: false });
  for await (const piece of pieces) yield Buffer.from(decoder.write(piece));
  const rest = decoder.end();
  if (rest) yield Buffer.from(rest);
}

function withoutMark(head: Buffer): Buffer {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;
}

/** The encoding that a byte order mark names. */
export function markedEncoding(head: Uint8Array): EncodingName | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : undefined;
}
