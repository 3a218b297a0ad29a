import type { EngineContext } from "../engine/engine-context.js";
import { isSame, readUnsubscribeToken, unsubscribeTokenOf } from "./message-names.js";

/** What came of a wish to have no further messages. */
export type MessageUnsubscribe =
  | { readonly kind: "unknown" }
  | {
      readonly kind: "unsubscribed" | "repeated" | "found";
      readonly tenantId: number;
      readonly channel: string;
      /** What the message was about; undefined: its template does not say. */
      readonly category: string | undefined;
    };

/**
 * Which messages a reader wants no more of: those of the template's category on the channel, all of the channel, or all.
 * Without a category `category` is `channel`.
 */
export const UNSUBSCRIBE_SCOPES = ["category", "channel", "all"] as const;
export type UnsubscribeScope = (typeof UNSUBSCRIBE_SCOPES)[number];

/** Keeps the address of a message from further ones on its channel; heard for as long as the message is kept, also of one that is over. */
export async function unsubscribeMessage(
  { stores, clock, markerKey }: Pick<EngineContext, "stores" | "clock" | "markerKey">,
  token: string,
  {
    isLook = false,
    scope = "channel",
  }: { readonly isLook?: boolean | undefined; readonly scope?: UnsubscribeScope | undefined } = {},
): Promise<MessageUnsubscribe> {
  const read = readUnsubscribeToken(token);
  if (!read) return { kind: "unknown" };
  const { tenantId, id } = read;
  const message = await stores.messages.get(tenantId, id);
  if (!message || !isSame(unsubscribeTokenOf(await markerKey(tenantId), tenantId, id), token))
    return { kind: "unknown" };
  const { channel, address, customerId, templateId, templateVersion } = message;
  const category = (await stores.templates.version(tenantId, templateId, templateVersion))?.definition.category;
  const what = { tenantId, channel, category };
  if (isLook) return { kind: "found", ...what };
  if (address === null) return { kind: "repeated", ...what };
  const entry = { tenantId, channel: scopeOf(channel, category, scope), reason: "opt_out", createdAt: clock.now() };
  const created = await stores.transaction(async (tx) => {
    const of = await tx.suppressions.put({ ...entry, address, customerId: null });
    // The person too: another address of theirs on the channel is no way around it.
    if (customerId !== null) await tx.suppressions.put({ ...entry, address: null, customerId });
    return of.created;
  });
  return { kind: created ? "unsubscribed" : "repeated", ...what };
}

function scopeOf(channel: string, category: string | undefined, scope: UnsubscribeScope): string {
  if (scope === "all") return "*";
  return scope === "category" && category !== undefined ? `${channel}#${category}` : channel;
}
