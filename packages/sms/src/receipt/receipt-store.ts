import type { SmsReceipt } from "./sms-receipt.js";

/**
 * Where receipts wait until the engine asks for them. They come in any order, several times, and before the answer of the
 * call that they belong to has been written down; kept under the message's id none of that matters.
 */
export interface ReceiptStore {
  /** Keeps receipts; a later one of a message replaces `not_delivered` by `delivered`, never the other way. */
  put(receipts: readonly SmsReceipt[]): Promise<void>;
  /** Those known of these messages; order is free. */
  find(providerMessageIds: readonly string[]): Promise<readonly SmsReceipt[]>;
}

/** Options of {@link memoryReceipts}. */
export interface MemoryReceiptsOptions {
  /** Most receipts kept; the oldest give way. @default 100000 */
  readonly limit?: number | undefined;
}

/** Receipts in memory of this process: for one process and for tests. */
export function memoryReceipts({ limit = 100_000 }: MemoryReceiptsOptions = {}): ReceiptStore {
  const kept = new Map<string, SmsReceipt>();
  return {
    async put(receipts) {
      for (const receipt of receipts) {
        if (kept.get(receipt.providerMessageId)?.kind === "delivered") continue;
        kept.delete(receipt.providerMessageId);
        kept.set(receipt.providerMessageId, receipt);
      }
      for (const id of kept.keys()) {
        if (kept.size <= limit) break;
        kept.delete(id);
      }
    },
    find: async (ids) => ids.flatMap((id) => kept.get(id) ?? []),
  };
}
