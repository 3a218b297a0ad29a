import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { moveMembers } from "./members.js";
import { moveBatch } from "./moves.js";
import { giveBack } from "./spend.js";

/** Ends a batch that certainly was not sent and is too late now, with its people; their caps are given back. In a transaction. */
export async function expireBatch(tx: Stores, batch: Batch, at: number): Promise<void> {
  const { state: from } = batch;
  const patch = { reason: "expired" };
  await moveBatch(tx, batch, from, "expired", at, patch);
  await moveMembers(tx, batch, "in_batch", "expired", "expired", at);
  await giveBack(tx, batch);
}
