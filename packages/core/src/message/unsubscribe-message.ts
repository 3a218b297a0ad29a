import type { EngineContext } from "../engine/engine-context.js";
import { isSame, readUnsubscribeToken, unsubscribeTokenOf } from "./message-names.js";

/** What came of a wish to have no further messages. */
export type MessageUnsubscribe =
  | { readonly kind: "unknown" }
  | { readonly kind: "unsubscribed" | "repeated" | "found"; readonly tenantId: number; readonly channel: string };

/** Keeps the address of a message from further ones on its channel; heard for as long as the message is kept, also of one that is over. */
export async function unsubscribeMessage(
  { stores, clock, markerKey }: Pick<EngineContext, "stores" | "clock" | "markerKey">,
  token: string,
  {
    isLook = false,
    isAll = false,
  }: { readonly isLook?: boolean | undefined; readonly isAll?: boolean | undefined } = {},
): Promise<MessageUnsubscribe> {
  const read = readUnsubscribeToken(token);
  if (!read) return { kind: "unknown" };
  const { tenantId, id } = read;
  const message = await stores.messages.get(tenantId, id);
  if (!message || !isSame(unsubscribeTokenOf(await markerKey(tenantId), tenantId, id), token))
    return { kind: "unknown" };
  const { channel, address, customerId } = message;
  if (isLook) return { kind: "found", tenantId, channel };
  if (address === null) return { kind: "repeated", tenantId, channel };
  const entry = { tenantId, channel: isAll ? "*" : channel, reason: "opt_out", createdAt: clock.now() };
  const created = await stores.transaction(async (tx) => {
    const of = await tx.suppressions.put({ ...entry, address, customerId: null });
    // The person too: another address of theirs on the channel is no way around it.
    if (customerId !== null) await tx.suppressions.put({ ...entry, address: null, customerId });
    return of.created;
  });
  return { kind: created ? "unsubscribed" : "repeated", tenantId, channel };
}
