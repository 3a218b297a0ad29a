import { describe, expect, test } from "vitest";
import { chunksOf } from "./chunks.js";

async function all<T>(chunks: AsyncIterable<readonly T[]>): Promise<(readonly T[])[]> {
  const found: (readonly T[])[] = [];
  for await (const chunk of chunks) found.push(chunk);
  return found;
}

describe("chunks", () => {
  test("hold at most so many rows, the last one what is left", async () => {
    expect(await all(chunksOf([1, 2, 3, 4, 5], 2))).toEqual([[1, 2], [3, 4], [5]]);
    expect(await all(chunksOf([1, 2], 2))).toEqual([[1, 2]]);
    expect(await all(chunksOf([], 2))).toEqual([]);
  });

  test("end early when they are heavy", async () => {
    const weigh = (row: number) => row;
    expect(await all(chunksOf([1, 9, 1, 1, 30, 1], 10, weigh, 10))).toEqual([[1, 9], [1, 1, 30], [1]]);
  });

  test("come from a stream as they fill, not when it ends", async () => {
    let given = 0;
    const stream = async function* () {
      for (;;) {
        given += 1;
        yield given;
      }
    };
    const chunks = chunksOf(stream(), 3);
    expect((await chunks.next()).value).toEqual([1, 2, 3]);
    expect(given).toBe(3);
  });
});
