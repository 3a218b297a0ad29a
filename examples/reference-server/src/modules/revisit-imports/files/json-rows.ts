import { InputError } from "@recallkit/core";
import { Tokenizer, TokenParser, TokenType } from "@streamparser/json";

/** One entry of a JSON array, with the place where it begins. */
export interface JsonRow {
  /** From 0. */
  readonly index: number;
  /** Line of its first character, from 1. */
  readonly line: number;
  readonly value: unknown;
}

/** Largest entry of an array, bytes. */
const MAX_ROW_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads a JSON array entry by entry, as its bytes come: the memory it needs is that of one entry, whatever the size of the file.
 *
 * @throws {InputError} `revisit-import.broken-json` with line, column and offset of what is no JSON, or of the end of a text that
 *   ends too early; `revisit-import.not-an-array`; `revisit-import.row-too-long`. Entries before the fault were given.
 */
export async function* jsonRows(
  source: AsyncIterable<Uint8Array>,
  { maxRowBytes = MAX_ROW_BYTES }: { readonly maxRowBytes?: number } = {},
): AsyncGenerator<JsonRow> {
  const place = new Place();
  const rows: JsonRow[] = [];
  let depth = 0;
  let began: { readonly line: number; readonly offset: number } | undefined;
  let index = 0;
  let lastToken = 0;
  const tokens = new Tokenizer();
  const parser = new TokenParser({ paths: ["$.*"], keepStack: false });
  parser.onValue = ({ value }) => {
    rows.push({ index: index++, line: began?.line ?? 1, value });
    began = undefined;
  };
  tokens.onToken = (token) => {
    lastToken = token.offset;
    const isOpen = token.token === TokenType.LEFT_BRACE || token.token === TokenType.LEFT_BRACKET;
    const isEnd = token.token === TokenType.RIGHT_BRACE || token.token === TokenType.RIGHT_BRACKET;
    if (depth === 0 && token.token !== TokenType.LEFT_BRACKET) throw fault("not-an-array", place.at(token.offset));
    const isPlain = !isEnd && token.token !== TokenType.COMMA;
    if (depth === 1 && isPlain) began = place.at(token.offset);
    if (isOpen) depth += 1;
    if (isEnd) depth -= 1;
    parser.write(token);
  };
  for await (const piece of withoutMark(source)) {
    place.take(piece);
    try {
      tokens.write(piece);
    } catch (error) {
      // What stands before the fault is whole.
      yield* rows;
      throw InputError.is(error) ? error : fault("broken-json", place.at(offsetOf(error, lastToken)), error);
    }
    if (began && place.end - began.offset > maxRowBytes + piece.length)
      throw fault("row-too-long", place.at(began.offset));
    yield* rows;
    rows.length = 0;
  }
  if (!parser.isEnded) throw fault("broken-json", place.at(place.end));
}

function fault(
  reason: "broken-json" | "not-an-array" | "row-too-long",
  { line, column, offset }: { readonly line: number; readonly column: number; readonly offset: number },
  cause?: unknown,
): InputError {
  const code = `revisit-import.${reason}` as const;
  const message = `${MESSAGES[reason]} at line ${line}, column ${column}`;
  return new InputError([{ path: "", code, message, params: { line, column, offset } }], cause ? { cause } : {});
}

const MESSAGES = {
  "broken-json": "is no JSON, or only a part of it,",
  "not-an-array": "must be a JSON array; something else begins",
  "row-too-long": "an entry is longer than 1 MB; it begins",
};

/** The bytes after a byte order mark, from which offsets count. */
async function* withoutMark(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of source) {
    let skip = 0;
    while (at < MARK.length && skip < piece.length && piece[skip] === MARK[at]) [skip, at] = [skip + 1, at + 1];
    if (skip < piece.length) at = MARK.length;
    yield piece.subarray(skip);
  }
}

const MARK = [0xef, 0xbb, 0xbf];

/** The parser tells where it stopped in its message only. */
function offsetOf(error: unknown, otherwise: number): number {
  const found = /absolute position "(\d+)"/.exec(error instanceof Error ? error.message : "");
  return found ? Number(found[1]) : otherwise;
}

/** Lines and columns of offsets, of which only the piece under way is kept. */
class Place {
  start = 0;
  end = 0;
  #piece: Uint8Array = new Uint8Array();
  #at = 0;
  #line = 1;
  #lineStart = 0;

  take(piece: Uint8Array): void {
    this.at(this.end);
    this.start = this.end;
    this.end += piece.length;
    this.#piece = piece;
  }

  /** Offsets are asked for in ascending order; one before the piece is told as its begin. */
  at(offset: number): { readonly line: number; readonly column: number; readonly offset: number } {
    for (const upTo = Math.min(offset, this.end); this.#at < upTo; this.#at++) {
      if (this.#piece[this.#at - this.start] !== NEWLINE) continue;
      this.#line += 1;
      this.#lineStart = this.#at + 1;
    }
    return { line: this.#line, column: Math.max(0, offset - this.#lineStart) + 1, offset };
  }
}
