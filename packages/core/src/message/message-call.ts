import { RESTORED } from "../delivery/reconcile.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Channel, Recipient } from "../ports/channel.js";
import type { MessageWrite } from "../ports/message-store.js";
import type { Stores } from "../ports/stores.js";
import { DIGEST_COUNT } from "./gather.js";
import type { Message } from "./message.js";
import { messageMarker, unsubscribeTokenOf } from "./message-names.js";
import { renderMessage } from "./render-message.js";
import type { TemplateDefinition } from "./template.js";

/** A claimed message that is about to be handed over. */
export interface ClaimedMessage {
  readonly message: Message;
  readonly recipient: Recipient;
}

/** One call of a channel: messages of one template to different addresses. */
export interface MessageCall {
  readonly tenantId: number;
  readonly channel: Channel;
  readonly definition: TemplateDefinition;
  readonly members: readonly ClaimedMessage[];
  /** Monotonic ms from which the send deadline counts. */
  readonly monotonic: number;
  /** Its messages may have been sent by an earlier call. */
  readonly mayBeSent: boolean;
  /** Ends the renewal of its leases. */
  readonly release: () => void;
}

/** Definitions by version, which never change; a hundred templates are as much as a process works with at once. */
const MOST_KEPT = 100;

/** Reads versions of templates, each once. */
export function definitionReader(context: Pick<EngineContext, "stores">) {
  const kept = new Map<string, TemplateDefinition>();
  /** @param stores those of a transaction that is under way */
  return async (
    { tenantId, templateId, templateVersion }: Message,
    stores: Pick<Stores, "templates"> = context.stores,
  ): Promise<TemplateDefinition | undefined> => {
    const name = `${tenantId} ${templateId} ${templateVersion}`;
    const known = kept.get(name) ?? (await stores.templates.version(tenantId, templateId, templateVersion))?.definition;
    if (known === undefined) return undefined;
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(name, known);
    return known;
  };
}

/** What a person reads of a message, the same at every attempt. */
export function recipientOf(
  { links }: Pick<EngineContext, "links">,
  key: Uint8Array,
  message: Message,
  definition: TemplateDefinition,
): Recipient {
  const { tenantId, id, address, variables } = message;
  const link = links ? `${links.publicUrl}/u/m/${unsubscribeTokenOf(key, tenantId, id)}` : "";
  const values = { merchant_name: "", [DIGEST_COUNT]: "1", ...variables, unsubscribe_link: link };
  return {
    address: address ?? "",
    content: renderMessage(definition, values),
    values,
    marker: messageMarker(key, id),
  };
}

/** A message of a restored ledger stays one: whoever asks about it goes back to its beginning. */
export function doubtOf({ reason }: Message, fresh: string): string {
  return reason === RESTORED ? RESTORED : fresh;
}

/** A message with its next state; whatever is not given stays. */
export function moved(
  message: Message,
  state: MessageWrite["state"],
  at: number,
  patch: Partial<Omit<MessageWrite, "tenantId" | "id" | "leaseEpoch" | "state" | "from" | "updatedAt">> = {},
): MessageWrite {
  const { tenantId, id, leaseEpoch, reason, notBefore, attempts, resends, checks } = message;
  const { attemptedAt, acceptedAt, reportedAt, providerMessageId, priority } = message;
  return {
    tenantId,
    id,
    leaseEpoch,
    reason,
    notBefore,
    attempts,
    resends,
    checks,
    attemptedAt,
    acceptedAt,
    reportedAt,
    providerMessageId,
    priority,
    leaseOwner: null,
    leaseUntil: null,
    ...patch,
    from: message.state,
    state,
    updatedAt: at,
  };
}
