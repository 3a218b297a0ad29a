/** Addresses that one batch takes. */
export const MOST_RECIPIENTS = 10_000;

/** A line of a list: an address, and values of its own behind it. */
export interface BatchLine {
  readonly recipient: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What a pasted list says. */
export interface BatchList {
  /** Each address once, as it came first. */
  readonly lines: readonly BatchLine[];
  /** Lines whose address stood further up. */
  readonly repeated: number;
  /** Numbers of lines with more values than there are variables, from 1. */
  readonly tooLong: readonly number[];
}

/**
 * Reads a pasted list: an address a line, and behind commas or tabs the values of the template's variables in their order. What is
 * left empty is filled by the template's own default.
 */
export function batchLines(text: string, variables: readonly string[]): BatchList {
  const lines = new Map<string, BatchLine>();
  const tooLong: number[] = [];
  let repeated = 0;
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const [recipient = "", ...values] = line.split(/[,，\t]/).map((part) => part.trim());
    if (recipient === "") continue;
    if (values.length > variables.length) tooLong.push(at + 1);
    if (lines.has(recipient)) {
      repeated += 1;
      continue;
    }
    const given = variables.flatMap((name, place) => (values[place] ? [[name, values[place]] as const] : []));
    lines.set(recipient, { recipient, variables: Object.fromEntries(given) });
  }
  return { lines: [...lines.values()], repeated, tooLong };
}
