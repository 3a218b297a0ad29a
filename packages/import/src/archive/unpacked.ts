import { fileError } from "../source/import-error.js";
import type { ReadLimits } from "../source/read-limits.js";

/** Below this a high ratio costs nothing. */
const JUDGED_FROM_BYTES = 64 * 2 ** 20;

/**
 * Passes on what comes out of an unpacker, until it is more than any table gives.
 *
 * @param packedBytes size of what is unpacked
 * @throws {RecallKitError} `import.limit`
 */
export async function* withinLimits(
  name: string,
  pieces: AsyncIterable<Buffer>,
  packedBytes: number,
  limits: ReadLimits,
): AsyncGenerator<Buffer> {
  let count = 0;
  for await (const piece of pieces) {
    count += piece.length;
    const isBomb = count > JUDGED_FROM_BYTES && count > packedBytes * limits.unpackRatio;
    if (isBomb || count > limits.unpackedBytes)
      throw fileError(
        "import.limit",
        isBomb
          ? `${name} unpacks to more than ${limits.unpackRatio} times its size, which no table does`
          : `${name} unpacks to more than ${limits.unpackedBytes} bytes`,
        { hint: "give the unpacked table, or raise the limit" },
      );
    yield piece;
  }
}
