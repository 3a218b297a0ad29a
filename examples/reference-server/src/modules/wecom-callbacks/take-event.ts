import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { ReceivedCallback, WecomCallback } from "@recallkit/wecom";
import { addCallbacks } from "../sms/service.js";
import { addEvent, inSql } from "./store.js";

/** Kinds of events from which something follows. */
const FOLLOWED: ReadonlySet<WecomCallback["kind"]> = new Set([
  "add_external_contact",
  "add_half_external_contact",
  "edit_external_contact",
  "del_external_contact",
  "del_follow_user",
]);

/** What became of a callback: something follows from it, nothing does, or it was told before. */
export type Taken = "followed" | "kept" | "repeated";

/** Keeps a callback, once however often it is told, with what is to follow from it: all or nothing. */
export async function takeEvent(
  {
    stores,
    now,
    keep,
  }: {
    readonly stores: SqlStores;
    readonly now: number;
    /** Keeps what members write, in the same transaction. @default nothing more is kept */
    readonly keep?: ((received: ReceivedCallback<WecomCallback>) => Promise<void>) | undefined;
  },
  tenantId: number,
  received: ReceivedCallback<WecomCallback>,
): Promise<Taken> {
  const { key, event } = received;
  const contact = "externalUserId" in event ? event : undefined;
  return stores.transaction(async (plain) => {
    const tx = inSql(plain);
    const row = {
      tenant_id: tenantId,
      event_hash: key,
      provider: "wecom",
      kind: kindOf(event),
      reference: referenceOf(event),
      address: contact?.externalUserId ?? event.fromUserName,
      outcome: "kept",
      at: event.createdAt,
      received_at: now,
    };
    if ((await addCallbacks(tx, [row])) === 0) return "repeated";
    await keep?.(received);
    if (contact === undefined || !FOLLOWED.has(event.kind)) return "kept";
    await addEvent(tx, {
      tenant_id: tenantId,
      event_hash: key,
      kind: event.kind,
      user_id: contact.userId,
      external_userid: contact.externalUserId,
      told_at: event.createdAt,
      is_open: 1,
      attempts: 0,
      not_before: now,
      received_at: now,
    });
    return "followed";
  });
}

const LONGEST = 191;

function kindOf(event: WecomCallback): string {
  if (event.kind !== "other") return event.kind;
  return [event.event ?? event.messageType, event.changeType].filter(Boolean).join(".").slice(0, LONGEST);
}

/** The member of a contact, or the id of what is told of. */
function referenceOf(event: WecomCallback): string {
  if ("userId" in event) return event.userId;
  if ("messageId" in event) return event.messageId;
  if ("chatId" in event) return event.chatId;
  return ("id" in event ? event.id : undefined) ?? "";
}
