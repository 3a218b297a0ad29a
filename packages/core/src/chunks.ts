/** Gathers rows of an iterable or async iterable into groups of at most `size` rows and, roughly, at most `maxWeight`. */
export async function* chunksOf<T>(
  rows: Iterable<T> | AsyncIterable<T>,
  size: number,
  weigh: (row: T) => number = () => 0,
  maxWeight = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly T[]> {
  let chunk: T[] = [];
  let weight = 0;
  for await (const row of rows) {
    chunk.push(row);
    weight += weigh(row);
    if (chunk.length >= size || weight >= maxWeight) {
      yield chunk;
      chunk = [];
      weight = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** Rows of a list in pieces of at most `size`. */
export function* slicesOf<T>(rows: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}
