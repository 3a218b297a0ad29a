import type { ReviewDecision } from "../delivery/decide.js";
import { ConflictError, NotFoundError } from "../errors.js";
import type { MessageContext } from "./accept.js";
import type { Message } from "./message.js";
import { moved } from "./message-call.js";

/**
 * Writes down what somebody found out about a message in review: `accepted`, it is there; `rejected`, it is not; `pending`, it
 * is not and shall go out while its time is not over.
 *
 * @throws {NotFoundError} `message.not-found`. @throws {ConflictError} `review.closed`; `review.too-late`
 */
export async function decideMessage(
  { stores, clock, tenantId }: MessageContext,
  messageId: number,
  decision: ReviewDecision,
): Promise<Message> {
  return stores.transaction(async (tx) => {
    const message = await tx.messages.get(tenantId, messageId);
    if (!message) throw new NotFoundError("message.not-found", `no message ${messageId}`);
    const at = clock.now();
    if (message.state !== "needs_review")
      throw new ConflictError("review.closed", `message ${messageId} is ${message.state}`);
    if (decision === "pending" && at >= message.expiresAt) {
      throw new ConflictError("review.too-late", `message ${messageId} is past its time`);
    }
    const write = {
      accepted: () =>
        moved(message, "accepted", at, { acceptedAt: message.attemptedAt, notBefore: null, reason: "operator" }),
      rejected: () => moved(message, "failed", at, { notBefore: null, reason: "operator" }),
      pending: () =>
        moved(message, "queued", at, { notBefore: at, resends: message.resends + 1, checks: 0, reason: "operator" }),
    }[decision]();
    const written = await tx.messages.write([write]);
    if (written.length === 0) throw new ConflictError("review.closed", `message ${messageId} has moved on`);
    if (decision !== "accepted") await tx.messages.refund(tenantId, [messageId]);
    const event = {
      tenantId,
      messageId,
      node: "send",
      outcome: `decided_${decision}`,
      errorClass: null,
      detail: null,
    } as const;
    await tx.messages.addEvents([{ ...event, attempt: message.attempts, at }]);
    const { from: _, ...patch } = write;
    return { ...message, ...patch };
  });
}
