import { isAscii, isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { type Candidate, fileError, QuestionError } from "../source/import-error.js";
import { type EncodingName, markedEncoding, textOf } from "./encoding.js";
import { plausibility } from "./plausibility.js";
import { wideEncoding } from "./wide-encoding.js";
import { wordSample } from "./word-sample.js";

/** The encoding of a file. */
export interface JudgedEncoding {
  readonly encoding: EncodingName;
  /** Whether some bytes of the file are not of this encoding, so that U+FFFD stands for damage. */
  readonly isDamaged: boolean;
}

/** How much more plausible the best reading has to be than the next one: e⁴, about 50 times. */
const MARGIN = 4;
/**
 * Least plausibility of a reading: in Chinese three frequent characters, in UTF-8 one that is three bytes long, in Latin
 * one letter among others. Korean is never certain: it is known so that it isn't taken for Chinese.
 */
const LEAST: Readonly<Partial<Record<EncodingName, number>>> = {
  gb18030: 5,
  big5: 5,
  "utf-8": 3,
  "windows-1252": 1.5,
};
/** One byte in so many may be damaged, in a file that is large enough to tell. */
const BYTES_PER_DAMAGE = 1000;
const ONE_BYTE_ENCODINGS = ["gb18030", "big5", "windows-1252", "euc-kr"] as const;

/**
 * Judges by the whole file: a byte order mark; NULs between the letters of UTF-16; UTF-8 by its own structure; else by
 * which encodings all bytes are valid in, and how plausible their words are.
 *
 * @param read the bytes of the file from the beginning; called up to six times
 * @throws {RecallKitError} `import.binary`, `import.encoding-unknown`
 * @throws {QuestionError} `import.encoding-ambiguous`
 */
export async function judgeEncoding(name: string, read: () => AsyncIterable<Buffer>): Promise<JudgedEncoding> {
  const sample = wordSample();
  let head = Buffer.alloc(0);
  let damage = 0;
  let highBytes = 0;
  const utf8 = utf8Check();
  for await (const piece of read()) {
    if (head.length === 0) {
      head = Buffer.from(piece);
      const wide = markedEncoding(head) ?? wideEncoding(head);
      if (wide && wide !== "utf-8") return { encoding: wide, isDamaged: true };
      if (isBinary(head)) throw binary(name);
    }
    if (!isAscii(piece)) {
      sample.add(piece);
      highBytes += countHigh(piece);
    } else sample.end();
    damage += utf8(piece);
  }
  sample.end();
  damage += utf8(undefined);
  const isUtf8Possible = damage * BYTES_PER_DAMAGE <= highBytes;
  if (highBytes === 0 || (markedEncoding(head) && isUtf8Possible)) return { encoding: "utf-8", isDamaged: damage > 0 };

  if (damage === 0 && sample.words.every(isMoney)) return { encoding: "utf-8", isDamaged: false };

  const readings = new Map<EncodingName, number>();
  if (isUtf8Possible) readings.set("utf-8", scoreOf(sample.words, "utf-8"));
  for (const encoding of ONE_BYTE_ENCODINGS) {
    if (sample.words.filter((word) => textOf(word, encoding).includes("\ufffd")).length <= sample.words.length / 100)
      readings.set(encoding, scoreOf(sample.words, encoding));
  }
  const damages = new Map<EncodingName, number>([["utf-8", damage]]);
  for (;;) {
    const [best, next] = [...readings].sort(([, a], [, b]) => b - a);
    if (!best) throw unknown(name);
    if (!damages.has(best[0])) damages.set(best[0], await damageOf(read(), best[0]));
    const found = damages.get(best[0]) ?? 0;
    if (found * BYTES_PER_DAMAGE > highBytes) {
      readings.delete(best[0]);
      continue;
    }
    const isCertain = best[1] >= (LEAST[best[0]] ?? Number.POSITIVE_INFINITY);
    if (isCertain && (!next || best[1] - next[1] >= MARGIN)) return { encoding: best[0], isDamaged: found > 0 };
    throw ambiguous(name, [...readings.keys()], sample.words);
  }
}

/** A sign of money right before its figure: misread, the two would be a Chinese character or two before a number. */
function isMoney(word: Uint8Array): boolean {
  return /^[¥￥£€₩]\d+$/.test(textOf(word, "utf-8"));
}

/** Counts what isn't UTF-8, piece by piece; `undefined` ends the text. */
function utf8Check(): (piece: Buffer | undefined) => number {
  let rest = Buffer.alloc(0);
  return (piece) => {
    const bytes = piece ? Buffer.concat([rest, piece]) : rest;
    const end = piece ? wholeCharacters(bytes) : bytes.length;
    rest = bytes.subarray(end);
    const whole = bytes.subarray(0, end);
    return isUtf8(whole) ? 0 : occurrences(whole.toString("utf8"));
  };
}

/** Index at which a character begins that the bytes don't hold to its end, or their length. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0;
    if (length > 0) return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

async function damageOf(pieces: AsyncIterable<Buffer>, encoding: EncodingName): Promise<number> {
  const decoder = iconv.getDecoder(encoding, { stripBOM: false });
  let count = 0;
  for await (const piece of pieces) count += occurrences(decoder.write(piece));
  return count + occurrences(decoder.end() ?? "");
}

function occurrences(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\ufffd"); at >= 0; at = text.indexOf("\ufffd", at + 1)) count += 1;
  return count;
}

function countHigh(piece: Buffer): number {
  let count = 0;
  for (const byte of piece) if (byte > 0x7f) count += 1;
  return count;
}

function scoreOf(words: readonly Uint8Array[], encoding: EncodingName): number {
  return words.reduce((sum, word) => {
    const text = textOf(word, encoding);
    return sum + plausibility(text) + (encoding === "utf-8" ? utf8Structure(text) : 0);
  }, 0);
}

/** That bytes of another encoding make a character of UTF-8 by chance is the less likely the longer it is. */
function utf8Structure(text: string): number {
  let sum = 0;
  for (const character of text) sum += character < "\x80" ? 0 : character < "\u0800" ? 1.5 : 4;
  return sum;
}

const MOST_CONTROLS = 8;

function isBinary(head: Buffer): boolean {
  const controls = head.filter((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x1a) || (byte > 0x1b && byte < 0x1f));
  return controls.length > MOST_CONTROLS && controls.length > head.length / 50;
}

function binary(name: string) {
  return fileError("import.binary", `${name} is no table: it holds bytes that no text has`, {
    hint: "export the table as .xlsx or CSV",
  });
}

function unknown(name: string) {
  return fileError("import.encoding-unknown", `${name} is in no encoding that is known here, or damaged`, {
    hint: "save it as CSV UTF-8 or .xlsx",
  });
}

function ambiguous(name: string, encodings: readonly EncodingName[], words: readonly Uint8Array[]): QuestionError {
  const candidates = encodings.map((value): Candidate => ({ value, sample: sampleOf(words, value) }));
  const list = encodings.join(", ");
  return new QuestionError(
    "import.encoding-ambiguous",
    `${name} may be written in ${list}; its few words beyond ASCII don't tell which`,
    "encoding",
    candidates,
    { hint: "name the encoding with --encoding, or save the file as CSV UTF-8" },
  );
}

function sampleOf(words: readonly Uint8Array[], encoding: EncodingName): string {
  return words
    .slice(0, 8)
    .map((word) => textOf(word, encoding))
    .join(" ")
    .slice(0, 80);
}
