/**
 * What a line did to the row that is being read: it ended the row, left it open inside quotes, or broke it, since
 * something else than a delimiter follows a closing quote.
 */
export type RowProgress = "ended" | "open" | "broken";

/** Reads the cells of one row, which may go over several lines inside quotes. */
export interface RecordReader {
  readonly cells: string[];
  /** Whether a cell that doesn't begin with a quote has one inside, where it is text. */
  readonly hasBareQuote: boolean;
  add(text: string, end: string): RowProgress;
}

const QUOTE = '"';

/** A quoted cell may have blanks around its quotes; two quotes inside stand for one. */
export function recordReader(delimiter: string): RecordReader {
  const cells: string[] = [];
  let hasBareQuote = false;
  let open: string[] | undefined;

  const isBlank = (character: string | undefined) =>
    character === " " || (character === "\t" && delimiter !== "\t") || false;
  const afterBlanks = (text: string, from: number) => {
    let at = from;
    while (isBlank(text[at])) at += 1;
    return at;
  };

  /** Goes on inside quotes. @returns where the next cell begins, or how the line ended */
  const quoted = (text: string, end: string, from: number): number | RowProgress => {
    for (let at = from; ; ) {
      const quote = text.indexOf(QUOTE, at);
      if (quote < 0) {
        open?.push(text.slice(at), end);
        return "open";
      }
      open?.push(text.slice(at, quote));
      if (text[quote + 1] === QUOTE) {
        open?.push(QUOTE);
        at = quote + 2;
        continue;
      }
      cells.push(open?.join("") ?? "");
      open = undefined;
      const next = afterBlanks(text, quote + 1);
      if (next >= text.length) return "ended";
      return text[next] === delimiter ? next + 1 : "broken";
    }
  };

  return {
    cells,
    get hasBareQuote() {
      return hasBareQuote;
    },
    add(text, end) {
      if (!open && !text.includes(QUOTE)) {
        for (const cell of text.split(delimiter)) cells.push(cell);
        return "ended";
      }
      let at = 0;
      if (open) {
        const next = quoted(text, end, 0);
        if (typeof next !== "number") return next;
        at = next;
      }
      for (;;) {
        const start = afterBlanks(text, at);
        if (text[start] === QUOTE) {
          open = [];
          const next = quoted(text, end, start + 1);
          if (typeof next !== "number") return next;
          at = next;
          continue;
        }
        const stop = text.indexOf(delimiter, at);
        const cell = stop < 0 ? text.slice(at) : text.slice(at, stop);
        hasBareQuote ||= cell.includes(QUOTE);
        cells.push(cell);
        if (stop < 0) return "ended";
        at = stop + 1;
      }
    },
  };
}
