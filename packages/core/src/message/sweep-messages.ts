import type { EngineContext } from "../engine/engine-context.js";
import type { Message, MessageEvent } from "./message.js";
import { doubtOf, moved } from "./message-call.js";

const AT_ONCE = 500;

/**
 * Puts right what nobody works on any more: a message whose sender died may have been sent, so that its outcome is unknown;
 * one that is past its time was not.
 *
 * @returns messages put right
 */
export async function sweepMessages({ stores, owner, clock, timings }: EngineContext): Promise<number> {
  const now = clock.now();
  const lease = { owner, now, until: now + timings.leaseMs, limit: AT_ONCE };
  return stores.transaction(async (tx) => {
    const abandoned = await tx.messages.claim("abandoned", lease);
    const expired = await tx.messages.claim("expired", lease);
    const writes = [
      ...abandoned.map((message) => {
        const first = (message.attemptedAt ?? now) + (timings.reconcileScheduleMs[0] ?? 0);
        return moved(message, "unknown", now, {
          notBefore: Math.max(first, now),
          checks: 0,
          reason: doubtOf(message, "abandoned"),
        });
      }),
      ...expired.map((message) =>
        moved(message, "expired", now, { notBefore: null, reason: message.reason ?? "expired" }),
      ),
    ];
    if (writes.length === 0) return 0;
    const events = [
      ...abandoned.map((one) => eventOf(one, "abandoned", now)),
      ...expired.map((one) => eventOf(one, "expired", now)),
    ];
    const written = await tx.messages.write(writes);
    await tx.messages.addEvents(events);
    return written.length;
  });
}

function eventOf({ tenantId, id, attempts }: Message, outcome: string, at: number): Omit<MessageEvent, "id"> {
  const errorClass = outcome === "abandoned" ? "UNKNOWN" : "EXPIRED";
  return { tenantId, messageId: id, node: "process", outcome, errorClass, detail: null, attempt: attempts, at };
}
