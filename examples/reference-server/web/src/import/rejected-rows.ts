/** A row that was not taken: where it stands, which value is wrong, and why. */
export interface RejectedRow {
  readonly line: number;
  /** Column of the file; empty: the row as a whole. */
  readonly column: string;
  readonly value: string;
  readonly code: string;
  readonly message: string;
}

/** Columns that the server puts behind those of the file: line, field, code, message. */
const OWN = 4;

/** The first rows of a file of rejected rows; no more of it is read than they take. */
export async function firstRejected(
  pieces: ReadableStream<Uint8Array>,
  columnOf: (path: string) => string,
  most: number,
): Promise<readonly RejectedRow[]> {
  const reader = pieces.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  const records: string[][] = [];
  const take = recordReader((record) => records.push(record));
  for (let part = await reader.read(); !part.done && records.length <= most; part = await reader.read())
    take(part.value);
  await reader.cancel();
  const [header = [], ...rows] = records;
  return rows.slice(0, most).map((cells) => {
    const [line = "", path = "", code = "", message = ""] = cells.slice(-OWN);
    const at = header.indexOf(columnOf(path));
    return {
      line: Number(line),
      column: at < 0 ? "" : (header[at] ?? ""),
      value: at < 0 ? "" : (cells[at] ?? ""),
      code,
      message,
    };
  });
}

/** Reads records of CSV as its pieces come. */
export function recordReader(onRecord: (cells: string[]) => void): (piece: string) => void {
  let [cells, cell, isQuoted, wasQuote]: [string[], string, boolean, boolean] = [[], "", false, false];
  return (piece) => {
    for (const sign of piece) {
      // A quote inside quotes ends them, unless another one follows.
      if (wasQuote && sign === '"') [cell, isQuoted, wasQuote] = [`${cell}"`, true, false];
      else if (isQuoted && sign === '"') [isQuoted, wasQuote] = [false, true];
      else if (isQuoted) cell += sign;
      else {
        wasQuote = false;
        if (sign === '"' && cell === "") isQuoted = true;
        else if (sign === "," || sign === "\n") {
          cells.push(cell);
          cell = "";
          if (sign === "\n") {
            onRecord(cells);
            cells = [];
          }
        } else if (sign !== "\r") cell += sign;
      }
    }
  };
}
