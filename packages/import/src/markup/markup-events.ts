import { StringDecoder } from "node:string_decoder";
import { type Handler, Parser } from "htmlparser2";
import { fileError } from "../source/import-error.js";

/**
 * Feeds a UTF-8 document to a parser piece by piece and hands on what the handler has gathered after each.
 *
 * @param gathered empties and gives what the handler holds
 */
export async function* markupEvents<T>(
  pieces: AsyncIterable<Buffer>,
  mode: "xml" | "html",
  handler: Partial<Handler>,
  gathered: () => readonly T[],
): AsyncGenerator<readonly T[]> {
  const parser = new Parser(handler, { xmlMode: mode === "xml", decodeEntities: true });
  const decoder = new StringDecoder("utf8");
  for await (const piece of pieces) {
    parser.write(decoder.write(piece));
    const batch = gathered();
    if (batch.length > 0) yield batch;
  }
  parser.write(decoder.end());
  parser.end();
  yield gathered();
}

/** Most characters of a cell; Excel has 32 767. */
const MOST_CHARACTERS = 1_000_000;

/** A text with more of it, unless no cell is as long. @throws {RecallKitError} `import.limit` */
export function longer(text: string, more: string): string {
  if (text.length + more.length <= MOST_CHARACTERS) return text + more;
  throw fileError("import.limit", `a cell holds more than ${MOST_CHARACTERS} characters`, {
    hint: "check that the file is a table, and was saved whole",
  });
}

/** A copy that holds nothing else in memory: a part of a text keeps the whole text. */
export function detached(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, "utf8").toString("utf8");
}

/** Name of an element without its namespace. */
export function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
