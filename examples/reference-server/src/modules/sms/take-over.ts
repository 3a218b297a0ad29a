import type { RecallKit } from "@recallkit/core";
import { sha256Hex } from "@recallkit/core/ports";
import { isOptOutReply, type SmsReceipt, type SmsReply } from "@recallkit/sms";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { SmsProviderName } from "../../sms/sms-account.js";
import { receiptRows } from "./receipts.js";
import { addCallbacks, addReceipts, addReplies, type CallbackRow, hastenPolls } from "./store.js";

/** Where what a provider tells is written down. */
export interface SmsDesk {
  readonly stores: SqlStores;
  readonly kit: RecallKit;
  readonly clock: { now(): number };
}

/** Whose provider it is. */
export interface Told {
  readonly tenantId: number;
  readonly provider: SmsProviderName;
}

const CHANNEL = "sms";
/** Reports come in many pieces; the engine looks once for those of so long, ms. */
const GATHER_MS = 1000;
const MAX_BODY = 2000;

/** Keeps reports and makes the engine look soon, all or nothing. A repeat changes nothing. @returns how many were new */
export async function takeReports(
  { stores, clock }: SmsDesk,
  { tenantId, provider }: Told,
  receipts: readonly SmsReceipt[],
): Promise<number> {
  if (receipts.length === 0) return 0;
  const now = clock.now();
  const events = receipts.map(({ providerMessageId, address, kind, reason, at }) =>
    eventRow(
      { tenantId, provider },
      {
        kind: "report",
        reference: providerMessageId,
        address,
        outcome: reason === undefined ? kind : `${kind}: ${reason}`,
        at,
      },
      now,
    ),
  );
  return stores.transaction(async (tx) => {
    const added = await addReceipts(tx, receiptRows(tenantId, receipts, now));
    await addCallbacks(tx, events);
    // Told again, it is known by now.
    const addresses = [...new Set(receipts.map(({ address }) => address))];
    if (added > 0) await hastenPolls(tx, tenantId, { channel: CHANNEL, addresses, at: now + GATHER_MS });
    const ids = receipts.map(({ providerMessageId }) => providerMessageId);
    if (added > 0) await tx.messages.expedite(tenantId, ids, now + GATHER_MS);
    return added;
  });
}

/** Keeps replies; whoever refuses gets no more SMS from the next call on. All or nothing. @returns how many were new */
export async function takeReplies(
  { stores, kit, clock }: SmsDesk,
  { tenantId, provider }: Told,
  replies: readonly SmsReply[],
): Promise<number> {
  if (replies.length === 0) return 0;
  const now = clock.now();
  const refusing = replies.filter(({ text }) => isOptOutReply(text)).map(({ from }) => from);
  return stores.transaction(async (tx) => {
    // Of a reply that is known already nothing follows: staff may have lifted the suppression since.
    const added = await addReplies(
      tx,
      replies.map(({ id, from, text, at }) => ({
        tenant_id: tenantId,
        reply_hash: sha256Hex(JSON.stringify([provider, id])),
        provider,
        address: from,
        body: text.replaceAll("\0", "").slice(0, MAX_BODY),
        is_opt_out: Number(isOptOutReply(text)),
        at,
        received_at: now,
      })),
    );
    if (added === 0) return 0;
    await addCallbacks(
      tx,
      replies.map(({ id, from, text, at }) => {
        const outcome = isOptOutReply(text) ? "opt_out" : "kept";
        return eventRow({ tenantId, provider }, { kind: "reply", reference: id, address: from, outcome, at }, now);
      }),
    );
    const entries = [...new Set(refusing)].map((address) => ({ channel: CHANNEL, address, reason: "opt_out" }));
    if (entries.length > 0) await kit.forTenant(tenantId).suppressions.addMany(entries);
    return added;
  });
}

interface Event {
  readonly kind: "report" | "reply";
  readonly reference: string;
  readonly address: string;
  readonly outcome: string;
  readonly at: number | undefined;
}

function eventRow({ tenantId, provider }: Told, event: Event, receivedAt: number): CallbackRow {
  const { kind, reference, address, outcome, at } = event;
  return {
    tenant_id: tenantId,
    event_hash: sha256Hex(JSON.stringify([provider, kind, reference, address, outcome])),
    provider,
    kind,
    reference,
    address,
    outcome,
    at: at ?? null,
    received_at: receivedAt,
  };
}
