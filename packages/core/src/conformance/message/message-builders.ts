import type { Message } from "../../message/message.js";
import type { MessageWrite, NewMessage } from "../../ports/message-store.js";
import type { Stores } from "../../ports/stores.js";
import type { Scene } from "../conformance-case.js";
import { present } from "../expect.js";

/** A message by hand, named by its request. */
export function newMessage(
  { now }: Pick<Scene, "now">,
  requestKey: string,
  part: Partial<NewMessage> = {},
): NewMessage {
  return {
    batchId: null,
    templateId: 1,
    templateVersion: 1,
    channel: "sms",
    customerId: null,
    address: `+8613800${requestKey}`,
    addressHash: `hash of ${requestKey}`,
    timeZone: null,
    variables: {},
    messageClass: "transactional",
    priority: 5,
    notBefore: now,
    expiresAt: now + 3_600_000,
    requestKey,
    createdAt: now,
    ...part,
  };
}

/** Adds messages and gives them back in order. */
export async function addMessages(
  scene: Pick<Scene, "stores" | "tenantId" | "now">,
  ...messages: readonly NewMessage[]
): Promise<readonly Message[]> {
  const { stores, tenantId } = scene;
  await stores.transaction((tx) => tx.messages.insertMany(tenantId, messages));
  const found = await stores.messages.findByKeys(
    tenantId,
    messages.map(({ requestKey }) => requestKey),
  );
  return messages.map(({ requestKey }) =>
    present(
      found.find((one) => one.requestKey === requestKey),
      `message ${requestKey}`,
    ),
  );
}

/** Terms of a claim that holds for a minute. */
export const terms = (now: number, limit = 10, owner = "w1") => ({ owner, now, until: now + 60_000, limit });

/** Claims in a transaction of its own. */
export const claim = (stores: Stores, ...how: Parameters<Stores["messages"]["claim"]>) =>
  stores.transaction((tx) => tx.messages.claim(...how));

/** A claimed message with another state. */
export function writeOf(message: Message, state: Message["state"], part: Partial<MessageWrite> = {}): MessageWrite {
  const { tenantId, id, leaseEpoch, reason, notBefore, attempts, resends, checks, priority } = message;
  const { attemptedAt, acceptedAt, reportedAt, providerMessageId, updatedAt, state: from } = message;
  const kept = { tenantId, id, leaseEpoch, reason, notBefore, attempts, resends, checks, priority };
  const facts = { attemptedAt, acceptedAt, reportedAt, providerMessageId, updatedAt };
  return { ...kept, ...facts, leaseOwner: null, leaseUntil: null, from, state, ...part };
}
