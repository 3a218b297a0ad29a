import { checkedOutcomes } from "../delivery/check-answers.js";
import { codeOf } from "../delivery/failure.js";
import { insist } from "../delivery/insist.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Message } from "./message.js";
import { type MessageCall, moved } from "./message-call.js";

/** Times that a message is tried to be moved under whoever looks after it. */
const TRIES = 5;

/**
 * Believes what a call that nobody waited for says after all, and what one says whose leases were lost meanwhile: a message
 * that was taken is `accepted`, whoever looks after it by then. Nothing else ends by it.
 */
export function believeLate(context: EngineContext, call: MessageCall, answer: Promise<unknown>): void {
  const { channel, members, tenantId } = call;
  const believe = async () => {
    const outcomes = checkedOutcomes(channel.name, await answer, members.length);
    for (const [index, { message }] of members.entries()) {
      const outcome = outcomes[index];
      if (outcome?.kind !== "accepted") continue;
      const { providerMessageId } = outcome;
      const isNew = await acceptLate(context, message, providerMessageId, channel.results !== undefined);
      if (isNew) context.logger.warn("message.late_answer", { tenantId, messageId: message.id });
    }
  };
  believe().catch((error: unknown) => {
    context.logger.warn("message.late_answer_lost", { tenantId, count: members.length, code: codeOf(error) });
  });
}

/** States in which a message waits to hear whether it was taken. */
const WAITING: ReadonlySet<Message["state"]> = new Set(["dispatching", "unknown", "needs_review"]);

async function acceptLate(
  context: EngineContext,
  { tenantId, id, attempts }: Message,
  providerMessageId: string,
  isReported: boolean,
): Promise<boolean> {
  const { stores, clock, timings } = context;
  for (let n = 0; n < TRIES; n++) {
    const now = await stores.messages.get(tenantId, id);
    if (!now || !WAITING.has(now.state)) return false;
    const at = clock.now();
    const notBefore = isReported ? at + timings.resultsPollMs : null;
    const write = moved(now, "accepted", at, { providerMessageId, acceptedAt: at, notBefore, checks: 0, reason: null });
    const event = {
      tenantId,
      messageId: id,
      node: "send",
      outcome: "late_answer",
      errorClass: null,
      detail: null,
    } as const;
    const written = await insist(context, () =>
      stores.transaction(async (tx) => {
        const ids = await tx.messages.write([write]);
        if (ids.length > 0) await tx.messages.addEvents([{ ...event, attempt: attempts, at }]);
        return ids;
      }),
    );
    if (written.length > 0) return true;
  }
  return false;
}
