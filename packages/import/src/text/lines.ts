/** A line as it stands in the file. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** What ends it: `\n`, `\r`, `\r\n`, `\r\r\n`, or nothing at the end of the file. */
  readonly end: string;
  /** Whether it was longer than allowed; `text` is its beginning then. */
  readonly isCut: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
/** Bytes of a line that is too long which are kept, to show it. */
const KEPT_OF_CUT = 4000;

/**
 * Lines of a UTF-8 text, piece by piece; all line ends may occur in one file. Ctrl-Z, with which DOS programs end a
 * text, is no part of the last line.
 *
 * Each line is a text of its own: keeping a cell keeps at most its line in memory, not the whole piece.
 */
export async function* linesOf(pieces: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<readonly Line[]> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 1;
  let isCut = false;
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const lines: Line[] = [];
    let start = 0;
    for (let end = nextEnd(bytes, start); end; end = nextEnd(bytes, start)) {
      lines.push(lineOf(bytes.subarray(start, end.at), number, end.text, isCut, mostBytes));
      isCut = false;
      number += 1;
      start = end.at + end.text.length;
    }
    rest = bytes.subarray(start);
    // What is too long is forgotten as it comes, but for its beginning and an open line end.
    if (rest.length > mostBytes) {
      const tail = rest.subarray(rest.length - 2).includes(CR) ? rest.subarray(rest.length - 2) : Buffer.alloc(0);
      rest = Buffer.concat([rest.subarray(0, KEPT_OF_CUT), tail]);
      isCut = true;
    }
    if (lines.length > 0) yield lines;
  }
  yield lastLines(rest, number, isCut, mostBytes);
}

/** The first line end from `start` that is known to be whole: what follows a CR decides what it is. */
function nextEnd(bytes: Buffer, start: number): { readonly at: number; readonly text: string } | undefined {
  const lf = bytes.indexOf(LF, start);
  const until = lf < 0 ? bytes.length : lf;
  const cr = bytes.subarray(start, until).indexOf(CR);
  if (cr < 0) return lf < 0 ? undefined : { at: lf, text: "\n" };
  const at = start + cr;
  if (bytes[at + 1] === LF) return { at, text: "\r\n" };
  if (bytes[at + 1] === CR && bytes[at + 2] === LF) return { at, text: "\r\r\n" };
  const isOpen = at + 1 >= bytes.length || (bytes[at + 1] === CR && at + 2 >= bytes.length);
  return isOpen ? undefined : { at, text: "\r" };
}

function lastLines(bytes: Buffer, number: number, isCut: boolean, mostBytes: number): readonly Line[] {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x1a || bytes[end - 1] === 0)) end -= 1;
  const whole = bytes.includes(0x1a, end) ? bytes.subarray(0, end) : bytes;
  const ends = /\r*$/.exec(whole.subarray(Math.max(0, whole.length - 2)).toString("latin1"))?.[0] ?? "";
  const text = whole.subarray(0, whole.length - ends.length);
  return text.length === 0 && ends === "" ? [] : [lineOf(text, number, ends, isCut, mostBytes)];
}

function lineOf(bytes: Buffer, number: number, end: string, isCut: boolean, mostBytes: number): Line {
  const isTooLong = isCut || bytes.length > mostBytes;
  return { number, text: bytes.toString("utf8", 0, isTooLong ? KEPT_OF_CUT : bytes.length), end, isCut: isTooLong };
}
