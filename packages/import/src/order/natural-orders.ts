import { sha256Hex } from "@recallkit/core/ports";
import { type AssembleOptions, assembleOrder, type FoundOrder } from "./assemble-order.js";
import type { OrderLine } from "./line-reader.js";
import type { OrderFigures } from "./order-figures.js";
import type { SourceRow } from "./order-rows.js";
import { returningKeys } from "./returning-keys.js";

/**
 * Orders of files that don't number them: each row is one. Buyer, time and amount make its key; of equal ones the how-manieth.
 *
 * @param again the same rows once more, to learn which keys there are several of
 */
export async function* naturalOrders(
  pieces: AsyncIterable<readonly SourceRow[]>,
  again: () => AsyncIterable<readonly SourceRow[]>,
  assembling: AssembleOptions,
): AsyncGenerator<FoundOrder> {
  const returning = returningKeys();
  for await (const piece of again()) {
    for (const row of piece) {
      const found = assembleOrder([row], naturalKey, assembling);
      if (found.kind === "order") returning.see(found.input.externalId);
    }
  }
  const countdown = returning.countdown();
  const counts = new Map<string, number>();
  for await (const piece of pieces) {
    for (const row of piece) {
      const found = assembleOrder([row], naturalKey, assembling);
      if (found.kind === "rejected") {
        yield { rows: [row], repeated: 0, found };
        continue;
      }
      const key = found.input.externalId;
      const isSeveral = countdown.left(key) !== undefined;
      const count = (counts.get(key) ?? 0) + 1;
      if (isSeveral) counts.set(key, count);
      yield { rows: [row], repeated: 0, found: { ...found, input: { ...found.input, externalId: `${key}-${count}` } } };
    }
  }
}

/** What names an order in a file without order numbers, apart from its how-manieth. */
function naturalKey({ externalKey }: OrderLine, { orderedAt, amount }: OrderFigures): string {
  return sha256Hex(JSON.stringify([externalKey, orderedAt, String(amount)])).slice(0, 32);
}
