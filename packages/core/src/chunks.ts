/** Gathers rows of an iterable or async iterable into groups of at most `size` rows and, roughly, at most `maxWeight`. */
export async function* chunksOf<T>(
  rows: Iterable<T> | AsyncIterable<T>,
  size: number,
  weigh: (row: T) => number = () => 0,
  maxWeight = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly T[]> {
  let chunk: T[] = [];
  let weight = 0;
  const isFull = (row: T): boolean => {
    chunk.push(row);
    weight += weigh(row);
    return chunk.length >= size || weight >= maxWeight;
  };
  const emptied = (): readonly T[] => {
    const full = chunk;
    chunk = [];
    weight = 0;
    return full;
  };
  // A row that is there already is not waited for: a promise for each would take as long as reading it.
  if (Symbol.iterator in rows && !(Symbol.asyncIterator in rows)) {
    for (const row of rows) if (isFull(row)) yield emptied();
  } else for await (const row of rows) if (isFull(row)) yield emptied();
  if (chunk.length > 0) yield emptied();
}

/** Rows of a list in pieces of at most `size`. */
export function* slicesOf<T>(rows: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}
