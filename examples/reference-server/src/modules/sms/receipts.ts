import type { Clock } from "@recallkit/core";
import { systemClock } from "@recallkit/core";
import type { ReceiptStore, SmsReceipt } from "@recallkit/sms";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { addReceipts, findReceipts, type ReceiptRow } from "./store.js";

/** Receipts of a tenant in its database: for `smsChannel`. Those that come before the answer of their call wait for it. */
export function smsReceipts(
  stores: SqlStores,
  tenantId: number,
  { clock = systemClock }: { readonly clock?: Pick<Clock, "now"> } = {},
): ReceiptStore {
  return {
    put: async (receipts) => {
      await addReceipts(stores, receiptRows(tenantId, receipts, clock.now()));
    },
    async find(ids) {
      const rows = await findReceipts(stores, tenantId, ids);
      const kept = new Map<string, ReceiptRow>();
      // Of one message to one number `delivered` stays.
      for (const row of rows.toSorted((a, b) => a.is_delivered - b.is_delivered)) {
        kept.set(`${row.provider_message_id} ${row.address}`, row);
      }
      return [...kept.values()].map(receiptOf);
    },
  };
}

/** Keeps what a provider told of messages, and makes the engine look. Call it inside a transaction. @returns how many were new */
export async function noteReceipts(
  stores: SqlStores,
  tenantId: number,
  receipts: readonly SmsReceipt[],
  now: number,
): Promise<number> {
  const added = await addReceipts(stores, receiptRows(tenantId, receipts, now));
  const ids = receipts.map(({ providerMessageId }) => providerMessageId);
  if (added > 0) await stores.messages.expedite(tenantId, ids, now);
  return added;
}

/** Receipts as rows. */
export function receiptRows(
  tenantId: number,
  receipts: readonly SmsReceipt[],
  receivedAt: number,
): readonly ReceiptRow[] {
  return receipts.map(({ providerMessageId, address, kind, reason, at }) => ({
    tenant_id: tenantId,
    provider_message_id: providerMessageId,
    address,
    is_delivered: Number(kind === "delivered"),
    reason: reason ?? null,
    at: at ?? null,
    received_at: receivedAt,
  }));
}

function receiptOf({ provider_message_id, address, is_delivered, reason, at }: ReceiptRow): SmsReceipt {
  return {
    providerMessageId: provider_message_id,
    address,
    kind: is_delivered === 1 ? "delivered" : "not_delivered",
    ...(reason !== null && { reason }),
    ...(at !== null && { at }),
  };
}
